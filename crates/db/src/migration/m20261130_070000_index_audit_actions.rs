//! Acts of one kind are looked for among all that a library ever recorded.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_070000_index_audit_actions",
    statements: &["create index audit_of_action on audit (workspace_id, action, at desc)"],
};
