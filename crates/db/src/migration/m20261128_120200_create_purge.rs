//! Purges: what was planned, and the ledger of deletions outside.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_120200_create_purge",
    statements: &[
        "create table purge_batch (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            origin text not null,
            requested_by {uuid},
            created_at bigint not null,
            planned_at bigint,
            assets bigint not null,
            bytes bigint not null,
            plan text not null
        )",
        "create index purge_batch_recent on purge_batch (workspace_id, created_at)",
        "create table purge_item (
            batch_id {uuid} not null references purge_batch (id) on delete cascade,
            asset_id {uuid} not null,
            workspace_id {uuid} not null,
            trashed_at bigint not null,
            state text not null,
            reason text,
            primary key (batch_id, asset_id)
        )",
        "create index purge_item_open on purge_item (asset_id) where state = 'planned'",
        "create table external_op (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            storage_id {uuid} not null references storage (id) on delete cascade,
            reason text not null,
            ref_id {uuid} not null,
            object_id {uuid} not null,
            path {key} not null,
            revision text not null,
            size bigint not null,
            how text not null,
            state text not null,
            attempts integer not null,
            error text,
            intent_at bigint not null,
            attempted_at bigint,
            next_attempt_at bigint not null,
            finished_at bigint
        )",
        "create index external_op_open on external_op (workspace_id, intent_at desc, id desc)
            where state in ('intent', 'refused')",
        "create index external_op_storage on external_op (storage_id, state)",
        "create unique index external_op_once on external_op (reason, ref_id, object_id)",
    ],
};
