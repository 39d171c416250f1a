//! The recycle bin.

pub(super) mod empty;
pub(super) mod list;
pub(super) mod plan;
pub(super) mod purge;

use serde::Serialize;
use stowage_db::repo;
use stowage_domain::{
    StorageKind,
    purge::{DeleteHow, Fate, KeepReason, Plan, PlanLine},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{Moment, words};

/// What becomes of originals when they are purged: deleted, and how, or kept, and why.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct OriginalFate {
    deleted: bool,
    /// What a deleted one leaves behind.
    #[schema(schema_with = words::delete_how, required = false)]
    how: Option<DeleteHow>,
    /// Why a kept one stays.
    #[schema(schema_with = words::keep_reason, required = false)]
    reason: Option<KeepReason>,
}

/// One original of a binned asset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BinnedOriginal {
    storage_id: Uuid,
    storage_name: String,
    #[schema(schema_with = words::any_storage_kind)]
    storage_kind: StorageKind,
    path: String,
    size: u64,
    #[serde(flatten)]
    fate: OriginalFate,
    /// When a scan saw it again after it had been gone; the asset stays in the bin.
    reappeared_at: Option<Moment>,
}

/// What becomes of some originals in one storage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PurgePlanLine {
    storage_id: Uuid,
    storage_name: String,
    #[schema(schema_with = words::any_storage_kind)]
    storage_kind: StorageKind,
    originals: u64,
    bytes: u64,
    #[serde(flatten)]
    fate: OriginalFate,
}

/// What a purge would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PurgePlan {
    /// Assets that leave for good.
    assets: u64,
    /// Assets that a legal hold keeps.
    held: u64,
    /// Bytes of originals that go.
    bytes: u64,
    lines: Vec<PurgePlanLine>,
}

impl From<Fate> for OriginalFate {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::Delete(how) => Self {
                deleted: true,
                how: Some(how),
                reason: None,
            },
            Fate::Keep(reason) => Self {
                deleted: false,
                how: None,
                reason: Some(reason),
            },
        }
    }
}

impl From<repo::BinPlace> for BinnedOriginal {
    fn from(place: repo::BinPlace) -> Self {
        Self {
            storage_id: place.storage.0,
            storage_name: place.storage_name,
            storage_kind: place.place.kind,
            path: place.path,
            size: place.size,
            fate: place.fate.into(),
            reappeared_at: place.reappeared_at.map(Moment),
        }
    }
}

impl From<PlanLine> for PurgePlanLine {
    fn from(line: PlanLine) -> Self {
        Self {
            storage_id: line.storage.0,
            storage_name: line.storage_name,
            storage_kind: line.kind,
            originals: line.originals,
            bytes: line.bytes,
            fate: line.fate.into(),
        }
    }
}

impl From<Plan> for PurgePlan {
    fn from(plan: Plan) -> Self {
        Self {
            assets: plan.assets,
            held: plan.held,
            bytes: plan.bytes(),
            lines: plan.lines.into_iter().map(Into::into).collect(),
        }
    }
}
