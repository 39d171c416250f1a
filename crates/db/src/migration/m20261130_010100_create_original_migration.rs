//! Moves of many originals from one storage to another, which people ask for.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_010100_create_original_migration",
    statements: &[
        "create table original_migration (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            source_storage_id {uuid} not null references storage (id) on delete cascade,
            target_storage_id {uuid} not null references storage (id) on delete cascade,
            leaves_source boolean not null,
            state text not null,
            created_by {uuid},
            created_at bigint not null,
            updated_at bigint not null
        )",
        "create index original_migration_recent
            on original_migration (workspace_id, created_at desc, id desc)",
    ],
};
