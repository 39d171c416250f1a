//! Customers' storages.

mod acts;
pub(super) mod confirm_absence;
pub(super) mod create;
pub(super) mod delete;
mod delivery;
pub(super) mod import_user;
pub(super) mod list;
pub(super) mod place;
mod probe;
pub(super) mod scan;
pub(super) mod scans;
mod settings;
pub(super) mod show;
pub(super) mod skipped;
pub(super) mod test;
pub(super) mod update;
mod view;

use stowage_db::{DbError, Tx, repo};
use stowage_domain::{JobId, StorageId, StorageKind, WorkspaceId};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::{ScanStorage, ScanTrigger};

/// Returns a storage that people connected; central storage is not theirs to see here.
pub(super) async fn find(tx: &Tx, id: StorageId) -> Result<Option<repo::StorageRow>, DbError> {
    let found = tx.storages().find(id).await?;
    Ok(found.filter(|row| row.kind != StorageKind::Central))
}

/// Returns a storage as its card shows it.
async fn find_view(tx: &Tx, id: StorageId) -> Result<Option<view::Storage>, DbError> {
    match tx.storages().overview(id).await {
        Ok(overview) => {
            let importer = tx.importers().find(id).await?;
            Ok(Some(view::Storage::of(overview, importer)))
        }
        Err(DbError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Adds a scan to the transaction, ahead of those that nobody waits for.
pub(crate) async fn enqueue_scan(
    tx: &Tx,
    workspace: WorkspaceId,
    id: StorageId,
    trigger: ScanTrigger,
    folder: &str,
) -> Result<JobId, DbError> {
    let scan = ScanStorage {
        storage_id: id.to_string(),
        trigger: trigger.into(),
        folder: folder.to_owned(),
    };
    let job = NewJob::of(Some(workspace), &scan).with_priority(Priority::Interactive);
    tx.jobs().enqueue_one(job).await
}
