//! The thumbnailer as a process of its own. Called with `decode` it is the child that decodes.

use std::process::ExitCode;

use stowage_backends::{self as backends, BusConfig, CentralConfig, JobsConfig};
use stowage_db::DatabaseConfig;
use stowage_thumbnailer::{Deps, ThumbnailerConfig, service};

stowage_config::config! {
    /// What the thumbnailer reads.
    pub struct Config {
        pub database: DatabaseConfig,
        pub bus: BusConfig,
        pub jobs: JobsConfig,
        pub central: CentralConfig,
        pub thumbnailer: ThumbnailerConfig,
    }
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("decode") {
        return stowage_media::child_main();
    }
    stowage_runtime::main("thumbnailer", async |config: Config, admin| {
        let opened = backends::database(&config.database, admin).await?;
        let bus = backends::bus(&config.bus, admin);
        let deps = Deps {
            db: opened.db.clone(),
            bus: bus.clone(),
            central: backends::central(&config.central, admin)?,
            worker: config.jobs.worker(),
        };
        Ok(vec![
            backends::relay(&config.jobs, opened.db, bus),
            service(config.thumbnailer, deps),
        ])
    })
}
