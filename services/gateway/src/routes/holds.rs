//! Legal holds.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;

use serde::Serialize;
use stowage_db::repo::HoldRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::Moment;

/// What must not be purged, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    id: Uuid,
    /// Null where all of the workspace is held.
    asset_id: Option<Uuid>,
    asset_name: Option<String>,
    reason: String,
    /// Null when that person is no longer known.
    placed_by: Option<String>,
    placed_at: Moment,
}

impl From<HoldRow> for Hold {
    fn from(row: HoldRow) -> Self {
        Self {
            id: row.id.0,
            asset_id: row.asset.map(|asset| asset.0),
            asset_name: row.asset_name,
            reason: row.reason,
            placed_by: row.by_name,
            placed_at: row.placed_at.into(),
        }
    }
}
