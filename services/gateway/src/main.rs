//! The gateway as a process of its own.

use std::process::ExitCode;

use stowage_backends::{self as backends, BusConfig, CentralConfig, ConnectorClientConfig};
use stowage_db::DatabaseConfig;
use stowage_gateway::{Deps, GatewayConfig, log_owner_link, service};

stowage_config::config! {
    /// What the gateway reads.
    pub struct Config {
        pub database: DatabaseConfig,
        pub bus: BusConfig,
        pub storage_connector: ConnectorClientConfig,
        pub central: CentralConfig,
        pub gateway: GatewayConfig,
    }
}

fn main() -> ExitCode {
    stowage_runtime::main("gateway", async |config: Config, admin| {
        let opened = backends::database(&config.database, admin).await?;
        let deps = Deps {
            db: opened.db,
            bus: backends::bus(&config.bus, admin),
            storage: backends::storage(&config.storage_connector, admin)?.raw(),
            central: backends::durable_central(&config.central, admin)?,
            spool_bytes: config.central.spool_bytes,
            clock: opened.clock,
            ids: stowage_runtime::uuid_v7(),
        };
        log_owner_link(&deps, &config.gateway).await;
        Ok(vec![service(config.gateway, deps)])
    })
}
