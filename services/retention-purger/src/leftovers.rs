//! Names that were reserved in customers' storages for copies that nobody wants any more: what lies
//! there goes if it is what Stowage wrote, then the row. What is somebody else's stays.

use stowage_db::{DbError, Scope, repo::Leftover};
use stowage_domain::StorageId;
use stowage_storage::{DeleteCondition, ErrorKind, Object, ObjectPath, StorageError};
use stowage_storage_client::{Purpose, Target};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{Deps, PurgerConfig};

const BATCH: u32 = 50;

/// What is done about a reserved name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing of ours lies there any more: the row goes.
    Forget,
    /// Ours lies there and cannot be deleted safely: both stay.
    LetBe,
}

/// Clears names, as many as one look finds.
pub(crate) async fn reap(config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
    let found = async {
        let tx = deps.db.read(Scope::System).await?;
        let before = deps.clock.now() - config.keep_staged;
        tx.transfers().leftovers(before, BATCH).await
    };
    let found: Result<Vec<Leftover>, DbError> = found.await;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            warn!(%error, "could not look for copies that nobody wants");
            return;
        }
    };
    for leftover in &found {
        if stop.is_cancelled() {
            return;
        }
        match clear(deps, leftover).await {
            Ok(verdict) => {
                if let Err(error) = record(deps, leftover, verdict).await {
                    warn!(%error, "could not forget a copy that nobody wants");
                }
            }
            Err(error) => {
                warn!(
                    storage.id = %leftover.storage,
                    "could not clear away a copy that nobody wants: {error}; it is tried again"
                );
            }
        }
    }
}

async fn clear(deps: &Deps, leftover: &Leftover) -> Result<Verdict, StorageError> {
    if leftover.storage == StorageId::central_of(leftover.workspace) {
        if let Ok(key) = ObjectPath::new(leftover.path.clone()) {
            deps.central.delete(&key, DeleteCondition::OwnKey).await?;
        }
        return Ok(Verdict::Forget);
    }
    let target = Target {
        workspace: leftover.workspace,
        storage: leftover.storage,
    };
    let identity = identity(deps, leftover).await?;
    deps.storage.identify(target, identity.as_deref()).await?;
    let found = match deps.storage.stat(target, &leftover.path).await {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Ok(Verdict::Forget),
        Err(error) => return Err(error),
    };
    if !is_ours(deps, target, leftover, &found).await? {
        return Ok(Verdict::Forget);
    }
    let deleted = deps.storage.delete(target, &leftover.path, &found.revision);
    match deleted.await {
        Ok(_) => {
            info!(storage.id = %leftover.storage, "cleared away a copy that nobody wants");
            Ok(Verdict::Forget)
        }
        Err(error) => match error.kind() {
            ErrorKind::Conflict => Ok(Verdict::Forget),
            ErrorKind::Unsupported => Ok(Verdict::LetBe),
            _ => Err(error),
        },
    }
}

/// Returns what the storage proved to be when it was scanned. Nothing is deleted where nobody can say.
async fn identity(deps: &Deps, leftover: &Leftover) -> Result<Option<String>, StorageError> {
    let found = async {
        let tx = deps.db.read_in(leftover.workspace).await?;
        tx.scans().identity(leftover.storage).await
    };
    let found: Result<_, DbError> = found.await;
    found.map_err(|error| StorageError::new(ErrorKind::Unreachable, error.to_string()))
}

/// Returns whether Stowage wrote what lies there: it has the revision that was told then, or the
/// content that was to be written.
async fn is_ours(
    deps: &Deps,
    target: Target,
    leftover: &Leftover,
    found: &Object,
) -> Result<bool, StorageError> {
    if !leftover.revision.is_empty() && found.revision == leftover.revision {
        return Ok(true);
    }
    let Some(expected) = &leftover.sha256 else {
        return Ok(false);
    };
    let path = &leftover.path;
    let read = deps
        .storage
        .read(target, path, None, Purpose::Transfer)
        .await?;
    if read.object.revision != found.revision {
        return Ok(false);
    }
    Ok(read.sha256().await?.as_slice() == expected.as_slice())
}

async fn record(deps: &Deps, leftover: &Leftover, verdict: Verdict) -> Result<(), DbError> {
    let tx = deps.db.begin_in(leftover.workspace).await?;
    match verdict {
        Verdict::Forget => tx.transfers().give_name_back(leftover.object).await?,
        Verdict::LetBe => tx.transfers().let_leftover_be(leftover.object).await?,
    }
    tx.commit_quietly().await
}
