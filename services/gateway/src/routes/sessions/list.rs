//! `GET /me/sessions`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, Scope};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{Json, SignedIn, SignedInError},
    problem::route_error,
    wire::Moment,
};

/// A browser in which somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionEntry {
    id: Uuid,
    /// What the browser says it is, such as `Firefox on Linux`; null where it says nothing known.
    device: Option<String>,
    /// Whether it is the one that asks.
    is_current: bool,
    created_at: Moment,
    /// To within five minutes.
    last_used_at: Option<Moment>,
    expires_at: Moment,
}

/// Everywhere somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sessions {
    items: Vec<SessionEntry>,
}

route_error! {
    /// What listing sessions answers when it does not.
    RouteError, after [SignedInError], from [DbError] {}
}

/// List where you are signed in, the last used first.
#[utoipa::path(
    get,
    path = "/me/sessions",
    tag = "session",
    operation_id = "list_sessions",
    security(("session" = [])),
    responses((status = 200, description = "All of your sessions", body = Sessions), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    signed_in: SignedIn,
) -> Result<Json<Sessions>, RouteError> {
    let tx = db.read(Scope::System).await?;
    let rows = tx.sessions().list_of(signed_in.user.id).await?;
    let items = rows.into_iter().map(|row| SessionEntry {
        id: row.id.0,
        device: row.device,
        is_current: row.id == signed_in.session,
        created_at: row.created_at.into(),
        last_used_at: row.last_used_at.map(Moment::from),
        expires_at: row.expires_at.into(),
    });
    Ok(Json(Sessions {
        items: items.collect(),
    }))
}
