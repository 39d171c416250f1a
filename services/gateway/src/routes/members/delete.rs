//! `DELETE /workspaces/{workspace_id}/members/{user_id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{Actor, Ids, Permission, Role, UserId};
use tracing::info;

use super::{ABOVE_YOU, LAST_OWNER, NO_MEMBER};
use crate::{
    extract::{Member, MemberError, MemberPath, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
    routes::storages::import_user::record_loss,
};

route_error! {
    /// What removing a member answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoMember = NO_MEMBER,
        AboveYou = ABOVE_YOU,
        LastOwner = LAST_OWNER,
    }
}

/// Remove somebody from the workspace, or leave it. Their API keys to it and the invitations that
/// they made stop working at once.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/members/{user_id}",
    tag = "members",
    operation_id = "delete_member",
    security(("session" = [])),
    params(WorkspacePath, MemberPath),
    responses((status = 204, description = "They belong to the workspace no more"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<MemberPath>,
) -> Result<StatusCode, RouteError> {
    let user = UserId(path.user_id);
    let is_leaving = user == member.user;
    let workspace = member.must_in_person(if is_leaving {
        Permission::View
    } else {
        Permission::ManageMembers
    })?;
    let tx = db.begin_in(workspace).await?;
    let owners = tx.members().count_owners_locked().await?;
    let found = tx.members().find(user).await?.ok_or(RouteError::NoMember)?;
    if !is_leaving && !member.role.may_give(found.role) {
        return Err(RouteError::AboveYou);
    }
    if found.role == Role::Owner && owners < 2 {
        return Err(RouteError::LastOwner);
    }
    tx.members().delete(user).await?;
    tx.invitations().delete_of(user).await?;
    record_loss(&tx, &*ids, Actor::User(member.user), user).await?;
    tx.commit().await?;
    let by = member.user;
    info!(user.id = %user, by.id = %by, "user {user} left workspace {workspace}, by user {by}");
    Ok(StatusCode::NO_CONTENT)
}
