//! `POST /password-resets`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stowage_db::{Database, DbError, Scope};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;
use tracing::info;
use utoipa::ToSchema;

use crate::{
    auth::{Client, PasswordFailure, Passwords, Throttle, TooMany, check_password},
    extract::{Json, JsonError},
    problem::{Fields, Kind, route_error},
};

/// A new password, by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// From the link.
    token: String,
    /// At least 12 characters.
    password: String,
}

route_error! {
    /// What choosing a new password answers when it does not.
    RouteError, after [JsonError], from [Fields, TooMany, PasswordFailure, DbError] {
        BadLink = Kind::named(
            ErrorCode::Forbidden,
            "invalid-link",
            "This link is not, or no longer, valid; ask for another",
        ),
    }
}

/// Choose a new password with a link that an administrator made. Signs out everywhere.
#[utoipa::path(
    post,
    path = "/password-resets",
    tag = "session",
    operation_id = "use_password_reset",
    security(()),
    request_body = NewPassword,
    responses((status = 204, description = "The new password is the one now"), RouteError)
)]
pub(crate) async fn reset(
    State(db): State<Database>,
    State(passwords): State<Arc<Passwords>>,
    State(throttle): State<Arc<Throttle>>,
    client: Client,
    Json(new): Json<NewPassword>,
) -> Result<StatusCode, RouteError> {
    check_password(&new.password).map_err(|wrong| Fields::one("password", wrong))?;
    throttle.count("password-reset", client)?;
    let token = Token::from_caller(&new.token).hash();
    let tx = db.read(Scope::System).await?;
    let user = tx.password_resets().find(&token).await?;
    drop(tx);
    let user = user.ok_or(RouteError::BadLink)?;
    let hash = passwords.hash(new.password).await?;

    let tx = db.begin(Scope::System).await?;
    if !tx.password_resets().take(&token).await? {
        return Err(RouteError::BadLink);
    }
    tx.users().set_password(user, &hash).await?;
    tx.sessions().delete_of(user).await?;
    tx.commit().await?;
    throttle.forgive("password-reset", client);
    info!(user.id = %user, "user {user} chose a new password with a link");
    Ok(StatusCode::NO_CONTENT)
}
