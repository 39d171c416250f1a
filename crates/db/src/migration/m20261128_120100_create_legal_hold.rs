//! Legal holds: what must not be purged, whatever its date says.

use super::{GuardMigration, SqlMigration};
use crate::dialect::Guard;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_120100_create_legal_hold",
    statements: &[
        // Without an asset it holds all of the workspace.
        "create table legal_hold (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            asset_id {uuid},
            reason text not null,
            placed_by {uuid} not null,
            placed_at bigint not null
        )",
        "create index legal_hold_of on legal_hold (workspace_id, asset_id)",
    ],
};

pub(super) const GUARDS: GuardMigration = GuardMigration {
    name: "m20261128_120101_held_assets_stay",
    guards: &[
        Guard {
            name: "held_assets_are_not_purged",
            table: "asset",
            events: &["update"],
            refuses: "new.lifecycle in ('purging', 'purged') and old.lifecycle <> new.lifecycle \
                      and exists (select 1 from legal_hold h \
                      where h.workspace_id = new.workspace_id \
                      and (h.asset_id is null or h.asset_id = new.id))",
            message: "the asset is under a legal hold",
        },
        Guard {
            name: "held_assets_are_not_dropped",
            table: "asset",
            events: &["delete"],
            refuses: "exists (select 1 from legal_hold h \
                      where h.workspace_id = old.workspace_id \
                      and (h.asset_id is null or h.asset_id = old.id))",
            message: "the asset is under a legal hold",
        },
    ],
};
