//! The cold backup of central storage: one row for each original that is copied, and what is known
//! of the place. Written by the retention-purger; the gateway sets `begun_at` and forgets the
//! identity where an operator starts the backup over.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_040000_create_backup",
    statements: &[
        // Outlives the object: the row is what says that a copy is still to be removed.
        "create table backup_copy (
            object_id {uuid} primary key,
            workspace_id {uuid} not null,
            object_key {key} not null,
            copied_at bigint,
            try_after bigint,
            error text
        )",
        "create unique index backup_copy_key on backup_copy (object_key)",
        "create index backup_copy_workspace on backup_copy (workspace_id)",
        // One row for the installation.
        "create table backup_place (
            id integer primary key,
            is_on boolean not null,
            identity text,
            begun_at bigint,
            worked_at bigint,
            failing_since bigint,
            error text
        )",
    ],
};
