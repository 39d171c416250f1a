//! The ledger of originals on their way from one storage to another.

pub(super) mod list;
pub(super) mod retry;
pub(super) mod retry_all;

use serde::Serialize;
use stowage_db::repo::ListedTransfer;
use stowage_domain::{TransferKind, TransferState, TransferTrouble};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{Moment, hex, words};

/// An original on its way to another storage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transfer {
    id: Uuid,
    #[schema(schema_with = words::transfer_kind)]
    kind: TransferKind,
    /// `committed` means that the copy is the original, and its source still has to go.
    #[schema(schema_with = words::transfer_state)]
    state: TransferState,
    asset_id: Uuid,
    asset_name: String,
    from_storage_id: Uuid,
    /// Null once that storage is removed.
    from_storage_name: Option<String>,
    to_storage_id: Uuid,
    to_storage_name: String,
    /// Where the copy goes; null before it has a name.
    path: Option<String>,
    size: u64,
    sha256: Option<String>,
    /// Copies that were begun.
    copies: u32,
    /// Attempts that were used up: a storage that is full or away uses none.
    failures: u32,
    /// What stands against it.
    #[schema(schema_with = words::transfer_trouble_or_null)]
    trouble: Option<TransferTrouble>,
    reason: Option<String>,
    /// Null where it is not tried again until somebody asks for it.
    next_try_at: Option<Moment>,
    created_at: Moment,
    updated_at: Moment,
    finished_at: Option<Moment>,
}

impl From<ListedTransfer> for Transfer {
    fn from(listed: ListedTransfer) -> Self {
        let row = listed.row;
        Self {
            id: row.id.0,
            kind: row.kind,
            state: row.state,
            asset_id: row.asset.0,
            asset_name: listed.asset_name,
            from_storage_id: row.source_storage.0,
            from_storage_name: listed.source_name,
            to_storage_id: row.target.0,
            to_storage_name: listed.target_name,
            path: row.path,
            size: row.size,
            sha256: row.sha256.as_deref().map(hex),
            copies: row.attempt,
            failures: row.failures,
            trouble: row.trouble,
            reason: row.error,
            next_try_at: row.next_try_at.map(Moment),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            finished_at: row.finished_at.map(Moment),
        }
    }
}
