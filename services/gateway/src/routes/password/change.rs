//! `POST /me/password`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stowage_db::{Database, DbError, Scope};
use stowage_rpc::ErrorCode;
use tracing::info;
use utoipa::ToSchema;

use crate::{
    auth::{Client, PasswordFailure, Passwords, Throttle, TooMany, check_password},
    extract::{Json, JsonError, SignedIn, SignedInError},
    problem::{Fields, Kind, route_error},
};

/// The password that is, and the one that shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    current_password: String,
    /// At least 12 characters.
    new_password: String,
}

route_error! {
    /// What changing a password answers when it does not.
    RouteError, after [SignedInError, JsonError],
    from [Fields, TooMany, PasswordFailure, DbError] {
        WrongPassword = Kind::named(
            ErrorCode::Forbidden, "wrong-password", "The current password is not right"
        ),
    }
}

/// Change your password. Every other session of yours ends.
#[utoipa::path(
    post,
    path = "/me/password",
    tag = "session",
    operation_id = "change_password",
    security(("session" = [])),
    request_body = PasswordChange,
    responses((status = 204, description = "The new password is the one now"), RouteError)
)]
pub(crate) async fn change(
    State(db): State<Database>,
    State(passwords): State<Arc<Passwords>>,
    State(throttle): State<Arc<Throttle>>,
    client: Client,
    signed_in: SignedIn,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, RouteError> {
    check_password(&change.new_password).map_err(|wrong| Fields::one("new_password", wrong))?;
    let user = signed_in.user;
    throttle.count(&user.email, client)?;
    let stored = Some(user.password_hash);
    if !passwords.verify(change.current_password, stored).await? {
        return Err(RouteError::WrongPassword);
    }
    throttle.forgive(&user.email, client);
    let hash = passwords.hash(change.new_password).await?;
    let tx = db.begin(Scope::System).await?;
    tx.users().set_password(user.id, &hash).await?;
    tx.password_resets().delete_of(user.id).await?;
    tx.sessions()
        .delete_others(user.id, signed_in.session)
        .await?;
    tx.commit().await?;
    info!(user.id = %user.id, "user {} changed their password", user.id);
    Ok(StatusCode::NO_CONTENT)
}
