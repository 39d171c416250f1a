//! Rules that put assets in the bin by themselves, and their batches (SPEC D30). Rules are written
//! by the gateway; batches by the retention-purger, and decided by the gateway.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_020300_create_retention",
    statements: &[
        // Whatever is null is not asked for. The storage may be gone: then nothing lies in it.
        "create table retention_rule (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            name text not null,
            tag text,
            storage_id {uuid},
            age_basis text,
            age_days integer,
            is_on boolean not null,
            created_by {uuid} not null,
            created_at bigint not null,
            last_run_at bigint
        )",
        "create index retention_rule_of on retention_rule (workspace_id, created_at)",
        "create table retention_batch (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            rule_id {uuid} not null references retention_rule (id) on delete cascade,
            state text not null,
            assets bigint not null,
            bytes bigint not null,
            live_assets bigint not null,
            binned bigint not null,
            created_at bigint not null,
            decided_by {uuid},
            decided_at bigint,
            finished_at bigint
        )",
        "create index retention_batch_recent on retention_batch (workspace_id, created_at desc, id desc)",
        "create unique index retention_batch_open on retention_batch (rule_id)
            where state in ('waiting', 'running')",
        // What is still to be done of a batch.
        "create table retention_item (
            batch_id {uuid} not null references retention_batch (id) on delete cascade,
            asset_id {uuid} not null,
            workspace_id {uuid} not null,
            primary key (batch_id, asset_id)
        )",
    ],
};
