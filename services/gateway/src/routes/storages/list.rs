//! `GET /workspaces/{workspace_id}/storages`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::view::Storage;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// All storages of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Storages {
    items: Vec<Storage>,
}

route_error! {
    /// What listing storages answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// List the storages of the workspace, oldest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/storages",
    tag = "storages",
    operation_id = "list_storages",
    params(WorkspacePath),
    responses((status = 200, description = "All storages", body = Storages), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Storages>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let mut importers = tx.importers().list().await?;
    let overviews = tx.storages().list().await?.into_iter();
    let items = overviews
        .map(|overview| {
            let id = overview.storage.id;
            let at = importers.iter().position(|named| named.storage == id);
            Storage::of(overview, at.map(|at| importers.swap_remove(at)))
        })
        .collect();
    Ok(Json(Storages { items }))
}
