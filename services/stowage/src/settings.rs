//! The settings of the all-in-one, and those of all binaries together.

use std::path::Path;

use stowage_backends::{
    BusConfig, CentralConfig, ColdBackupConfig, ConnectorClientConfig, JobsConfig, RpcConfig,
};
use stowage_config::{Sources, env};
use stowage_db::DatabaseConfig;
use stowage_egress::EgressConfig;
use stowage_gateway::GatewayConfig;
use stowage_ingest::IngestConfig;
use stowage_retention_purger::PurgerConfig;
use stowage_runtime::{AdminConfig, FailpointsConfig, LogConfig, ShutdownConfig, TelemetryConfig};
use stowage_secrets::SecretsConfig;
use stowage_storage_connector::ConnectorConfig;
use stowage_sync_scanner::ScannerConfig;
use stowage_thumbnailer::ThumbnailerConfig;

use crate::{command::Place, data_folder::OPERATOR_TOKEN};

/// The folder that holds a library when none is named.
pub(crate) const DATA: &str = "data";

const OPERATOR: &str = "STOWAGE_GATEWAY__OPERATOR_TOKEN";
const OPERATOR_FILE: &str = "STOWAGE_GATEWAY__OPERATOR_TOKEN_FILE";

stowage_config::config! {
    /// What the all-in-one reads.
    pub struct AllInOneConfig {
        pub database: DatabaseConfig,
        pub central: CentralConfig,
        pub cold_backup: ColdBackupConfig,
        pub keys: SecretsConfig,
        pub egress: EgressConfig,
        pub connector: ConnectorConfig,
        pub jobs: JobsConfig,
        pub gateway: GatewayConfig,
        pub sync_scanner: ScannerConfig,
        pub ingest: IngestConfig,
        pub thumbnailer: ThumbnailerConfig,
        pub retention_purger: PurgerConfig,
    }
}

stowage_config::config! {
    /// Every section there is, for the reference.
    pub struct EveryConfig {
        pub gateway: GatewayConfig,
        pub database: DatabaseConfig,
        pub bus: BusConfig,
        pub central: CentralConfig,
        pub cold_backup: ColdBackupConfig,
        pub jobs: JobsConfig,
        pub storage_connector: ConnectorClientConfig,
        pub rpc: RpcConfig,
        pub connector: ConnectorConfig,
        pub keys: SecretsConfig,
        pub egress: EgressConfig,
        pub sync_scanner: ScannerConfig,
        pub ingest: IngestConfig,
        pub thumbnailer: ThumbnailerConfig,
        pub retention_purger: PurgerConfig,
        pub log: LogConfig,
        pub telemetry: TelemetryConfig,
        pub admin: AdminConfig,
        pub shutdown: ShutdownConfig,
        pub failpoints: FailpointsConfig,
    }
}

/// Returns the layers of the all-in-one. A data folder that was named moves everything into it
/// that no variable puts elsewhere.
pub(crate) fn sources(place: &Place) -> Sources {
    let mut sources = Sources::of_this_process()
        .with_embedded("all-in-one profile", include_str!("all-in-one.toml"));
    if let Some(file) = &place.config {
        sources = sources.with_file(file);
    }
    if let Some(data) = &place.data {
        let at = |name: &str| data.join(name).display().to_string();
        let moved = [
            (
                "STOWAGE_DATABASE__URL",
                format!("sqlite://{}", at("stowage.db")),
            ),
            ("STOWAGE_CENTRAL__FOLDER", at("central")),
            ("STOWAGE_KEYS__KEY_FILE", at("keys/key-encryption.key")),
        ];
        for (name, value) in moved {
            if env(name).is_none() {
                sources = sources.with_variable(name, &value);
            }
        }
        if env(OPERATOR).is_none() && env(OPERATOR_FILE).is_none() {
            let file = at(&format!("keys/{OPERATOR_TOKEN}"));
            sources = sources.with_variable(OPERATOR_FILE, &file);
        }
    }
    sources
}

/// Returns the data folder.
pub(crate) fn data_folder(place: &Place) -> &Path {
    place.data.as_deref().unwrap_or(Path::new(DATA))
}
