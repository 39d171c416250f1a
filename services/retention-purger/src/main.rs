//! The retention-purger as a process of its own.

use std::process::ExitCode;

use stowage_backends::{self as backends, CentralConfig};
use stowage_db::DatabaseConfig;
use stowage_retention_purger::{Deps, PurgerConfig, service};

stowage_config::config! {
    /// What the retention-purger reads.
    pub struct Config {
        pub database: DatabaseConfig,
        pub central: CentralConfig,
        pub retention_purger: PurgerConfig,
    }
}

fn main() -> ExitCode {
    stowage_runtime::main("retention-purger", async |config: Config, admin| {
        let opened = backends::database(&config.database, admin).await?;
        let central = backends::central(&config.central, admin)?;
        let deps = Deps {
            db: opened.db,
            central,
            clock: opened.clock,
        };
        Ok(vec![service(config.retention_purger, deps)])
    })
}
