//! Central storage.

use std::{fs, sync::Arc};

use anyhow::Context;
use stowage_connector_fs::{FsOptions, FsStorage};
use stowage_connector_s3::{S3Credentials, S3Http, S3Options, S3Settings, S3Storage, S3Timeouts};
use stowage_egress::{Egress, EgressConfig};
use stowage_runtime::Admin;
use stowage_storage::{
    Storage,
    decorate::{Decoration, decorate},
};

use crate::{CentralConfig, CentralKind};

/// Opens central storage.
pub fn central(config: &CentralConfig, admin: &mut Admin) -> anyhow::Result<Arc<dyn Storage>> {
    let storage = central_unchecked(config)?;
    check("central", &storage, admin);
    Ok(storage)
}

/// Opens central storage for what exists nowhere else: a write ends when it would survive the loss
/// of power.
pub fn durable_central(
    config: &CentralConfig,
    admin: &mut Admin,
) -> anyhow::Result<Arc<dyn Storage>> {
    let storage = opened(config, true, "upload")?;
    check("durable-central", &storage, admin);
    Ok(storage)
}

fn check(name: &'static str, storage: &Arc<dyn Storage>, admin: &mut Admin) {
    let checked = Arc::clone(storage);
    admin.check(name, move || {
        let storage = Arc::clone(&checked);
        async move {
            storage.identify().await?;
            Ok(())
        }
    });
}

/// Opens central storage without a readiness check.
pub fn central_unchecked(config: &CentralConfig) -> anyhow::Result<Arc<dyn Storage>> {
    opened(config, false, "library")
}

fn opened(
    config: &CentralConfig,
    is_durable: bool,
    purpose: &'static str,
) -> anyhow::Result<Arc<dyn Storage>> {
    let storage: Arc<dyn Storage> = match config.kind {
        CentralKind::Folder => Arc::new(folder(config, is_durable)?),
        // An object store answers when it has made sure.
        CentralKind::S3 => Arc::new(s3(config)?),
    };
    Ok(decorate(storage, Decoration::new("central", purpose)))
}

/// Most of what is in the folder can be made again, and does not wait for the disk.
fn folder(config: &CentralConfig, is_durable: bool) -> anyhow::Result<FsStorage> {
    let folder = &config.folder;
    fs::create_dir_all(folder).with_context(|| {
        format!(
            "could not make central storage's folder {}",
            folder.display()
        )
    })?;
    let folder = folder.canonicalize()?;
    let options = FsOptions {
        fsync: is_durable,
        prune_empty_folders: true,
        settle_seconds: 0,
        ..FsOptions::default()
    };
    Ok(FsStorage::open(folder, options)?)
}

pub(crate) fn s3(config: &CentralConfig) -> anyhow::Result<S3Storage> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let settings = S3Settings {
        provider: config.provider,
        bucket: config.bucket.clone(),
        region: some(&config.region),
        endpoint: some(&config.endpoint),
        public_endpoint: None,
        path_prefix: some(&config.path_prefix),
        path_style: None,
    };
    let credentials = S3Credentials {
        access_key: config.access_key.expose().to_owned(),
        secret_key: config.secret_key.expose().to_owned(),
    };
    // The operator chose this address; the rules of egress are for those of customers.
    let way_out = Egress::new(&EgressConfig {
        allow_private: true,
        allow: Vec::new(),
    })?;
    let http = S3Http::new(way_out, S3Timeouts::default());
    let options = S3Options::default();
    Ok(S3Storage::connect(&settings, &credentials, &http, options)?)
}
