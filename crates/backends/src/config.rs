//! Sections that choose between adapters.

use std::{path::PathBuf, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Secret, Section, duration};
use stowage_connector_s3::Provider;
use stowage_jobs::{RelayOptions, WorkerOptions};
use stowage_jobs_amqp::AmqpConfig;
use stowage_rpc::{ChannelConfig, ListenConfig};

/// The broker that rings for jobs and carries live events.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct BusConfig(pub AmqpConfig);

impl Section for BusConfig {
    const NAME: &'static str = "bus";

    fn validate(&self) -> Result<(), ConfigError> {
        self.0.validate(Self::NAME)
    }
}

/// How to reach the storage-connector.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ConnectorClientConfig(pub ChannelConfig);

impl Section for ConnectorClientConfig {
    const NAME: &'static str = "storage_connector";

    fn validate(&self) -> Result<(), ConfigError> {
        self.0.validate(Self::NAME)
    }
}

/// Where the storage-connector answers the other services.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RpcConfig(pub ListenConfig);

impl Section for RpcConfig {
    const NAME: &'static str = "rpc";

    fn validate(&self) -> Result<(), ConfigError> {
        self.0.validate(Self::NAME)
    }
}

/// What central storage is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CentralKind {
    /// A folder that all services share.
    #[default]
    Folder,
    S3,
}

/// The operator's own store: renditions, the spool, hosted originals.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CentralConfig {
    pub kind: CentralKind,
    /// For `folder`: its absolute path, the same place in every service.
    pub folder: PathBuf,
    /// For `s3`: `aws`, `digitalocean`, `backblaze`, `ovh`, `minio` or `custom`.
    pub provider: Provider,
    /// For `s3`: the bucket, which must exist.
    pub bucket: String,
    /// For `s3`: the region, where the provider needs one.
    pub region: String,
    /// For `s3`: the server's address, for MinIO and custom servers.
    pub endpoint: String,
    /// For `s3`: the folder inside the bucket.
    pub path_prefix: String,
    pub access_key: Secret,
    pub secret_key: Secret,
    /// How much the spool may hold: copies that wait for their pictures, and uploads that wait to
    /// be read. Imports wait from 60 % on, uploads are refused from 90 % on. Bytes; 0 means no
    /// limit.
    pub spool_bytes: u64,
}

impl Default for CentralConfig {
    fn default() -> Self {
        Self {
            kind: CentralKind::Folder,
            folder: PathBuf::new(),
            provider: Provider::Custom,
            bucket: String::new(),
            region: String::new(),
            endpoint: String::new(),
            path_prefix: String::new(),
            access_key: Secret::default(),
            secret_key: Secret::default(),
            spool_bytes: 20 * 1024 * 1024 * 1024,
        }
    }
}

impl Section for CentralConfig {
    const NAME: &'static str = "central";

    fn validate(&self) -> Result<(), ConfigError> {
        match self.kind {
            CentralKind::Folder if self.folder.as_os_str().is_empty() => {
                Err(ConfigError::invalid("central.folder", "must name a folder"))
            }
            CentralKind::S3 if self.bucket.is_empty() => {
                Err(ConfigError::invalid("central.bucket", "must name a bucket"))
            }
            CentralKind::Folder | CentralKind::S3 => Ok(()),
        }
    }
}

/// How jobs are worked off and rung for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JobsConfig {
    /// How long a claimed job is a worker's without a renewal: what a crash costs at most.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub lease: Duration,
    /// After how many attempts a job is parked until a person asks for another try.
    pub max_attempts: u32,
    /// After how long a job rings again that nobody claimed: what an emptied broker costs.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub ring_again_after: Duration,
}

impl Default for JobsConfig {
    fn default() -> Self {
        Self {
            lease: WorkerOptions::default().lease,
            max_attempts: WorkerOptions::default().max_attempts,
            ring_again_after: RelayOptions::default().again_after,
        }
    }
}

impl Section for JobsConfig {
    const NAME: &'static str = "jobs";

    fn validate(&self) -> Result<(), ConfigError> {
        if self.lease < Duration::from_secs(1) {
            return Err(ConfigError::invalid("jobs.lease", "must be at least 1s"));
        }
        if self.max_attempts == 0 {
            return Err(ConfigError::invalid(
                "jobs.max_attempts",
                "must be at least 1",
            ));
        }
        Ok(())
    }
}

impl JobsConfig {
    /// Returns how workers work.
    pub fn worker(&self) -> WorkerOptions {
        WorkerOptions {
            lease: self.lease,
            max_attempts: self.max_attempts,
            ..WorkerOptions::default()
        }
    }

    pub(crate) fn relay(&self) -> RelayOptions {
        RelayOptions {
            again_after: self.ring_again_after,
            idle_wait: Duration::from_secs(1),
            ..RelayOptions::default()
        }
    }
}
