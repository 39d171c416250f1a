//! `GET /workspaces/{workspace_id}/bin/plan`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::PurgePlan;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What planning a purge answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Say what emptying the recycle bin would do: how many originals go from where and how, and which
/// stay. Nothing is done.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/bin/plan",
    tag = "bin",
    operation_id = "plan_bin",
    params(WorkspacePath),
    responses((status = 200, description = "What would be done", body = PurgePlan), RouteError)
)]
pub(crate) async fn plan(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<PurgePlan>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let plan = tx.bin().plan(None).await?;
    Ok(Json(plan.into()))
}
