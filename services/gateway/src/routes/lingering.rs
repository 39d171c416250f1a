//! Lingering copies: originals that should be gone from a storage and are not known to be.

pub(super) mod acknowledge;
pub(super) mod list;
pub(super) mod retry;

use serde::Serialize;
use stowage_db::repo::ExternalOpRow;
use stowage_domain::purge::{OpReason, OpState};
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    problem::Kind,
    wire::{Moment, words},
};

pub(super) const NO_COPY: Kind =
    Kind::named(ErrorCode::NotFound, "not-found", "There is no such copy");
pub(super) const SETTLED: Kind = Kind::named(
    ErrorCode::Conflict,
    "copy-settled",
    "The copy does not linger any more",
);

/// An original that should be gone from its storage and is not known to be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LingeringCopy {
    id: Uuid,
    /// Why it should be gone: its asset was purged, or the original was moved elsewhere.
    #[schema(schema_with = words::op_reason)]
    because: OpReason,
    /// The asset that it is of.
    asset_id: Uuid,
    /// Its name when it was purged.
    asset_name: Option<String>,
    storage_id: Uuid,
    storage_name: String,
    path: String,
    size: u64,
    /// `intent` is tried again by itself, `refused` is not.
    #[schema(schema_with = words::op_state)]
    state: OpState,
    /// Since when it lingers.
    since: Moment,
    attempts: u32,
    /// Why it is still there, as far as is known.
    reason: Option<String>,
    last_attempt_at: Option<Moment>,
    /// Null where it is not tried again by itself.
    next_attempt_at: Option<Moment>,
}

impl From<ExternalOpRow> for LingeringCopy {
    fn from(op: ExternalOpRow) -> Self {
        Self {
            id: op.id.0,
            because: op.reason,
            asset_id: op.asset.0,
            asset_name: op.asset_name,
            storage_id: op.storage.0,
            storage_name: op.storage_name,
            path: op.path,
            size: op.size,
            state: op.state,
            since: op.intent_at.into(),
            attempts: op.attempts,
            reason: op.error,
            last_attempt_at: op.attempted_at.map(Moment),
            next_attempt_at: (op.state == OpState::Intent).then_some(Moment(op.next_attempt_at)),
        }
    }
}
