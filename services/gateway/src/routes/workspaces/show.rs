//! `GET /workspaces/{workspace_id}`

use stowage_domain::Permission;

use super::Workspace;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What showing a workspace answers when it does not.
    RouteError, after [MemberError], from [Refused] {}
}

/// Show a workspace.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}",
    tag = "workspaces",
    operation_id = "get_workspace",
    params(WorkspacePath),
    responses((status = 200, description = "The workspace", body = Workspace), RouteError)
)]
pub(crate) async fn show(member: Member) -> Result<Json<Workspace>, RouteError> {
    member.must(Permission::View)?;
    Ok(Json(Workspace::of(member.workspace, member.role)))
}
