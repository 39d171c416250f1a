//! `POST /invitations/accept`

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
};
use serde::Deserialize;
use stowage_db::{
    Database, DbError, Scope,
    repo::{InvitationRow, NewUser, UserRow},
};
use stowage_domain::{Clock, Ids, UserId};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;
use tracing::info;
use utoipa::ToSchema;

use super::{BAD_LINK, TRIES};
use crate::{
    GatewayConfig,
    auth::{
        Client, Credential, PasswordFailure, Passwords, Throttle, TooMany, check_account, cookie,
        open_session,
    },
    extract::{Json, JsonError, find},
    problem::{Fields, Kind, route_error},
    routes::me::Me,
};

/// Somebody who takes an invitation up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// From the link.
    token: String,
    /// Who they are; left out by somebody who is signed in and joins as that.
    #[serde(default)]
    account: Option<NewAccount>,
}

/// An account that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    email: String,
    name: String,
    /// At least 12 characters.
    password: String,
}

route_error! {
    /// What taking an invitation up answers when it does not.
    RouteError, after [JsonError], from [Fields, TooMany, PasswordFailure, DbError] {
        BadLink = BAD_LINK,
        AccountExists = Kind::named(
            ErrorCode::Conflict,
            "account-exists",
            "There is an account with this address; sign in, then open the link again",
        ),
        MemberAlready = Kind::named(
            ErrorCode::Conflict,
            "member-already",
            "You belong to this workspace already; the link can still be used by somebody else",
        ),
    }
}

/// Join a workspace with an invitation: with a new account, or as who is signed in. A link works
/// once.
#[utoipa::path(
    post,
    path = "/invitations/accept",
    tag = "members",
    operation_id = "accept_invitation",
    security(()),
    request_body = Acceptance,
    responses((status = 200, description = "Who joined, signed in", body = Me), RouteError)
)]
#[expect(clippy::too_many_arguments, reason = "one for each thing that is used")]
pub(crate) async fn accept(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    State(passwords): State<Arc<Passwords>>,
    State(throttle): State<Arc<Throttle>>,
    client: Client,
    headers: HeaderMap,
    Json(sent): Json<Acceptance>,
) -> Result<(Option<[(HeaderName, HeaderValue); 1]>, Json<Me>), RouteError> {
    throttle.count(TRIES, client)?;
    let hash = Token::from_caller(&sent.token).hash();
    let tx = db.read(Scope::System).await?;
    let invitation = tx.invitations().find_by_token(&hash).await?;
    drop(tx);
    let invitation = invitation.ok_or(RouteError::BadLink)?;
    throttle.forgive(TRIES, client);

    let (user, session) = match sent.account {
        Some(account) => {
            let at = clock.now();
            let (email, name) = check_account(
                &account.email,
                &account.name,
                &account.password,
                Fields::none(),
            )?;
            let user = NewUser {
                id: UserId(ids.next()),
                email,
                name,
                password_hash: passwords.hash(account.password).await?,
                created_at: at,
            };
            let tx = db.begin_in(invitation.workspace).await?;
            if tx.users().find_by_email(&user.email).await?.is_some() {
                return Err(RouteError::AccountExists);
            }
            match tx.users().insert(&user).await {
                // Somebody with another invitation was faster.
                Err(DbError::Conflict { .. }) => return Err(RouteError::AccountExists),
                inserted => inserted?,
            }
            join(&tx, &invitation, &user, &*clock).await?;
            let session = open_session(&tx, &*ids, &config, user.id, &headers).await?;
            tx.commit().await?;
            (user, Some(session))
        }
        None => {
            let user = signed_in(&db, &headers).await?;
            let tx = db.begin_in(invitation.workspace).await?;
            if tx.members().find(user.id).await?.is_some() {
                return Err(RouteError::MemberAlready);
            }
            join(&tx, &invitation, &user, &*clock).await?;
            tx.commit().await?;
            (user, None)
        }
    };
    let (id, by) = (user.id, invitation.created_by);
    info!(user.id = %id, by.id = %by, "user {id} joined by an invitation of user {by}");
    let tx = db.read(Scope::System).await?;
    let me = Me::of(&tx, user).await?;
    let cookie = session.map(|token| [(header::SET_COOKIE, cookie::set(&token, &config))]);
    Ok((cookie, Json(me)))
}

async fn join(
    tx: &stowage_db::Tx,
    invitation: &InvitationRow,
    user: &UserRow,
    clock: &dyn Clock,
) -> Result<(), RouteError> {
    if !tx.invitations().delete(invitation.id).await? {
        return Err(RouteError::BadLink);
    }
    let at = clock.now();
    tx.workspaces()
        .add_member(invitation.workspace, user.id, invitation.role, at)
        .await?;
    Ok(())
}

async fn signed_in(db: &Database, headers: &HeaderMap) -> Result<UserRow, RouteError> {
    let nobody = || Fields::one("account", "must be there unless you are signed in");
    let Some(Credential::Session(token)) = Credential::of(headers) else {
        return Err(nobody().into());
    };
    let found = find(db, &token).await?.ok_or_else(nobody)?;
    Ok(found.user)
}
