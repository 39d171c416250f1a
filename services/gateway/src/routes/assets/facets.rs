//! `GET /workspaces/{workspace_id}/assets/facets`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{
    Database, DbError,
    repo::{self, Count},
};
use stowage_domain::Permission;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// What assets can be filtered by, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facets {
    tags: Vec<Facet>,
    cameras: Vec<Facet>,
    media_types: Vec<Facet>,
    statuses: Vec<Facet>,
    storages: Vec<StorageFacet>,
}

/// A value and how many assets have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facet {
    name: String,
    count: u64,
}

/// A storage and how many assets it has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageFacet {
    id: Uuid,
    name: String,
    count: u64,
}

route_error! {
    /// What listing facets answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

impl Facets {
    fn of(facets: repo::Facets) -> Self {
        let counts = |counts: Vec<Count>| {
            let facet = |count: Count| Facet {
                name: count.name,
                count: count.count,
            };
            counts.into_iter().map(facet).collect()
        };
        let storage = |(id, count): (Uuid, Count)| StorageFacet {
            id,
            name: count.name,
            count: count.count,
        };
        Self {
            tags: counts(facets.tags),
            cameras: counts(facets.cameras),
            media_types: counts(facets.media_types),
            statuses: counts(facets.statuses),
            storages: facets.storages.into_iter().map(storage).collect(),
        }
    }
}

/// List what assets can be filtered by.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/assets/facets",
    tag = "assets",
    operation_id = "get_facets",
    params(WorkspacePath),
    responses((status = 200, description = "Values and their counts", body = Facets), RouteError)
)]
pub(crate) async fn facets(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Facets>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    Ok(Json(Facets::of(tx.gallery().facets().await?)))
}
