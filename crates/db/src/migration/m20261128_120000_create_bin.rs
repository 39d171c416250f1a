//! The recycle bin: since when, by whom, until when, and what was to become of each original.

use super::{GuardMigration, SqlMigration};
use crate::dialect::Guard;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_120000_create_bin",
    statements: &[
        "alter table asset add column trashed_at bigint",
        "alter table asset add column trashed_by {uuid}",
        "alter table asset add column purge_after bigint",
        "alter table asset add column purged_at bigint",
        "create index asset_bin on asset (workspace_id, trashed_at desc, id desc)
            where lifecycle = 'trashed'",
        "create index asset_due on asset (purge_after) where lifecycle = 'trashed'",
        // What each storage said of its originals when the asset was put in the bin, and which
        // content lay there.
        "create table bin_place (
            asset_id {uuid} not null references asset (id) on delete cascade,
            object_id {uuid} not null,
            workspace_id {uuid} not null,
            on_purge text not null,
            revision text,
            reappeared_at bigint,
            primary key (asset_id, object_id)
        )",
        "create index bin_place_object on bin_place (object_id)",
    ],
};

/// The ways that an asset may go, whoever asks: an entry of the bin has a date, only what is in the
/// bin is purged, and nothing comes back from there.
pub(super) const GUARDS: GuardMigration = GuardMigration {
    name: "m20261128_120001_lifecycle_has_one_way",
    guards: &[
        Guard {
            name: "bin_has_a_date",
            table: "asset",
            events: &["insert", "update"],
            refuses: "new.lifecycle = 'trashed' \
                      and (new.trashed_at is null or new.purge_after is null)",
            message: "an asset in the bin says since when and until when",
        },
        Guard {
            name: "lifecycle_has_one_way",
            table: "asset",
            events: &["update"],
            refuses: "(new.lifecycle = 'purging' and old.lifecycle not in ('trashed', 'purging')) \
                      or (new.lifecycle = 'purged' and old.lifecycle not in ('purging', 'purged')) \
                      or (old.lifecycle = 'purging' and new.lifecycle in ('live', 'trashed')) \
                      or (old.lifecycle = 'purged' and new.lifecycle <> 'purged')",
            message: "an asset is purged out of the bin, and for good",
        },
    ],
};
