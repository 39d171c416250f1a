//! Follows storages: when each is due, what its listing says, what that means for the catalog.
//!
//! Owns: the schedule (`schedule.rs`), the job `ScanStorage` (`jobs/scan_storage.rs`), and one
//! scan (`scan.rs`): its walk over listing and catalog (`scan/walk.rs`), its writes
//! (`scan/batch.rs`) and its judgement of absence (`scan/absence.rs`). The rules themselves are
//! pure and in `stowage_domain::scan`.

mod config;
mod jobs;
mod scan;
mod schedule;

use std::sync::Arc;

use stowage_db::Database;
use stowage_domain::{Clock, Ids};
use stowage_jobs::{Bus, Worker, WorkerOptions};
use stowage_runtime::Service;
use stowage_storage_client::StorageClient;

pub use config::ScannerConfig;

/// What the scanner works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub storage: StorageClient,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub worker: WorkerOptions,
}

/// Schedules and runs scans until it is told to stop.
pub fn service(config: ScannerConfig, deps: Deps) -> Service {
    Service::new("sync-scanner", async move |shutdown| {
        let schedule = schedule::run(config.clone(), deps.clone(), shutdown.soft.clone());
        shutdown.spawn("schedule", schedule);
        let worker = Worker::new(
            deps.bus.clone(),
            Arc::new(deps.db.clone()),
            deps.worker.clone(),
        );
        let concurrency = config.concurrency;
        worker
            .handle(
                jobs::scan_storage::ScanStorageHandler::new(config, deps),
                concurrency,
            )
            .run(shutdown.soft, shutdown.hard)
            .await;
        Ok(())
    })
}
