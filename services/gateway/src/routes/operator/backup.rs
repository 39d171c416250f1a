//! `GET` and `POST /operator/backup`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, Scope, repo::Behind};
use utoipa::ToSchema;

use crate::{
    extract::{Json, Operator, OperatorError},
    problem::route_error,
    wire::Moment,
};

/// How the cold backup of central storage does.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackupReport {
    state: BackupState,
    /// Originals in central storage that have no copy yet.
    behind_objects: u64,
    behind_bytes: u64,
    /// Since when the oldest of them has been waiting.
    behind_since: Option<Moment>,
    /// Copies whose originals left central storage, and that are still to be removed.
    to_remove: u64,
    /// Originals that have no copy because central storage has lost or damaged them.
    unreadable: u64,
    /// When the place last did what it was asked.
    worked_at: Option<Moment>,
    /// Since when it has not been working.
    failing_since: Option<Moment>,
    /// Why.
    error: Option<String>,
}

/// What there is to say of the backup in a word.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BackupState {
    /// The settings name no place.
    Off,
    /// Everything is copied.
    Complete,
    /// Something waits to be copied or removed.
    Behind,
    /// The place is away, full, or another than before.
    Failing,
}

route_error! {
    /// What asking for the backup answers when it does not.
    RouteError, after [OperatorError], from [DbError] {}
}

/// Show how far the cold backup of central storage is.
#[utoipa::path(
    get,
    path = "/operator/backup",
    tag = "operator",
    operation_id = "get_backup",
    security(("operator" = [])),
    responses((status = 200, description = "How it does", body = BackupReport), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    _: Operator,
) -> Result<Json<BackupReport>, RouteError> {
    Ok(Json(report(&db).await?))
}

/// Take the place that answers next for the backup, and compare or copy every original anew: for a
/// new disk or bucket, and for one whose files were lost. Nothing is removed from the old one.
#[utoipa::path(
    post,
    path = "/operator/backup",
    tag = "operator",
    operation_id = "start_backup_over",
    security(("operator" = [])),
    responses((status = 200, description = "It begins anew", body = BackupReport), RouteError)
)]
pub(crate) async fn start_over(
    State(db): State<Database>,
    _: Operator,
) -> Result<Json<BackupReport>, RouteError> {
    let tx = db.begin(Scope::System).await?;
    tx.backups().start_over().await?;
    tx.commit().await?;
    Ok(Json(report(&db).await?))
}

async fn report(db: &Database) -> Result<BackupReport, DbError> {
    let tx = db.read(Scope::System).await?;
    let place = tx.backups().place().await?.filter(|place| place.is_on);
    let behind = match &place {
        Some(_) => tx.backups().behind().await?,
        None => Behind::default(),
    };
    let state = match &place {
        None => BackupState::Off,
        Some(place) if place.failing_since.is_some() => BackupState::Failing,
        Some(_) if behind.objects + behind.to_remove > 0 => BackupState::Behind,
        Some(_) => BackupState::Complete,
    };
    let (worked_at, failing_since, error) = place.map_or((None, None, None), |place| {
        (place.worked_at, place.failing_since, place.error)
    });
    Ok(BackupReport {
        state,
        behind_objects: behind.objects,
        behind_bytes: behind.bytes,
        behind_since: behind.since.map(Into::into),
        to_remove: behind.to_remove,
        unreadable: behind.unreadable,
        worked_at: worked_at.map(Into::into),
        failing_since: failing_since.map(Into::into),
        error,
    })
}
