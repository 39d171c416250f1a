//! What lies in the spool and nobody needs any more: copies whose pictures are made, and pieces of
//! uploads that are over. Taken by row, deleted, forgotten, in this order, so that a crash in
//! between only repeats.

use stowage_db::{DbError, Scope, Tx, repo::StagedBlob};
use stowage_domain::Timestamp;
use stowage_failpoints::{Failpoint, failpoint};
use stowage_storage::{DeleteCondition, ObjectPath};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{Deps, PurgerConfig};

const BATCH: u32 = 200;

/// Gives up uploads that nobody went on with, then reaps until nothing is left to reap.
pub(crate) async fn reap(config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
    if let Err(error) = expire(deps).await {
        warn!(%error, "could not give up uploads that nobody went on with");
    }
    for spool in Spooled::ALL {
        spool.reap(config, deps, stop).await;
    }
}

async fn expire(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let count = tx.uploads().expire(deps.clock.now(), BATCH).await?;
    tx.commit_quietly().await?;
    metrics::counter!("stowage_uploads_expired_total").increment(count);
    Ok(())
}

/// What the spool holds.
#[derive(Debug, Clone, Copy)]
enum Spooled {
    /// Copies of originals that wait for their pictures.
    Copies,
    /// Pieces of uploads.
    Pieces,
}

impl Spooled {
    const ALL: [Self; 2] = [Self::Copies, Self::Pieces];

    const fn name(self) -> &'static str {
        match self {
            Self::Copies => "spool copies",
            Self::Pieces => "pieces of uploads",
        }
    }

    const fn metric(self) -> &'static str {
        match self {
            Self::Copies => "stowage_spool_reaped_total",
            Self::Pieces => "stowage_upload_chunks_reaped_total",
        }
    }

    /// Taken, deleted, forgotten: where a test may strike.
    const fn failpoints(self) -> [Failpoint; 3] {
        match self {
            Self::Copies => [
                Failpoint::SpoolTaken,
                Failpoint::SpoolDeleted,
                Failpoint::SpoolForgotten,
            ],
            Self::Pieces => [
                Failpoint::PiecesTaken,
                Failpoint::PiecesDeleted,
                Failpoint::PiecesForgotten,
            ],
        }
    }

    async fn take(self, tx: &Tx, staged_before: Timestamp) -> Result<Vec<StagedBlob>, DbError> {
        match self {
            Self::Copies => tx.spool().take_reapable(staged_before, BATCH).await,
            Self::Pieces => tx.upload_chunks().take_reapable(staged_before, BATCH).await,
        }
    }

    async fn forget(self, tx: &Tx, blob: &StagedBlob) -> Result<(), DbError> {
        match self {
            Self::Copies => tx.spool().delete(blob.id).await,
            Self::Pieces => tx.upload_chunks().delete(blob.id).await,
        }
    }

    async fn reap(self, config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.reap_batch(config, deps).await {
                Ok(count) if count == BATCH as usize => {}
                Ok(0) => return,
                Ok(count) => {
                    debug!(spool.reaped = count, "reaped {count} {}", self.name());
                    return;
                }
                Err(error) => {
                    warn!(%error, "could not reap {}", self.name());
                    return;
                }
            }
        }
    }

    async fn reap_batch(self, config: &PurgerConfig, deps: &Deps) -> anyhow::Result<usize> {
        let [taken_at, deleted_at, forgotten_at] = self.failpoints();
        let staged_before = deps.clock.now() - config.keep_staged;
        let tx = deps.db.begin(Scope::System).await?;
        let taken = self.take(&tx, staged_before).await?;
        tx.commit_quietly().await?;
        if !taken.is_empty() {
            failpoint(taken_at).await?;
        }
        let mut gone = Vec::with_capacity(taken.len());
        for blob in taken {
            if delete(deps, &blob).await {
                gone.push(blob);
                failpoint(deleted_at).await?;
            }
        }
        if !gone.is_empty() {
            let tx = deps.db.begin(Scope::System).await?;
            for blob in &gone {
                self.forget(&tx, blob).await?;
            }
            // Imports may wait for the room.
            tx.commit().await?;
            failpoint(forgotten_at).await?;
        }
        metrics::counter!(self.metric()).increment(gone.len() as u64);
        Ok(gone.len())
    }
}

/// What cannot be deleted now keeps its row, and is taken again.
async fn delete(deps: &Deps, blob: &StagedBlob) -> bool {
    let Ok(path) = ObjectPath::new(blob.key.clone()) else {
        return true;
    };
    match deps.central.delete(&path, DeleteCondition::OwnKey).await {
        Ok(()) => true,
        Err(error) => {
            warn!(%error, "could not delete something of the spool; it is tried again");
            false
        }
    }
}
