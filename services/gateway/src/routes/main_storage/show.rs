//! `GET /workspaces/{workspace_id}/main-storage`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::{MainStorage, view};
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What showing the main storage answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Show where new originals go, and what waits to be delivered.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/main-storage",
    tag = "storages",
    operation_id = "get_main_storage",
    params(WorkspacePath),
    responses((status = 200, description = "Where new originals go", body = MainStorage), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<MainStorage>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    Ok(Json(view(&tx).await?))
}
