//! `DELETE /workspaces/{workspace_id}/invitations/{invitation_id}`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{InvitationId, Permission};
use stowage_rpc::ErrorCode;

use crate::{
    extract::{InvitationPath, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::{Kind, route_error},
};

route_error! {
    /// What taking an invitation back answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoInvitation = Kind::named(
            ErrorCode::NotFound, "not-found", "There is no such invitation, or it was used"
        ),
        AboveYou = Kind::named(
            ErrorCode::Forbidden,
            "role-above-yours",
            "Nobody gives or takes a role above their own",
        ),
    }
}

/// Take an invitation back: its link stops working.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/invitations/{invitation_id}",
    tag = "members",
    operation_id = "delete_invitation",
    security(("session" = [])),
    params(WorkspacePath, InvitationPath),
    responses((status = 204, description = "The link works no more"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<InvitationPath>,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must_in_person(Permission::ManageMembers)?;
    let id = InvitationId(path.invitation_id);
    let tx = db.begin_in(workspace).await?;
    let found = tx.invitations().find(id).await?;
    let found = found.ok_or(RouteError::NoInvitation)?;
    if !member.role.may_give(found.role) {
        return Err(RouteError::AboveYou);
    }
    if !tx.invitations().delete(id).await? {
        return Err(RouteError::NoInvitation);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
