//! Who this installation is, and which storages carry its marker.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_141000_storage_marker",
    statements: &[
        "create table installation (id {uuid} primary key)",
        "insert into installation (id) values ({new_uuid})",
        "alter table storage add column marked_at bigint",
    ],
};
