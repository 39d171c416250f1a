//! How much each storage and each workspace holds, as it was last counted (V36, V37). Written by
//! the retention-purger, and by the gateway where somebody asks for a recount.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_020400_create_usage",
    statements: &[
        "create table storage_usage (
            storage_id {uuid} primary key references storage (id) on delete cascade,
            workspace_id {uuid} not null,
            objects bigint not null,
            bytes bigint not null,
            counted_at bigint not null
        )",
        "create table workspace_usage (
            workspace_id {uuid} primary key references workspace (id),
            original_bytes bigint not null,
            rendition_bytes bigint not null,
            bin_bytes bigint not null,
            spool_bytes bigint not null,
            counted_at bigint not null
        )",
    ],
};
