//! The main storage of a workspace, what storages say about deliveries, and the ledger of originals
//! on their way.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_010000_create_transfer",
    statements: &[
        "alter table workspace add column main_storage_id {uuid}",
        // Where an upload goes is fixed when it is announced; none for central storage.
        "alter table upload add column target_storage_id {uuid}",
        "alter table storage add column file_name_pattern text not null default ''",
        "alter table storage add column path_prefix text not null default ''",
        "alter table storage add column keep_local_copy text not null default 'until_verified'",
        "alter table storage add column keep_local_days integer not null default 0",
        "alter table storage add column moves_to_main boolean not null default false",
        "alter table storage add column collector_hold_hours integer not null default 0",
        "alter table storage add column on_duplicate text not null default 'hold'",
        "alter table storage add column delivery_copy boolean not null default false",
        "create table transfer (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            kind text not null,
            state text not null,
            attempt integer not null,
            asset_id {uuid} not null references asset (id) on delete cascade,
            version integer not null,
            source_object_id {uuid} not null,
            source_storage_id {uuid} not null,
            target_storage_id {uuid} not null references storage (id) on delete cascade,
            target_object_id {uuid},
            migration_id {uuid},
            path {key},
            size bigint not null,
            received_at bigint not null,
            source_revision text,
            sha256 {bytes},
            failures integer not null,
            trouble text,
            error text,
            next_try_at bigint,
            created_at bigint not null,
            updated_at bigint not null,
            finished_at bigint
        )",
        "create unique index transfer_once on transfer (asset_id, target_storage_id)
            where state in ('planned', 'copying', 'copied')",
        "create index transfer_recent on transfer (workspace_id, created_at desc, id desc)",
        "create index transfer_waiting on transfer (target_storage_id, state)",
        "create index transfer_source on transfer (source_object_id)",
        "create index transfer_name on transfer (target_object_id)",
        "create index transfer_migration on transfer (migration_id, state)",
        // How writes to a storage went lately: apart from its health, so that a scan that works
        // does not hide a disk that is full.
        "create table storage_delivery (
            storage_id {uuid} primary key references storage (id) on delete cascade,
            workspace_id {uuid} not null,
            failures integer not null,
            trouble text not null,
            reason text not null,
            since bigint not null,
            not_before bigint not null
        )",
    ],
};
