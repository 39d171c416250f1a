//! Originals on their way to another storage (SPEC D10 to D12, D34): planned here, moved on by
//! `jobs/transfer_original.rs`, one step of `stowage_domain::Transfer` a transaction.

mod begin;
mod central;
mod commit;
mod place;
mod trouble;
mod within;

use stowage_db::{
    DbError, Tx,
    repo::{ImportedAsset, NewTransfer},
};
use stowage_domain::{
    Ids, MigrationId, RemoteObjectId, StorageId, Timestamp, TransferId, TransferKind,
};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::TransferOriginal;

pub(crate) use begin::{Begun, Start, begin};
pub(crate) use commit::{Committed, commit};
pub(crate) use place::{PlaceError, Placed};
pub(crate) use trouble::{Failure, Side};
pub(crate) use within::Within;

/// An original that is to go somewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Going<'a> {
    pub(crate) kind: TransferKind,
    pub(crate) asset: ImportedAsset,
    /// Where it lies, and as which object.
    pub(crate) source: (StorageId, RemoteObjectId),
    pub(crate) size: u64,
    pub(crate) sha256: Option<&'a [u8]>,
    pub(crate) received_at: Timestamp,
    pub(crate) migration: Option<MigrationId>,
}

/// Adds a transfer to the ledger, and the job that moves it on. An original that goes to a storage
/// which was removed meanwhile stays where it is.
pub(crate) async fn plan_transfer(
    tx: &Tx,
    ids: &dyn Ids,
    going: &Going<'_>,
    target: StorageId,
) -> Result<(), DbError> {
    if tx.storages().find(target).await?.is_none() {
        return Ok(());
    }
    let id = TransferId(ids.next());
    let new = NewTransfer {
        id,
        kind: going.kind,
        asset: going.asset.id,
        version: going.asset.version,
        source_object: going.source.1,
        source_storage: going.source.0,
        target,
        migration: going.migration,
        size: going.size,
        sha256: going.sha256.map(<[u8]>::to_vec),
        received_at: going.received_at,
    };
    let way = (going.asset.id, target);
    tx.transfers()
        .supersede(way, going.source.1, going.sha256)
        .await?;
    if tx.transfers().insert(&new).await? {
        let job = TransferOriginal {
            transfer_id: id.to_string(),
        };
        let priority = match going.migration {
            Some(_) => Priority::Background,
            None => Priority::Normal,
        };
        let job = NewJob::of(Some(tx.workspaces().get().await?.id), &job);
        tx.jobs()
            .enqueue_all(vec![job.with_priority(priority)])
            .await?;
    }
    Ok(())
}

/// Adds a copy of a new original to the ledger for each storage that gets one (D34).
pub(crate) async fn plan_copies(
    tx: &Tx,
    ids: &dyn Ids,
    going: &Going<'_>,
    main: StorageId,
) -> Result<(), DbError> {
    for target in tx.storages().delivery_copies().await? {
        if target != main && target != going.source.0 {
            let copy = Going {
                kind: TransferKind::Copy,
                ..*going
            };
            plan_transfer(tx, ids, &copy, target).await?;
        }
    }
    Ok(())
}

/// Sends an original out of a collector to where new originals go now (D11).
pub(crate) async fn plan_collection(
    tx: &Tx,
    ids: &dyn Ids,
    going: &Going<'_>,
) -> Result<(), DbError> {
    let main = match tx.main_storage().effective().await? {
        Some(main) => main,
        None => tx.storages().ensure_central().await?,
    };
    plan_transfer(tx, ids, going, main).await?;
    plan_copies(tx, ids, going, main).await
}
