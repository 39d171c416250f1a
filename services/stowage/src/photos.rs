//! `--photos`: a folder that is connected before anybody has signed in.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use stowage_connector_fs::FsSettings;
use stowage_db::{
    Database, Scope,
    repo::{NewStorage, WorkspaceRow},
};
use stowage_domain::{Access, Behaviour, Clock, Ids, OnPurge, StorageKind, WorkspaceId};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::{
    job::{ScanStorage, ScanTrigger},
    storage::ConnectRequest,
};
use stowage_rpc::for_workspace;
use stowage_storage_client::StorageClient;
use tracing::warn;

/// How often the folder is followed, in seconds.
const INTERVAL: i64 = 15 * 60;

/// Returns the folder's real place, or says what is wrong with it.
pub(crate) fn folder(path: &Path) -> anyhow::Result<PathBuf> {
    let real = path
        .canonicalize()
        .with_context(|| format!("could not find the folder of photos {}", path.display()))?;
    if !real.is_dir() {
        bail!(
            "{} is no folder; name the folder that holds the photos",
            path.display()
        );
    }
    Ok(real)
}

/// Connects the folder read-only in the first workspace, which the owner then takes over, and
/// scans it. A folder that is connected already is only scanned. Where the last library was
/// deleted nothing is connected: nobody would get into one that is made here.
pub(crate) async fn connect(
    db: &Database,
    storage: &StorageClient,
    clock: &dyn Clock,
    ids: &dyn Ids,
    folder: &Path,
) -> anyhow::Result<()> {
    let Some(workspace) = first_workspace(db, clock, ids).await? else {
        warn!(
            "there is no library to connect --photos to; begin one in the browser, then start again"
        );
        return Ok(());
    };
    let settings = FsSettings {
        folder: folder.display().to_string(),
    };
    let settings = serde_json::to_string(&settings)?;
    let tx = db.begin_in(workspace).await?;
    let known = tx.storages().list().await?;
    let known = known.into_iter().map(|overview| overview.storage);
    let known = known.filter(|row| row.kind == StorageKind::Fs && row.settings == settings);
    let id = match known.map(|row| row.id).next() {
        Some(id) => id,
        None => {
            let name = folder
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let new = NewStorage {
                id: ids.next().into(),
                kind: StorageKind::Fs,
                name: name.unwrap_or_else(|| "Photos".into()),
                settings,
                access: Access::ReadOnly,
                on_purge: OnPurge::Keep,
                behaviour: Behaviour::default(),
                scan_interval_seconds: INTERVAL,
                at: clock.now(),
            };
            tx.storages().insert(&new).await?;
            new.id
        }
    };
    let scan = ScanStorage {
        storage_id: id.to_string(),
        trigger: ScanTrigger::Connect.into(),
        folder: String::new(),
    };
    let scan = NewJob::of(Some(workspace), &scan).with_priority(Priority::Interactive);
    tx.jobs().enqueue_one(scan).await?;
    tx.commit().await?;

    let request = ConnectRequest {
        storage_id: id.to_string(),
        credentials: String::new(),
    };
    storage
        .raw()
        .connect(for_workspace(workspace, request))
        .await
        .context("could not connect the folder of photos")?;
    Ok(())
}

/// Returns the oldest workspace, making one for the owner to come when there is nobody yet.
async fn first_workspace(
    db: &Database,
    clock: &dyn Clock,
    ids: &dyn Ids,
) -> anyhow::Result<Option<WorkspaceId>> {
    let tx = db.begin(Scope::System).await?;
    if let Some(first) = tx.workspaces().first().await? {
        return Ok(Some(first.id));
    }
    if tx.users().count().await? > 0 {
        return Ok(None);
    }
    let row = WorkspaceRow::new(ids.next().into(), "My library", clock.now());
    tx.workspaces().create(&row).await?;
    tx.commit().await?;
    Ok(Some(row.id))
}
