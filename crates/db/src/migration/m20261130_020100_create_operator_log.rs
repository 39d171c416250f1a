//! Acts on workspaces as a whole, which outlive them: rows are added and never touched again. It
//! refers to nothing, since what it speaks of may be gone.

use super::{GuardMigration, SqlMigration};
use crate::dialect::Guard;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_020100_create_operator_log",
    statements: &[
        "create table operator_log (
            id {uuid} primary key,
            at bigint not null,
            user_id {uuid},
            action text not null,
            concerns_workspace {uuid} not null,
            workspace_name text not null,
            detail text not null
        )",
        "create index operator_log_recent on operator_log (at desc, id desc)",
    ],
};

pub(super) const GUARDS: GuardMigration = GuardMigration {
    name: "m20261130_020101_operator_log_is_append_only",
    guards: &[Guard {
        name: "operator_log_is_append_only",
        table: "operator_log",
        events: &["update", "delete"],
        refuses: "true",
        message: "rows of the log of the operator stay as they are",
    }],
};
