//! Upkeep: what nobody needs any more goes, by row only, in batches; and the purge of what is in
//! the bin.
//!
//! Owns: the table of recurring work (`upkeep.rs`) and one file for each kind of it, and the jobs
//! `PlanPurge`, `PurgeAsset`, `DeleteOriginal`, `ApplyRetention`, `DeleteWorkspace`,
//! `ReapOrphans` and `BackUpOriginals` (`jobs/`). `docs/retention.md` says what goes
//! when and why.

mod backup;
mod checks;
mod config;
mod due;
mod jobs;
mod leftovers;
mod pictures;
mod reaper;
mod upkeep;

use std::sync::Arc;

use stowage_db::Database;
use stowage_domain::{Clock, Ids};
use stowage_jobs::{Bus, Worker, WorkerOptions};
use stowage_runtime::Service;
use stowage_storage::Storage;
use stowage_storage_client::StorageClient;

pub use config::PurgerConfig;

/// What the purger works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub storage: StorageClient,
    pub central: Arc<dyn Storage>,
    /// The cold backup, where the operator has one.
    pub backup: Option<Arc<dyn Storage>>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub worker: WorkerOptions,
}

/// How many assets are purged, and originals deleted, at once: gentle with storages.
const CONCURRENCY: usize = 2;

/// Keeps house until it is told to stop.
pub fn service(config: PurgerConfig, deps: Deps) -> Service {
    Service::new("retention-purger", async move |shutdown| {
        let (stop, kill) = (shutdown.soft, shutdown.hard);
        let worker = worker(&config, &deps);
        tokio::join!(
            upkeep::run(config, deps, stop.clone()),
            worker.run(stop, kill)
        );
        Ok(())
    })
}

fn worker(config: &PurgerConfig, deps: &Deps) -> Worker {
    let store = Arc::new(deps.db.clone());
    Worker::new(deps.bus.clone(), store, deps.worker.clone())
        .handle(jobs::plan_purge::PlanPurgeHandler::new(deps.clone()), 1)
        .handle(
            jobs::purge_asset::PurgeAssetHandler::new(deps.clone()),
            CONCURRENCY,
        )
        .handle(
            jobs::delete_original::DeleteOriginalHandler::new(config.clone(), deps.clone()),
            CONCURRENCY,
        )
        .handle(
            jobs::reap_orphans::ReapOrphansHandler::new(config.clone(), deps.clone()),
            1,
        )
        .handle(
            jobs::back_up_originals::BackUpOriginalsHandler::new(config.clone(), deps.clone()),
            1,
        )
        .handle(
            jobs::apply_retention::ApplyRetentionHandler::new(deps.clone()),
            1,
        )
        .handle(
            jobs::delete_workspace::DeleteWorkspaceHandler::new(deps.clone()),
            1,
        )
}
