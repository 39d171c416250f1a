//! `POST /session`

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
};
use serde::Deserialize;
use stowage_db::{Database, DbError, Scope};
use stowage_domain::Ids;
use stowage_rpc::ErrorCode;
use tracing::info;
use utoipa::ToSchema;

use crate::{
    GatewayConfig,
    auth::{Client, PasswordFailure, Passwords, Throttle, TooMany, cookie, open_session},
    extract::{Json, JsonError},
    problem::{Kind, route_error},
    routes::me::Me,
};

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    email: String,
    password: String,
}

route_error! {
    /// What signing in answers when it does not.
    RouteError, after [JsonError], from [TooMany, PasswordFailure, DbError] {
        /// No such account, or another password: nobody is told which.
        BadCredentials = Kind::named(
            ErrorCode::Unauthenticated, "invalid-credentials", "E-mail or password is not right"
        ),
    }
}

/// Sign in. The session is in the cookie `stowage_session`; one that was there before ends.
#[utoipa::path(
    post,
    path = "/session",
    tag = "session",
    operation_id = "create_session",
    security(()),
    request_body = NewSession,
    responses((status = 200, description = "Who is signed in now", body = Me), RouteError)
)]
#[expect(clippy::too_many_arguments, reason = "one for each thing that is used")]
pub(crate) async fn create(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    State(ids): State<Arc<dyn Ids>>,
    State(passwords): State<Arc<Passwords>>,
    State(throttle): State<Arc<Throttle>>,
    client: Client,
    headers: HeaderMap,
    Json(new): Json<NewSession>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Me>), RouteError> {
    let email = new.email.trim().to_lowercase();
    throttle.count(&email, client)?;

    let tx = db.read(Scope::System).await?;
    let user = tx.users().find_by_email(&email).await?;
    drop(tx);
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let fits = passwords.verify(new.password, stored).await?;
    let Some(user) = user.filter(|_| fits) else {
        return Err(RouteError::BadCredentials);
    };
    throttle.forgive(&email, client);

    let tx = db.begin(Scope::System).await?;
    if let Some(former) = cookie::token_of(&headers)
        && let Some(former) = tx.sessions().find(&former.hash()).await?
    {
        tx.sessions().delete(former.id).await?;
    }
    let session = open_session(&tx, &*ids, &config, user.id, &headers).await?;
    let id = user.id;
    let me = Me::of(&tx, user).await?;
    tx.commit().await?;
    info!(user.id = %id, "user {id} signed in");
    Ok((
        [(header::SET_COOKIE, cookie::set(&session, &config))],
        Json(me),
    ))
}
