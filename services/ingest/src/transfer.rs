//! Originals on their way to another storage (SPEC D10 to D12, D34): planned here, moved on by
//! `jobs/transfer_original.rs`, one step of `stowage_domain::Transfer` a transaction.

mod begin;
mod commit;
mod place;
mod trouble;

use stowage_db::{
    DbError, Tx,
    repo::{ImportedAsset, NewTransfer},
};
use stowage_domain::{Ids, RemoteObjectId, StorageId, Timestamp, TransferId, TransferKind};
use stowage_proto::job::TransferOriginal;

pub(crate) use begin::{Begun, Start, begin};
pub(crate) use commit::{Committed, commit};
pub(crate) use place::{PlaceError, Placed};
pub(crate) use trouble::{Failure, Side};

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
        migration: None,
        size: going.size,
        sha256: going.sha256.map(<[u8]>::to_vec),
        received_at: going.received_at,
    };
    if tx.transfers().insert(&new).await? {
        let job = TransferOriginal {
            transfer_id: id.to_string(),
        };
        tx.jobs().enqueue(&job).await?;
    }
    Ok(())
}
