//! Workspaces.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod plan;
pub(super) mod show;
pub(super) mod stats;
pub(super) mod update;

use serde::Serialize;
use stowage_db::repo;
use stowage_domain::Role;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::words;

/// A workspace, as one of its members sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workspace {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// Eight letters and digits, for addresses and paths.
    pub(crate) short_id: String,
    /// An IANA name, such as `Europe/Rome`.
    pub(crate) time_zone: String,
    /// Whether uploads of a content that is there already make no second asset.
    pub(crate) check_duplicates: bool,
    /// For how many times 24 hours the bin keeps what is deleted from now on.
    pub(crate) bin_days: i32,
    /// What the member who asks is.
    #[schema(schema_with = words::role)]
    pub(crate) role: Role,
}

impl Workspace {
    pub(crate) fn of(row: repo::WorkspaceRow, role: Role) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            short_id: row.short_id,
            time_zone: row.time_zone,
            check_duplicates: row.check_duplicates,
            bin_days: row.bin_days,
            role,
        }
    }
}
