//! Reads each original once: hash, type by content, metadata, tags, and a copy into the spool for
//! the thumbnailer.
//!
//! Owns: the jobs `ImportObject` (`jobs/import_object.rs`), `ImportUpload`
//! (`jobs/import_upload.rs`), `RereadAsset` (`jobs/reread_asset.rs`),
//! `PlanTransfers` (`jobs/plan_transfers.rs`) and `TransferOriginal` (`jobs/transfer_original.rs`,
//! `transfer/`), the one read (`intake.rs`) and where it reads from (`source.rs`), what a file says about itself
//! (`describe.rs`), and what the catalog makes of it (`record.rs`, `binned.rs`, `recreate.rs`).

mod binned;
mod collect;
mod complete;
mod config;
mod describe;
mod intake;
mod jobs;
mod pieces;
mod record;
mod recreate;
mod source;
mod transfer;

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
    /// Central storage too, for originals: what is written this way survives the loss of power.
    pub durable: Arc<dyn Storage>,
    /// How much the spool may hold; 0 means no limit.
    pub spool_bytes: u64,
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
                jobs::import_upload::ImportUploadHandler::new(config.clone(), deps.clone()),
                concurrency,
            )
            .handle(
                jobs::plan_transfers::PlanTransfersHandler::new(deps.clone()),
                1,
            )
            .handle(
                jobs::transfer_original::TransferOriginalHandler::new(config.clone(), deps.clone()),
                config.transfers,
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
