//! `GET /workspaces/{workspace_id}/members`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::MemberEntry;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// Everybody who belongs to a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Members {
    items: Vec<MemberEntry>,
}

route_error! {
    /// What listing members answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// List who belongs to the workspace, who came first first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/members",
    tag = "members",
    operation_id = "list_members",
    security(("session" = [])),
    params(WorkspacePath),
    responses((status = 200, description = "All members", body = Members), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Members>, RouteError> {
    let workspace = member.must_in_person(Permission::ManageMembers)?;
    let tx = db.read_in(workspace).await?;
    let items = tx.members().list().await?;
    let items = items.into_iter().map(MemberEntry::of).collect();
    Ok(Json(Members { items }))
}
