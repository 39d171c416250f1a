//! Enqueues a scan for each storage that is due. Overdue means one scan, not a backlog (D13).

use stowage_db::{DbError, Scope};
use stowage_jobs::NewJob;
use stowage_proto::job::{ScanStorage, ScanTrigger};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{Deps, ScannerConfig};

/// Storages enqueued in one look.
const AT_ONCE: u32 = 500;

pub(crate) async fn run(config: ScannerConfig, deps: Deps, stop: CancellationToken) {
    loop {
        match enqueue_due(&deps).await {
            Ok(0) => {}
            Ok(count) => debug!(scan.due = count, "enqueued {count} scans that were due"),
            Err(error) => warn!(%error, "could not look which storages are due"),
        }
        if stop
            .run_until_cancelled(tokio::time::sleep(config.look_every))
            .await
            .is_none()
        {
            return;
        }
    }
}

/// A storage whose scan is queued already keeps that one job.
async fn enqueue_due(deps: &Deps) -> Result<usize, DbError> {
    let due = deps
        .db
        .read(Scope::System)
        .await?
        .scans()
        .due(AT_ONCE)
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let jobs: Vec<NewJob> = due
        .iter()
        .map(|(workspace, storage)| {
            let job = ScanStorage {
                storage_id: storage.to_string(),
                trigger: ScanTrigger::Schedule.into(),
                folder: String::new(),
            };
            NewJob::of(Some(*workspace), &job)
        })
        .collect();
    let tx = deps.db.begin(Scope::System).await?;
    tx.jobs().enqueue_all(jobs).await?;
    tx.commit().await?;
    Ok(due.len())
}
