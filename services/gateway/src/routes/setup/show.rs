//! `GET /setup`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, Scope};
use utoipa::ToSchema;

use crate::{extract::Json, problem::route_error};

/// Whether Stowage still has to be set up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setup {
    /// Nobody is there yet: the link that was printed at the start creates the owner.
    needed: bool,
}

route_error! {
    /// What this answers when it cannot tell.
    RouteError, from [DbError] {}
}

/// Say whether Stowage still has to be set up.
#[utoipa::path(
    get,
    path = "/setup",
    tag = "setup",
    operation_id = "get_setup",
    security(()),
    responses((status = 200, description = "Whether there is an owner", body = Setup), RouteError)
)]
pub(crate) async fn show(State(db): State<Database>) -> Result<Json<Setup>, RouteError> {
    let tx = db.read(Scope::System).await?;
    let needed = tx.users().count().await? == 0;
    Ok(Json(Setup { needed }))
}
