//! The retention-purger as a process of its own.

use std::process::ExitCode;

use stowage_backends::{
    self as backends, BusConfig, CentralConfig, ColdBackupConfig, ConnectorClientConfig, JobsConfig,
};
use stowage_db::DatabaseConfig;
use stowage_retention_purger::{Deps, PurgerConfig, service};

stowage_config::config! {
    /// What the retention-purger reads.
    pub struct Config {
        pub database: DatabaseConfig,
        pub bus: BusConfig,
        pub jobs: JobsConfig,
        pub storage_connector: ConnectorClientConfig,
        pub central: CentralConfig,
        pub cold_backup: ColdBackupConfig,
        pub retention_purger: PurgerConfig,
    }
}

fn main() -> ExitCode {
    stowage_runtime::main("retention-purger", async |config: Config, admin| {
        let opened = backends::database(&config.database, admin).await?;
        let bus = backends::bus(&config.bus, admin);
        let deps = Deps {
            db: opened.db.clone(),
            bus: bus.clone(),
            storage: backends::storage(&config.storage_connector, admin)?,
            central: backends::central(&config.central, admin)?,
            backup: backends::cold_backup(&config.cold_backup, &config.central)?,
            clock: opened.clock,
            ids: stowage_runtime::uuid_v7(),
            worker: config.jobs.worker(),
        };
        Ok(vec![
            backends::relay(&config.jobs, opened.db, bus),
            service(config.retention_purger, deps),
        ])
    })
}
