//! `DELETE /me/sessions`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError, Scope};

use crate::{
    extract::{SignedIn, SignedInError},
    problem::route_error,
};

route_error! {
    /// What ending the other sessions answers when it does not.
    RouteError, after [SignedInError], from [DbError] {}
}

/// Sign out everywhere but here.
#[utoipa::path(
    delete,
    path = "/me/sessions",
    tag = "session",
    operation_id = "delete_other_sessions",
    security(("session" = [])),
    responses((status = 204, description = "All other sessions are over"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    signed_in: SignedIn,
) -> Result<StatusCode, RouteError> {
    let tx = db.begin(Scope::System).await?;
    tx.sessions()
        .delete_others(signed_in.user.id, signed_in.session)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
