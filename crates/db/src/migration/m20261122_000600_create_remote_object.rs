//! What storages list: one row an object, whether it is an asset's or not.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000600_create_remote_object",
    statements: &[
        "create table remote_object (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            storage_id {uuid} not null references storage (id) on delete cascade,
            remote_id {key} not null,
            path {key} not null,
            size bigint not null,
            modified_at bigint,
            revision text not null,
            role text not null,
            present boolean not null,
            absent_since bigint,
            first_seen_at bigint not null,
            asset_id {uuid} references asset (id) on delete set null,
            imported_revision text
        )",
        "create unique index remote_object_identity on remote_object (storage_id, remote_id)",
        "create index remote_object_asset on remote_object (asset_id)",
    ],
};
