//! The cold backup: the operator's second place for hosted originals.

use std::{path::PathBuf, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Secret, Section};
use stowage_connector_fs::{FsOptions, FsStorage};
use stowage_connector_s3::Provider;
use stowage_domain::{Relation, Root};
use stowage_storage::{
    Storage,
    decorate::{Decoration, decorate},
};

use crate::{CentralConfig, CentralKind, central::s3};

/// What the cold backup is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColdBackupKind {
    /// There is none.
    #[default]
    Off,
    /// A folder, best on another machine's disk.
    Folder,
    S3,
}

/// A second place of the operator's, where hosted originals are copied to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ColdBackupConfig {
    pub kind: ColdBackupKind,
    /// For `folder`: its absolute path. It is never made: a disk that is not mounted is no backup.
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
}

impl Default for ColdBackupConfig {
    fn default() -> Self {
        Self {
            kind: ColdBackupKind::Off,
            folder: PathBuf::new(),
            provider: Provider::Custom,
            bucket: String::new(),
            region: String::new(),
            endpoint: String::new(),
            path_prefix: String::new(),
            access_key: Secret::default(),
            secret_key: Secret::default(),
        }
    }
}

impl Section for ColdBackupConfig {
    const NAME: &'static str = "cold_backup";

    fn validate(&self) -> Result<(), ConfigError> {
        match self.kind {
            ColdBackupKind::Folder if !self.folder.is_absolute() => Err(ConfigError::invalid(
                "cold_backup.folder",
                "must be the whole path of a folder, beginning with a slash",
            )),
            ColdBackupKind::S3 if self.bucket.is_empty() => Err(ConfigError::invalid(
                "cold_backup.bucket",
                "must name a bucket",
            )),
            ColdBackupKind::Off | ColdBackupKind::Folder | ColdBackupKind::S3 => Ok(()),
        }
    }
}

/// Opens the cold backup, where there is one. Nothing waits for it: there is no readiness check,
/// and a place that is away is opened all the same.
///
/// # Errors
///
/// Where the settings cannot work, or name central storage itself.
pub fn cold_backup(
    config: &ColdBackupConfig,
    central: &CentralConfig,
) -> anyhow::Result<Option<Arc<dyn Storage>>> {
    anyhow::ensure!(
        !is_central(config, central),
        "the cold backup lies in central storage; name another place in [cold_backup]"
    );
    let storage: Arc<dyn Storage> = match config.kind {
        ColdBackupKind::Off => return Ok(None),
        ColdBackupKind::Folder => Arc::new(folder(config)?),
        ColdBackupKind::S3 => Arc::new(s3(&place(config))?),
    };
    let decoration = Decoration::new("cold_backup", "backup");
    Ok(Some(decorate(storage, decoration)))
}

fn folder(config: &ColdBackupConfig) -> anyhow::Result<FsStorage> {
    let options = FsOptions {
        fsync: true,
        prune_empty_folders: true,
        settle_seconds: 0,
        ..FsOptions::default()
    };
    Ok(FsStorage::open(&config.folder, options)?)
}

fn place(config: &ColdBackupConfig) -> CentralConfig {
    CentralConfig {
        kind: CentralKind::S3,
        provider: config.provider,
        bucket: config.bucket.clone(),
        region: config.region.clone(),
        endpoint: config.endpoint.clone(),
        path_prefix: config.path_prefix.clone(),
        access_key: config.access_key.clone(),
        secret_key: config.secret_key.clone(),
        ..CentralConfig::default()
    }
}

/// A backup inside of what it is for would go with it.
fn is_central(config: &ColdBackupConfig, central: &CentralConfig) -> bool {
    match (config.kind, central.kind) {
        (ColdBackupKind::Folder, CentralKind::Folder) => {
            let whole = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
            let (backup, central) = (whole(&config.folder), whole(&central.folder));
            backup.starts_with(&central) || central.starts_with(&backup)
        }
        (ColdBackupKind::S3, CentralKind::S3) => {
            let backup = bucket_root(&config.endpoint, &config.bucket, &config.path_prefix);
            let central = bucket_root(&central.endpoint, &central.bucket, &central.path_prefix);
            backup.relation(&central) != Relation::Apart
        }
        _ => false,
    }
}

fn bucket_root(endpoint: &str, bucket: &str, prefix: &str) -> Root {
    Root::new(format!("{endpoint} {bucket}"), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(folder: &str) -> ColdBackupConfig {
        ColdBackupConfig {
            kind: ColdBackupKind::Folder,
            folder: folder.into(),
            ..ColdBackupConfig::default()
        }
    }

    #[test]
    fn a_backup_in_central_storage_is_refused() {
        let central = CentralConfig {
            folder: "/srv/stowage/central".into(),
            ..CentralConfig::default()
        };
        for (folder, is_refused) in [
            ("/srv/stowage/central", true),
            ("/srv/stowage/central/backup", true),
            ("/srv/stowage", true),
            ("/mnt/stowage-backup", false),
        ] {
            let opened = cold_backup(&at(folder), &central);
            assert_eq!(opened.is_err(), is_refused, "{folder}");
        }
    }

    #[test]
    fn a_backup_in_central_storages_bucket_is_refused_unless_they_lie_apart() {
        let central = CentralConfig {
            kind: CentralKind::S3,
            bucket: "photos".into(),
            path_prefix: "central".into(),
            ..CentralConfig::default()
        };
        for (bucket, prefix, is_refused) in [
            ("photos", "central", true),
            ("photos", "central/backup/", true),
            ("photos", "", true),
            ("photos", "central2", false),
            ("backup", "central", false),
        ] {
            let config = ColdBackupConfig {
                kind: ColdBackupKind::S3,
                bucket: bucket.into(),
                path_prefix: prefix.into(),
                ..ColdBackupConfig::default()
            };
            assert_eq!(
                is_central(&config, &central),
                is_refused,
                "{bucket} {prefix}"
            );
        }
    }

    #[test]
    fn without_a_section_there_is_none() {
        let config = ColdBackupConfig::default();
        assert!(config.validate().is_ok());
        let opened = cold_backup(&config, &CentralConfig::default());
        assert!(opened.expect("nothing is opened").is_none());
    }

    #[test]
    fn a_folder_is_named_whole() {
        assert!(at("backup").validate().is_err());
        assert!(at("/backup").validate().is_ok());
    }
}
