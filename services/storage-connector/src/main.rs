//! The storage-connector as a process of its own.

use std::process::ExitCode;

use stowage_backends::{self as backends, BusConfig, RpcConfig};
use stowage_db::DatabaseConfig;
use stowage_egress::EgressConfig;
use stowage_secrets::SecretsConfig;
use stowage_storage_connector::{ConnectorConfig, Deps, service};

stowage_config::config! {
    /// What the storage-connector reads.
    pub struct Config {
        pub database: DatabaseConfig,
        pub bus: BusConfig,
        pub rpc: RpcConfig,
        pub keys: SecretsConfig,
        pub egress: EgressConfig,
        pub connector: ConnectorConfig,
    }
}

fn main() -> ExitCode {
    stowage_runtime::main("storage-connector", async |config: Config, admin| {
        let opened = backends::database(&config.database, admin).await?;
        let deps = Deps {
            db: opened.db,
            bus: backends::bus(&config.bus, admin),
            egress: backends::egress(&config.egress)?,
            keys: backends::keys(&config.keys)?,
            clock: opened.clock,
        };
        Ok(vec![service(config.connector, config.rpc.0, deps)])
    })
}
