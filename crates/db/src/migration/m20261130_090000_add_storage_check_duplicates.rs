//! Whether a file of a storage becomes an asset when the library has its content already.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_090000_add_storage_check_duplicates",
    statements: &["alter table storage add column check_duplicates boolean not null default false"],
};
