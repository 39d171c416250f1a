//! `GET` and `POST /operator/orphans`

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use stowage_db::{Database, DbError, Scope};
use stowage_proto::job::ReapOrphans;
use utoipa::ToSchema;

use crate::{
    extract::{Json, Operator, OperatorError},
    problem::route_error,
    wire::{JobRef, Moment},
};

/// What central storage holds beyond the catalog.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrphanReport {
    /// When it was last looked for; null where nobody has yet.
    looked_at: Option<Moment>,
    /// Everything that was looked at.
    objects: u64,
    /// Objects that no row knows, older than a day.
    orphans: u64,
    bytes: u64,
    /// At most 100 of them.
    named: Vec<OrphanObject>,
}

/// An object that no row knows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrphanObject {
    /// Its path in central storage.
    key: String,
    size: u64,
}

route_error! {
    /// What asking for orphans answers when it does not.
    RouteError, after [OperatorError], from [DbError] {}
}

/// Show objects in central storage that no row knows, as they were last looked for. They are
/// reported and never removed.
#[utoipa::path(
    get,
    path = "/operator/orphans",
    tag = "operator",
    operation_id = "get_orphans",
    security(("operator" = [])),
    responses((status = 200, description = "The last report", body = OrphanReport), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    _: Operator,
) -> Result<Json<OrphanReport>, RouteError> {
    let tx = db.read(Scope::System).await?;
    let last = tx.orphans().last().await?;
    let looked_at = last.as_ref().map(|report| report.began_at.into());
    let (objects, orphans, bytes, named) = last.map_or((0, 0, 0, Vec::new()), |report| {
        (report.objects, report.orphans, report.bytes, report.named)
    });
    let named = named.into_iter().map(|one| OrphanObject {
        key: one.key,
        size: one.size,
    });
    Ok(Json(OrphanReport {
        looked_at,
        objects,
        orphans,
        bytes,
        named: named.collect(),
    }))
}

/// Look through central storage now for objects that no row knows.
#[utoipa::path(
    post,
    path = "/operator/orphans",
    tag = "operator",
    operation_id = "look_for_orphans",
    security(("operator" = [])),
    responses((status = 202, description = "It is queued", body = JobRef), RouteError)
)]
pub(crate) async fn look(
    State(db): State<Database>,
    _: Operator,
) -> Result<(StatusCode, Json<JobRef>), RouteError> {
    let tx = db.begin(Scope::System).await?;
    let job_id = tx.jobs().enqueue(&ReapOrphans::default()).await?.0;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobRef { job_id })))
}
