//! Jobs: the truth that the broker only rings for.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000800_create_job",
    statements: &[
        "create table job (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            kind text not null,
            dedup_key text not null,
            payload {bytes} not null,
            priority integer not null,
            state text not null,
            attempts integer not null,
            due_at bigint not null,
            lease_until bigint,
            fence bigint not null,
            rung_at bigint,
            error text,
            trace text not null,
            created_at bigint not null,
            updated_at bigint not null
        )",
        "create unique index job_one_queued on job (kind, workspace_id, dedup_key)
            where state = 'queued'",
        "create index job_to_ring on job (kind, workspace_id, priority, due_at)
            where state = 'queued' and rung_at is null",
        "create index job_rung on job (kind, workspace_id, rung_at)
            where state = 'queued' and rung_at is not null",
        "create index job_leased on job (lease_until) where state = 'running'",
        "create index job_finished on job (state, updated_at)",
        "create index job_subject on job (workspace_id, kind, dedup_key)",
    ],
};
