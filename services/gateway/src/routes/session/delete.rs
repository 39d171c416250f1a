//! `DELETE /session`

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use stowage_db::{Database, DbError, Scope};

use crate::{
    GatewayConfig,
    auth::cookie,
    extract::{SignedIn, SignedInError},
    problem::route_error,
};

route_error! {
    /// What signing out answers when it does not.
    RouteError, after [SignedInError], from [DbError] {}
}

/// Sign out.
#[utoipa::path(
    delete,
    path = "/session",
    tag = "session",
    operation_id = "delete_session",
    security(("session" = [])),
    responses((status = 204, description = "Nobody is signed in now"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    signed_in: SignedIn,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), RouteError> {
    let tx = db.begin(Scope::System).await?;
    tx.sessions().delete(signed_in.session).await?;
    tx.commit().await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie::clear(&config))],
    ))
}
