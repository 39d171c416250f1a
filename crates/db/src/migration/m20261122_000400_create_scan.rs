//! Scans: the lease and memory of each storage, and its history.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000400_create_scan",
    statements: &[
        "create table scan_state (
            storage_id {uuid} primary key references storage (id) on delete cascade,
            workspace_id {uuid} not null,
            fence bigint not null,
            lease_until bigint,
            next_scan_at bigint not null,
            identity text,
            hold text
        )",
        "create index scan_state_due on scan_state (next_scan_at)",
        "create table scan_run (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            storage_id {uuid} not null references storage (id) on delete cascade,
            trigger_kind text not null,
            folder text not null,
            state text not null,
            started_at bigint not null,
            finished_at bigint,
            listed bigint not null default 0,
            bytes bigint not null default 0,
            new_objects bigint not null default 0,
            changed bigint not null default 0,
            unchanged bigint not null default 0,
            missing bigint not null default 0,
            returned bigint not null default 0,
            skipped bigint not null default 0,
            error text
        )",
        "create index scan_run_storage on scan_run (storage_id, started_at)",
        "create unique index scan_run_one_running on scan_run (storage_id) where state = 'running'",
        "create table scan_skip (
            run_id {uuid} not null references scan_run (id) on delete cascade,
            ordinal integer not null,
            workspace_id {uuid} not null,
            path text not null,
            reason text not null,
            primary key (run_id, ordinal)
        )",
    ],
};
