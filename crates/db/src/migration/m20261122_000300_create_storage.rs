//! Storages, how they stand, and their sealed credentials.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000300_create_storage",
    statements: &[
        "create table storage (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            kind text not null,
            name text not null,
            settings text not null,
            access text not null,
            on_purge text not null,
            is_on boolean not null,
            off_hides_originals boolean not null,
            scan_interval_seconds bigint not null,
            created_at bigint not null,
            updated_at bigint not null
        )",
        "create index storage_workspace on storage (workspace_id)",
        "create table storage_health (
            storage_id {uuid} primary key references storage (id) on delete cascade,
            workspace_id {uuid} not null,
            status text not null,
            reason text,
            remedy text,
            consecutive_failures integer not null,
            capability text,
            last_checked_at bigint
        )",
        "create table credential (
            storage_id {uuid} primary key references storage (id) on delete cascade,
            workspace_id {uuid} not null,
            key_id text not null,
            version integer not null,
            sealed {bytes} not null,
            updated_at bigint not null
        )",
    ],
};
