//! Pieces of uploads that nobody needs: of those that became assets, that were given up, or that
//! nobody went on with. Taken by row, deleted, forgotten, in this order, as spool copies are.

use stowage_db::{DbError, Scope};
use stowage_failpoints::{Failpoint, failpoint};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{Deps, PurgerConfig, spool};

const BATCH: u32 = 200;

/// Gives up what nobody went on with, then reaps until nothing is left to reap.
pub(crate) async fn reap(config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
    if let Err(error) = expire(deps).await {
        warn!(%error, "could not give up uploads that nobody went on with");
    }
    while !stop.is_cancelled() {
        match reap_batch(config, deps).await {
            Ok(count) if count == BATCH as usize => {}
            Ok(0) => return,
            Ok(count) => {
                debug!(upload.chunks = count, "reaped {count} pieces of uploads");
                return;
            }
            Err(error) => {
                warn!(%error, "could not reap pieces of uploads");
                return;
            }
        }
    }
}

async fn expire(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let count = tx.uploads().expire(deps.clock.now(), BATCH).await?;
    tx.commit_quietly().await?;
    metrics::counter!("stowage_uploads_expired_total").increment(count);
    Ok(())
}

async fn reap_batch(config: &PurgerConfig, deps: &Deps) -> anyhow::Result<usize> {
    let staged_before = deps.clock.now() - config.keep_staged;
    let tx = deps.db.begin(Scope::System).await?;
    let chunks = tx.upload_chunks();
    let taken = chunks.take_reapable(staged_before, BATCH).await?;
    tx.commit_quietly().await?;
    if !taken.is_empty() {
        failpoint(Failpoint::PiecesTaken).await?;
    }
    let mut gone = Vec::with_capacity(taken.len());
    for chunk in &taken {
        if spool::delete(deps, chunk).await {
            gone.push(chunk.id);
            failpoint(Failpoint::PiecesDeleted).await?;
        }
    }
    let count = gone.len();
    if count > 0 {
        let tx = deps.db.begin(Scope::System).await?;
        for id in gone {
            tx.upload_chunks().delete(id).await?;
        }
        tx.commit_quietly().await?;
        failpoint(Failpoint::PiecesForgotten).await?;
    }
    metrics::counter!("stowage_upload_chunks_reaped_total").increment(count as u64);
    Ok(count)
}
