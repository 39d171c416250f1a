//! Under whom a storage's files come into the library.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_142000_import_user",
    statements: &[
        "alter table storage add column import_user_id {uuid}",
        "alter table asset add column imported_by {uuid}",
    ],
};
