//! The sync-scanner as a process of its own.

use std::process::ExitCode;

use stowage_backends::{self as backends, BusConfig, ConnectorClientConfig, JobsConfig};
use stowage_db::DatabaseConfig;
use stowage_sync_scanner::{Deps, ScannerConfig, service};

stowage_config::config! {
    /// What the sync-scanner reads.
    pub struct Config {
        pub database: DatabaseConfig,
        pub bus: BusConfig,
        pub jobs: JobsConfig,
        pub storage_connector: ConnectorClientConfig,
        pub sync_scanner: ScannerConfig,
    }
}

fn main() -> ExitCode {
    stowage_runtime::main("sync-scanner", async |config: Config, admin| {
        let opened = backends::database(&config.database, admin).await?;
        let bus = backends::bus(&config.bus, admin);
        let storage = backends::storage(&config.storage_connector, admin)?;
        let deps = Deps {
            db: opened.db.clone(),
            bus: bus.clone(),
            storage,
            clock: opened.clock,
            ids: stowage_runtime::uuid_v7(),
            worker: config.jobs.worker(),
        };
        Ok(vec![
            backends::relay(&config.jobs, opened.db, bus),
            service(config.sync_scanner, deps),
        ])
    })
}
