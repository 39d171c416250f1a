//! Reads each original once: hash, type by content, metadata, tags, and a copy into the spool for
//! the thumbnailer.
//!
//! Owns: the jobs `ImportObject` (`jobs/import_object.rs`) and `RereadAsset`
//! (`jobs/reread_asset.rs`), the one read (`intake.rs`), what a file
//! says about itself (`describe.rs`), and what the catalog makes of it (`record.rs`,
//! `recreate.rs`).

mod complete;
mod config;
mod describe;
mod intake;
mod jobs;
mod record;
mod recreate;

use std::sync::Arc;

use stowage_db::Database;
use stowage_domain::{Clock, Ids};
use stowage_jobs::{Bus, Worker, WorkerOptions};
use stowage_runtime::Service;
use stowage_storage::Storage;
use stowage_storage_client::StorageClient;

pub use config::IngestConfig;

/// What ingest works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub storage: StorageClient,
    pub central: Arc<dyn Storage>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub worker: WorkerOptions,
}

/// Imports until it is told to stop.
pub fn service(config: IngestConfig, deps: Deps) -> Service {
    Service::new("ingest", async move |shutdown| {
        let worker = Worker::new(
            deps.bus.clone(),
            Arc::new(deps.db.clone()),
            deps.worker.clone(),
        );
        let concurrency = config.concurrency;
        worker
            .handle(
                jobs::import_object::ImportObjectHandler::new(config.clone(), deps.clone()),
                concurrency,
            )
            .handle(
                jobs::reread_asset::RereadAssetHandler::new(config, deps),
                concurrency,
            )
            .run(shutdown.soft, shutdown.hard)
            .await;
        Ok(())
    })
}
