//! Files that people send, and the pieces that wait in the spool until they are read.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_130000_create_upload",
    statements: &[
        "create table upload (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            user_id {uuid} not null,
            name text not null,
            folder text not null,
            size bigint not null,
            received bigint not null,
            media_type text,
            modified_at bigint,
            sent_metadata text not null,
            state text not null,
            sha256 {bytes},
            asset_id {uuid} references asset (id) on delete set null,
            duplicate_of {uuid} references asset (id) on delete set null,
            created_at bigint not null,
            updated_at bigint not null,
            expires_at bigint not null
        )",
        "create index upload_of_user on upload (workspace_id, user_id, created_at desc, id desc)",
        "create index upload_state on upload (state, expires_at)",
        "create index upload_asset on upload (asset_id)",
        "create index upload_duplicate on upload (duplicate_of)",
        "create table upload_chunk (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            upload_id {uuid} not null references upload (id),
            begins_at bigint not null,
            size bigint not null,
            sha256 {bytes} not null,
            object_key text not null unique,
            state text not null,
            created_at bigint not null
        )",
        "create index upload_chunk_order on upload_chunk (upload_id, begins_at)",
        "create index upload_chunk_age on upload_chunk (state, created_at)",
    ],
};
