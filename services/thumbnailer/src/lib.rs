//! Makes three renditions and a ThumbHash of each original, from one decode in a sandboxed child.
//!
//! Owns: the job `RenderAsset` (`jobs/render_asset.rs`) and the decoders (`decoders.rs`). The
//! pictures themselves are made by `stowage-media`.

mod config;
mod decoders;
mod jobs;

use std::sync::Arc;

use stowage_db::Database;
use stowage_jobs::{Bus, Worker, WorkerOptions};
use stowage_runtime::Service;
use stowage_storage::Storage;

pub use config::ThumbnailerConfig;

/// What the thumbnailer works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub central: Arc<dyn Storage>,
    pub worker: WorkerOptions,
}

/// Renders until it is told to stop.
pub fn service(config: ThumbnailerConfig, deps: Deps) -> Service {
    Service::new("thumbnailer", async move |shutdown| {
        let worker = Worker::new(
            deps.bus.clone(),
            Arc::new(deps.db.clone()),
            deps.worker.clone(),
        );
        let concurrency = config.decoders();
        worker
            .handle(
                jobs::render_asset::RenderAssetHandler::new(&config, deps)?,
                concurrency,
            )
            .run(shutdown.soft, shutdown.hard)
            .await;
        Ok(())
    })
}
