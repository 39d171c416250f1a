//! Configuration in, ready ports out.
//!
//! Knows every adapter and no service; only mains come here. Each function opens one thing and
//! registers its readiness check, so that no service can forget it.

mod backup;
mod bus;
mod central;
mod config;
mod database;
mod relay;

use std::sync::Arc;

use anyhow::Context;
use stowage_egress::{Egress, EgressConfig};
use stowage_runtime::Admin;
use stowage_secrets::{KeyRing, SecretsConfig};
use stowage_storage_client::StorageClient;

pub use backup::{ColdBackupConfig, ColdBackupKind, cold_backup};
pub use bus::{bus, memory_bus};
pub use central::{central, central_unchecked, durable_central};
pub use config::{
    BusConfig, CentralConfig, CentralKind, ConnectorClientConfig, JobsConfig, RpcConfig,
};
pub use database::{Opened, database, migrate, migrated_database, unchecked_database};
pub use relay::relay;

/// Reaches the storage-connector of another process.
pub fn storage(config: &ConnectorClientConfig, admin: &mut Admin) -> anyhow::Result<StorageClient> {
    let transport = stowage_rpc::channel(&config.0)
        .context("could not prepare the channel to the storage-connector")?;
    let checked = transport.clone();
    admin.check("storage-connector", move || {
        let transport = checked.clone();
        async move { Ok(stowage_rpc::check(transport).await?) }
    });
    Ok(StorageClient::new(transport))
}

/// Opens the way out to customers' storages.
pub fn egress(config: &EgressConfig) -> anyhow::Result<Egress> {
    Egress::new(config).context("the rules of egress.allow are not right")
}

/// Reads the keys that credentials are sealed with.
pub fn keys(config: &SecretsConfig) -> anyhow::Result<Arc<KeyRing>> {
    Ok(Arc::new(KeyRing::new(config)?))
}
