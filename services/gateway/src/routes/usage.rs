//! How much a workspace and its storages hold.

pub(super) mod refresh;
pub(super) mod show;

use serde::Serialize;
use stowage_db::repo::UsageRow;
use stowage_domain::StorageKind;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{Moment, words};

/// What a workspace held when it was last counted. Bytes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    /// Originals of what is in the library, wherever they lie.
    original_bytes: u64,
    rendition_bytes: u64,
    /// Originals of what is in the bin.
    bin_bytes: u64,
    /// Copies that wait for their pictures, and pieces of uploads.
    spool_bytes: u64,
    counted_at: Moment,
    /// Central storage among them.
    storages: Vec<StorageUsage>,
}

/// What a storage held, as far as it was scanned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageUsage {
    storage_id: Uuid,
    #[schema(schema_with = words::any_storage_kind)]
    kind: StorageKind,
    name: String,
    objects: u64,
    bytes: u64,
    counted_at: Moment,
}

impl From<UsageRow> for Usage {
    fn from(row: UsageRow) -> Self {
        let storages = row.storages.into_iter().map(|one| StorageUsage {
            storage_id: one.id.0,
            kind: one.kind,
            name: one.name,
            objects: one.objects,
            bytes: one.bytes,
            counted_at: one.counted_at.into(),
        });
        Self {
            original_bytes: row.original_bytes,
            rendition_bytes: row.rendition_bytes,
            bin_bytes: row.bin_bytes,
            spool_bytes: row.spool_bytes,
            counted_at: row.counted_at.into(),
            storages: storages.collect(),
        }
    }
}
