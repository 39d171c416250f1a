//! Whether a workspace wants no second asset of a content that it has (SPEC D14).

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_130200_add_workspace_check_duplicates",
    statements: &[
        "alter table workspace add column check_duplicates boolean not null default false",
    ],
};
