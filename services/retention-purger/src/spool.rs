//! Spool copies whose work is done: taken by row, deleted, forgotten, in this order, so that a
//! crash in between only repeats.

use stowage_db::{Scope, repo::StagedBlob};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_storage::{DeleteCondition, ObjectPath};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{Deps, PurgerConfig};

const BATCH: u32 = 200;

/// Reaps until nothing is left to reap.
pub(crate) async fn reap(config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match reap_batch(config, deps).await {
            Ok(count) if count == BATCH as usize => {}
            Ok(0) => return,
            Ok(count) => {
                debug!(spool.reaped = count, "reaped {count} spool copies");
                return;
            }
            Err(error) => {
                warn!(%error, "could not reap the spool");
                return;
            }
        }
    }
}

async fn reap_batch(config: &PurgerConfig, deps: &Deps) -> anyhow::Result<usize> {
    let staged_before = deps.clock.now() - config.keep_staged;
    let tx = deps.db.begin(Scope::System).await?;
    let taken = tx.spool().take_reapable(staged_before, BATCH).await?;
    tx.commit().await?;
    if !taken.is_empty() {
        failpoint(Failpoint::SpoolTaken).await?;
    }
    let mut gone = Vec::with_capacity(taken.len());
    for blob in &taken {
        if delete(deps, blob).await {
            gone.push(blob.id);
            failpoint(Failpoint::SpoolDeleted).await?;
        }
    }
    let count = gone.len();
    if count > 0 {
        let tx = deps.db.begin(Scope::System).await?;
        for id in gone {
            tx.spool().delete(id).await?;
        }
        tx.commit().await?;
        failpoint(Failpoint::SpoolForgotten).await?;
    }
    metrics::counter!("stowage_spool_reaped_total").increment(count as u64);
    Ok(count)
}

/// A copy that cannot be deleted now keeps its row, and is taken again.
pub(crate) async fn delete(deps: &Deps, blob: &StagedBlob) -> bool {
    let Ok(path) = ObjectPath::new(blob.key.clone()) else {
        return true;
    };
    match deps.central.delete(&path, DeleteCondition::OwnKey).await {
        Ok(()) => true,
        Err(error) => {
            warn!(%error, "could not delete a spool copy; it is tried again");
            false
        }
    }
}
