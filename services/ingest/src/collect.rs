//! What an import does for a collector, whose files go on to the main storage, and where a content
//! is not wanted twice: it is held or let go (SPEC D11, D14).

use stowage_db::{
    DbError, Tx,
    repo::{ImportedAsset, ImportedFile, NewExternalOp, ObjectRow, SkippedRow, StorageRow},
};
use stowage_domain::{
    AssetId, ExternalOpId, Ids, ObjectRole, OnDuplicate, ScanRunId, Timestamp, TransferKind,
    purge::{DeleteHow, Event, OpReason, OpState, step},
};
use stowage_proto::job::DeleteOriginal;

use crate::transfer::{Going, plan_collection};

/// Keeps what an asset is called, and the tags of the folders that it came from, where Stowage
/// itself put the file: the path there says nothing about it.
pub(crate) async fn keep_names(
    tx: &Tx,
    object: &ObjectRow,
    file: &ImportedFile,
) -> Result<ImportedFile, DbError> {
    let mut kept = file.clone();
    let Some(asset) = object.asset else {
        return Ok(kept);
    };
    if !tx.transfers().is_delivered(object.id).await? {
        return Ok(kept);
    }
    if let Some(name) = tx.assets().name(asset).await? {
        kept.name = name;
    }
    kept.folder_tags = tx.assets().folder_tags(asset).await?;
    Ok(kept)
}

/// Sends an imported file of a collector on its way.
pub(crate) async fn collect(
    tx: &Tx,
    ids: &dyn Ids,
    (storage, object): (&StorageRow, &ObjectRow),
    asset: ImportedAsset,
    (file, received_at): (&ImportedFile, Timestamp),
) -> Result<(), DbError> {
    // A copy that is left of an earlier collection is no original any more.
    let now = tx.objects().find(object.id).await?;
    let is_original = now.is_some_and(|now| now.role == ObjectRole::Original);
    if !storage.delivery.moves_to_main || !is_original {
        return Ok(());
    }
    let going = Going {
        kind: TransferKind::Collect,
        asset,
        source: (storage.id, object.id),
        size: file.size,
        sha256: file.sha256.as_deref(),
        received_at,
        migration: None,
    };
    plan_collection(tx, ids, &going).await
}

/// Returns what the report of a scan says of a duplicate.
fn reason_of(on_duplicate: OnDuplicate) -> &'static str {
    match on_duplicate {
        OnDuplicate::Hold => "its content is in the library already; the file stays here",
        OnDuplicate::Delete => "its content is in the library already; the file is deleted here",
    }
}

/// Holds a file whose content the workspace has where its storage leaves duplicates out, or where
/// it is a collector and duplicates are wanted nowhere; a collector may have it go. Lists it in the
/// report of the scan that found it. Returns the asset that has the content; none where the file is
/// no duplicate, or wanted all the same.
pub(crate) async fn duplicate(
    tx: &Tx,
    ids: &dyn Ids,
    (storage, object): (&StorageRow, &ObjectRow),
    (file, revision): (&ImportedFile, &str),
    run: Option<ScanRunId>,
) -> Result<Option<AssetId>, DbError> {
    let (Some(sha256), None) = (&file.sha256, object.asset) else {
        return Ok(None);
    };
    let (is_checked, collects) = (
        storage.behaviour.check_duplicates,
        storage.delivery.moves_to_main,
    );
    if !is_checked && !collects {
        return Ok(None);
    }
    // Two of one content wait for one another.
    let is_checked_everywhere = tx.workspaces().lock().await?;
    if !is_checked && !is_checked_everywhere {
        return Ok(None);
    }
    let Some(known) = tx.assets().find_with_content(sha256).await? else {
        return Ok(None);
    };
    let on_duplicate = if collects {
        storage.delivery.on_duplicate
    } else {
        OnDuplicate::Hold
    };
    let skipped = SkippedRow {
        path: object.path.clone(),
        reason: reason_of(on_duplicate).to_owned(),
        asset: Some(known),
    };
    tx.scans().add_duplicate(storage.id, run, &skipped).await?;
    match on_duplicate {
        OnDuplicate::Hold => tx.objects().set_duplicate(object.id, revision).await?,
        OnDuplicate::Delete => {
            tx.objects()
                .set_imported(object.id, revision, known)
                .await?;
            tx.objects().set_role(object.id, ObjectRole::Copy).await?;
            let op = NewExternalOp {
                id: ExternalOpId(ids.next()),
                reason: OpReason::Transfer,
                storage: storage.id,
                asset: known,
                object: object.id,
                path: object.path.clone(),
                revision: revision.to_owned(),
                size: file.size,
                how: DeleteHow::Permanent,
                state: step(OpState::Planned, Event::Commit).0,
                error: None,
            };
            tx.external_ops().insert(&op).await?;
            let job = DeleteOriginal {
                external_op_id: op.id.to_string(),
            };
            tx.jobs().enqueue(&job).await?;
        }
    }
    Ok(Some(known))
}
