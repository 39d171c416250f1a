//! `PATCH /workspaces/{workspace_id}/members/{user_id}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{Actor, Ids, Permission, Role, UserId};
use tracing::info;
use utoipa::ToSchema;

use super::{ABOVE_YOU, LAST_OWNER, MemberEntry, NO_MEMBER};
use crate::{
    extract::{
        Json, JsonError, Member, MemberError, MemberPath, Path, PathError, Refused, WorkspacePath,
    },
    problem::route_error,
    routes::storages::import_user::record_loss,
    wire::words,
};

/// What somebody becomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberPatch {
    #[schema(schema_with = words::role)]
    role: Role,
}

route_error! {
    /// What changing a member answers when it does not.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, DbError] {
        NoMember = NO_MEMBER,
        AboveYou = ABOVE_YOU,
        LastOwner = LAST_OWNER,
    }
}

/// Change what somebody is. The last owner stays one, and nobody reaches above themselves.
#[utoipa::path(
    patch,
    path = "/workspaces/{workspace_id}/members/{user_id}",
    tag = "members",
    operation_id = "update_member",
    security(("session" = [])),
    params(WorkspacePath, MemberPath),
    request_body = MemberPatch,
    responses((status = 200, description = "The member as they are now", body = MemberEntry), RouteError)
)]
pub(crate) async fn update(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<MemberPath>,
    Json(patch): Json<MemberPatch>,
) -> Result<Json<MemberEntry>, RouteError> {
    let workspace = member.must_in_person(Permission::ManageMembers)?;
    let user = UserId(path.user_id);
    let tx = db.begin_in(workspace).await?;
    let owners = tx.members().count_owners_locked().await?;
    let mut found = tx.members().find(user).await?.ok_or(RouteError::NoMember)?;
    if !member.role.may_give(found.role) || !member.role.may_give(patch.role) {
        return Err(RouteError::AboveYou);
    }
    if found.role == Role::Owner && patch.role != Role::Owner && owners < 2 {
        return Err(RouteError::LastOwner);
    }
    if found.role != patch.role {
        tx.members().set_role(user, patch.role).await?;
        // What they handed out was good for what they were.
        tx.invitations().delete_of(user).await?;
        record_loss(&tx, &*ids, Actor::User(member.user), user).await?;
        let (role, by) = (patch.role, member.user);
        tx.commit().await?;
        info!(user.id = %user, by.id = %by, "user {user} is {role} now, by user {by}");
    }
    found.role = patch.role;
    Ok(Json(MemberEntry::of(found)))
}
