//! `DELETE /me/sessions/{session_id}`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError, Scope};
use stowage_domain::SessionId;
use stowage_rpc::ErrorCode;

use crate::{
    extract::{Path, PathError, SessionPath, SignedIn, SignedInError},
    problem::{Kind, route_error},
};

route_error! {
    /// What ending a session answers when it does not.
    RouteError, after [SignedInError, PathError], from [DbError] {
        NoSession = Kind::named(
            ErrorCode::NotFound, "not-found", "There is no such session of yours"
        ),
    }
}

/// Sign out in one place.
#[utoipa::path(
    delete,
    path = "/me/sessions/{session_id}",
    tag = "session",
    operation_id = "delete_one_session",
    security(("session" = [])),
    params(SessionPath),
    responses((status = 204, description = "The session is over"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    signed_in: SignedIn,
    Path(path): Path<SessionPath>,
) -> Result<StatusCode, RouteError> {
    let tx = db.begin(Scope::System).await?;
    let id = SessionId(path.session_id);
    if !tx.sessions().delete_own(signed_in.user.id, id).await? {
        return Err(RouteError::NoSession);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
