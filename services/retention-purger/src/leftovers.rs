//! Names that were reserved in customers' storages for copies that nobody wants any more: what lies
//! there goes if it is what Stowage wrote, then the row. What is somebody else's stays.
//!
//! The row that reserved the name, committed before the first byte, is the intent (ADR 22). Which
//! content is to go is committed in it before anything is asked, and the act is recorded with the
//! row's end.

use serde_json::json;
use stowage_db::{
    DbError, Scope,
    repo::{AuditEntry, Leftover},
};
use stowage_domain::{Actor, AuditAction, AuditSubject, StorageId};
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_storage::{DeleteCondition, ErrorKind, Object, ObjectPath, StorageError};
use stowage_storage_client::{Deleted, Purpose, Target};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{Deps, PurgerConfig};

const BATCH: u32 = 50;

/// The revision of what nobody knows to have been written: no file has it.
const NEVER_WRITTEN: &str = "-";

/// What is done about a reserved name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Ours lay there, and is deleted: the row goes.
    Deleted,
    /// Ours was written there, and is gone; an attempt that was broken off may have deleted it.
    Absent,
    /// Nothing of ours lies there any more: the row goes.
    Forget,
    /// Ours lies there and cannot be deleted safely: both stay.
    LetBe,
    /// It is another's by now, or a legal hold keeps everything: nothing is done.
    Wait,
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Failed(#[from] Failed),
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
        if let Err(error) = clear(deps, leftover).await {
            warn!(
                storage.id = %leftover.storage,
                "could not clear away a copy that nobody wants: {error}; it is tried again"
            );
        }
    }
}

async fn clear(deps: &Deps, leftover: &Leftover) -> Result<(), Trouble> {
    let verdict = take_away(deps, leftover).await?;
    if verdict == Verdict::Wait {
        return Ok(());
    }
    failpoint(Failpoint::LeftoverDeleted).await?;
    record(deps, leftover, verdict).await?;
    failpoint(Failpoint::LeftoverForgotten).await?;
    Ok(())
}

async fn take_away(deps: &Deps, leftover: &Leftover) -> Result<Verdict, Trouble> {
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
        Ok(found) => Some(found),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    let revision = match found {
        Some(found) if is_ours(deps, target, leftover, &found).await? => found.revision,
        // Asked all the same: a writer or an attempt that ended half-way may have left something.
        _ if leftover.revision.is_empty() => NEVER_WRITTEN.to_owned(),
        _ => leftover.revision.clone(),
    };
    if !intend(deps, leftover, &revision).await? {
        return Ok(Verdict::Wait);
    }
    failpoint(Failpoint::LeftoverNoted).await?;
    let deleted = deps.storage.delete(target, &leftover.path, &revision).await;
    match deleted {
        Ok(Deleted::Now) => Ok(Verdict::Deleted),
        Ok(Deleted::Before) if revision == NEVER_WRITTEN => Ok(Verdict::Forget),
        Ok(Deleted::Before) => Ok(Verdict::Absent),
        Err(error) => match error.kind() {
            ErrorKind::Conflict => Ok(Verdict::Forget),
            ErrorKind::Unsupported => Ok(Verdict::LetBe),
            _ => Err(error.into()),
        },
    }
}

/// Returns what the storage proved to be when it was scanned. Nothing is deleted where nobody can say.
async fn identity(deps: &Deps, leftover: &Leftover) -> Result<Option<String>, DbError> {
    let tx = deps.db.read_in(leftover.workspace).await?;
    tx.scans().identity(leftover.storage).await
}

/// Commits which content is to go. False where nothing may go now.
async fn intend(deps: &Deps, leftover: &Leftover, revision: &str) -> Result<bool, DbError> {
    let tx = deps.db.begin_in(leftover.workspace).await?;
    if tx.holds().holds_workspace().await? {
        return Ok(false);
    }
    let object = leftover.object;
    let is_intended = tx.transfers().intend_clearing(object, revision).await?;
    tx.commit_quietly().await?;
    Ok(is_intended)
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
    if verdict == Verdict::LetBe {
        tx.transfers().let_leftover_be(leftover.object).await?;
    } else {
        tx.transfers().give_name_back(leftover.object).await?;
    }
    let outcome = match verdict {
        Verdict::Deleted => "deleted",
        Verdict::Absent => "absent",
        Verdict::Forget | Verdict::LetBe | Verdict::Wait => return tx.commit_quietly().await,
    };
    let entry = discarded(leftover, outcome);
    tx.audit().record(deps.ids.next().into(), &entry).await?;
    tx.commit_quietly().await?;
    metrics::counter!("stowage_discarded_copies_total", "outcome" => outcome).increment(1);
    info!(storage.id = %leftover.storage, "cleared away a copy that nobody wants: {outcome}");
    Ok(())
}

fn discarded(leftover: &Leftover, outcome: &str) -> AuditEntry {
    AuditEntry {
        actor: Actor::System,
        action: AuditAction::CopyDiscarded,
        subject: AuditSubject::Storage,
        subject_id: leftover.storage.0,
        detail: json!({ "path": leftover.path, "size": leftover.size, "outcome": outcome }),
    }
}
