//! `POST /workspaces/{workspace_id}/members/{user_id}/password-reset`

use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use stowage_db::{Database, DbError, Scope};
use stowage_domain::{Clock, Permission, Timestamp, UserId};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;
use tracing::info;
use utoipa::ToSchema;

use super::{ABOVE_YOU, NO_MEMBER};
use crate::{
    GatewayConfig,
    auth::secret_link,
    extract::{Json, Member, MemberError, MemberPath, Path, PathError, Refused, WorkspacePath},
    problem::{Kind, route_error},
    wire::Moment,
};

const LASTS: Duration = Duration::from_hours(24);

/// A link to a new password. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasswordReset {
    link: String,
    expires_at: Moment,
}

route_error! {
    /// What making the link answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoMember = NO_MEMBER,
        AboveYou = ABOVE_YOU,
        /// The password opens every workspace that they belong to.
        Elsewhere = Kind::named(
            ErrorCode::Forbidden,
            "member-elsewhere",
            "They belong to a workspace where you may not give them a password; let the operator \
             use `stowage user reset`",
        ),
    }
}

/// Make a link with which somebody chooses a new password, once and within a day. A link that
/// they had before stops working.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/members/{user_id}/password-reset",
    tag = "members",
    operation_id = "create_password_reset",
    security(("session" = [])),
    params(WorkspacePath, MemberPath),
    responses(
        (status = 201, description = "The link, shown this once", body = PasswordReset),
        RouteError
    )
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    State(clock): State<Arc<dyn Clock>>,
    member: Member,
    Path(path): Path<MemberPath>,
) -> Result<(StatusCode, Json<PasswordReset>), RouteError> {
    let workspace = member.must_in_person(Permission::ManageMembers)?;
    let user = UserId(path.user_id);
    let tx = db.read_in(workspace).await?;
    let found = tx.members().find(user).await?.ok_or(RouteError::NoMember)?;
    drop(tx);
    if !member.role.may_give(found.role) {
        return Err(RouteError::AboveYou);
    }

    let tx = db.begin(Scope::System).await?;
    let mine = tx.workspaces().list_of(member.user).await?;
    for theirs in tx.workspaces().list_of(user).await? {
        let here = mine
            .iter()
            .find(|mine| mine.workspace.id == theirs.workspace.id);
        if here.is_none_or(|here| !here.role.may_give(theirs.role)) {
            return Err(RouteError::Elsewhere);
        }
    }
    let token = Token::generate();
    tx.password_resets().put(&token.hash(), user, LASTS).await?;
    tx.commit().await?;
    let by = member.user;
    info!(user.id = %user, by.id = %by, "user {by} made a link to a new password for user {user}");
    let until = clock.now().micros() + LASTS.as_micros() as i64;
    let reset = PasswordReset {
        link: secret_link(&config, "new-password", &token),
        expires_at: Timestamp::from_micros(until).into(),
    };
    Ok((StatusCode::CREATED, Json(reset)))
}
