//! `GET /workspaces/{workspace_id}/tags`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::limit_of,
};

/// Which tags are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TagQuery {
    /// What one of the tag's words begins with, in any case and with or without accents.
    q: String,
    /// How many at most, 1 to 500.
    limit: Option<u32>,
}

/// Tags, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tags {
    items: Vec<Tag>,
}

/// A tag and how many assets have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tag {
    name: String,
    count: u64,
}

route_error! {
    /// What listing tags answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List the tags that what is typed may become.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/tags",
    tag = "assets",
    operation_id = "list_tags",
    params(WorkspacePath, TagQuery),
    responses((status = 200, description = "Tags and their counts", body = Tags), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<TagQuery>,
) -> Result<Json<Tags>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)? as usize;
    let tx = db.read_in(workspace).await?;
    let tags = tx.gallery().tags_like(&query.q, limit).await?;
    let items = tags.into_iter().map(|tag| Tag {
        name: tag.name,
        count: tag.count,
    });
    Ok(Json(Tags {
        items: items.collect(),
    }))
}
