//! How a storage treats files that leave and come back, and what is known of those that did.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_140000_absence_settings",
    statements: &[
        "alter table storage add column on_return text not null default 'relink'",
        "alter table storage add column on_move text not null default 'follow'",
        "alter table remote_object add column back_since bigint",
        "alter table remote_object add column restored_at bigint",
        "create index remote_object_absent on remote_object (workspace_id, absent_since)
         where not present",
    ],
};
