//! `GET /workspaces/{workspace_id}/usage`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::Usage;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What showing the usage answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Show how much the workspace and each of its storages hold, as it was last counted: within a
/// minute of a scan or an upload, and hourly.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/usage",
    tag = "workspaces",
    operation_id = "get_usage",
    params(WorkspacePath),
    responses((status = 200, description = "The last count", body = Usage), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Usage>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let known = tx.usages().find().await?;
    drop(tx);
    let usage = match known {
        Some(usage) => usage,
        None => db.recount(workspace).await?,
    };
    Ok(Json(usage.into()))
}
