//! The cold backup: looks for what it lacks, has its place prove itself, and says how far behind it
//! is.

use std::sync::Arc;

use stowage_db::{DbError, Scope};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::BackUpOriginals;
use stowage_storage::{ErrorKind, ObjectPath, Storage, StorageError};
use tracing::{info, warn};

use crate::Deps;

/// Why the place of the backup was not asked for anything.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unproven {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{0}")]
    Away(#[from] StorageError),
    #[error(
        "another place answers than the one that has been copied to: mount the right one, or start \
         the backup over"
    )]
    Another,
}

/// Gives each workspace that has something to copy or to remove its job, and counts.
pub(crate) async fn look(deps: &Deps) {
    if deps.backup.is_some() {
        metrics::counter!("stowage_backup_looks_total").increment(1);
    }
    if let Err(error) = plan(deps).await {
        warn!(%error, "could not look for what the cold backup lacks");
    }
    if let Err(error) = measure(deps).await {
        warn!(%error, "could not count what the cold backup lacks");
    }
}

async fn plan(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    tx.backups().set_on(deps.backup.is_some()).await?;
    if deps.backup.is_some() {
        let due = tx.backups().due_workspaces().await?;
        let job = BackUpOriginals::default();
        let jobs = due.iter().map(|workspace| {
            NewJob::of(Some(*workspace), &job).with_priority(Priority::Background)
        });
        tx.jobs().enqueue_all(jobs.collect()).await?;
    }
    tx.commit().await
}

async fn measure(deps: &Deps) -> Result<(), DbError> {
    if deps.backup.is_none() {
        return Ok(());
    }
    let tx = deps.db.read(Scope::System).await?;
    let behind = tx.backups().behind().await?;
    let now = tx.now_is().await?;
    let is_failing = tx
        .backups()
        .place()
        .await?
        .is_some_and(|place| place.failing_since.is_some());
    let age = behind.since.map_or(0.0, |at| now.since(at).as_secs_f64());
    metrics::gauge!("stowage_backup_behind_objects").set(behind.objects as f64);
    metrics::gauge!("stowage_backup_behind_bytes").set(behind.bytes as f64);
    metrics::gauge!("stowage_backup_behind_seconds").set(age);
    metrics::gauge!("stowage_backup_unreadable").set(behind.unreadable as f64);
    metrics::gauge!("stowage_backup_failing").set(f64::from(u8::from(is_failing)));
    Ok(())
}

/// Has the place prove that it is the one that was copied to before. The first to answer is taken
/// for it. An empty folder where a disk is not mounted is another place.
pub(crate) async fn prove(deps: &Deps, place: &dyn Storage) -> Result<(), Unproven> {
    let identity = place.identify().await?.0;
    let tx = deps.db.read(Scope::System).await?;
    let known = tx.backups().place().await?.and_then(|place| place.identity);
    drop(tx);
    let known = if let Some(known) = known {
        known
    } else {
        let tx = deps.db.begin(Scope::System).await?;
        let known = tx.backups().learn_identity(&identity).await?;
        tx.commit_quietly().await?;
        known
    };
    if known == identity {
        Ok(())
    } else {
        Err(Unproven::Another)
    }
}

/// Records how the place does; logs each change once.
pub(crate) async fn note(deps: &Deps, trouble: Option<&str>) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let is_change = match trouble {
        Some(error) => tx.backups().fails(error).await?,
        None => tx.backups().works().await?,
    };
    tx.commit_quietly().await?;
    match trouble {
        Some(error) if is_change => {
            warn!("the cold backup does not work: {error}; it is tried again");
        }
        None if is_change => info!("the cold backup works again"),
        _ => {}
    }
    Ok(())
}

/// Returns the SHA-256 of what a place has under a key; none where it has nothing.
pub(crate) async fn hash_of(
    place: &Arc<dyn Storage>,
    key: &ObjectPath,
) -> Result<Option<Vec<u8>>, StorageError> {
    let read = match place.read(key, None).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    Ok(Some(read.sha256().await?.to_vec()))
}
