//! Upkeep: what nobody needs any more goes, by row only, in batches.
//!
//! Owns: the table of recurring work (`upkeep.rs`) and one file for each kind of it. `docs/
//! retention.md` says what goes when and why. Bin, purge and orphans of originals come here with
//! the life of an original.

mod config;
mod spool;
mod upkeep;
mod uploads;

use std::sync::Arc;

use stowage_db::Database;
use stowage_domain::Clock;
use stowage_runtime::Service;
use stowage_storage::Storage;

pub use config::PurgerConfig;

/// What the purger works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub central: Arc<dyn Storage>,
    pub clock: Arc<dyn Clock>,
}

/// Keeps house until it is told to stop.
pub fn service(config: PurgerConfig, deps: Deps) -> Service {
    Service::new("retention-purger", async move |shutdown| {
        upkeep::run(config, deps, shutdown.soft).await;
        Ok(())
    })
}
