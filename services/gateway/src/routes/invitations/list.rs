//! `GET /workspaces/{workspace_id}/invitations`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::Invitation;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// The invitations that can still be used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitations {
    items: Vec<Invitation>,
}

route_error! {
    /// What listing invitations answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// List the invitations that can still be used, the newest first. Their links are not in it.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/invitations",
    tag = "members",
    operation_id = "list_invitations",
    security(("session" = [])),
    params(WorkspacePath),
    responses((status = 200, description = "All invitations", body = Invitations), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Invitations>, RouteError> {
    let workspace = member.must_in_person(Permission::ManageMembers)?;
    let tx = db.read_in(workspace).await?;
    let items = tx.invitations().list().await?;
    let items = items.into_iter().map(Invitation::of).collect();
    Ok(Json(Invitations { items }))
}
