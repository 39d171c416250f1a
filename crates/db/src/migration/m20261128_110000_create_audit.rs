//! The record of destructive acts: rows are added and never touched again.

use super::{GuardMigration, SqlMigration};
use crate::dialect::Guard;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_110000_create_audit",
    statements: &[
        "create table audit (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            at bigint not null,
            user_id {uuid},
            action text not null,
            subject text not null,
            subject_id {uuid} not null,
            detail text not null
        )",
        "create index audit_recent on audit (workspace_id, at desc, id desc)",
        "create index audit_of_subject on audit (workspace_id, subject_id, at desc)",
    ],
};

pub(super) const GUARDS: GuardMigration = GuardMigration {
    name: "m20261128_110001_audit_is_append_only",
    guards: &[Guard {
        name: "audit_is_append_only",
        table: "audit",
        events: &["update", "delete"],
        refuses: "true",
        message: "rows of the audit log stay as they are",
    }],
};
