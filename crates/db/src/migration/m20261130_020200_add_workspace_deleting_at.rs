//! Since when a workspace is being deleted (SPEC D21). Written by the gateway; nothing takes it
//! back.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_020200_add_workspace_deleting_at",
    statements: &["alter table workspace add column deleting_at bigint"],
};
