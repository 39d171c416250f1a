//! Assets, their tags, and the spool copies of their originals.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000500_create_asset",
    statements: &[
        "create table asset (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            name text not null,
            lifecycle text not null,
            version integer not null,
            media_type text not null,
            placeholder text not null,
            read_state text not null,
            reason text,
            size bigint not null,
            sha256 {bytes},
            sort_at bigint not null,
            taken_at bigint,
            month text not null,
            camera text,
            is_animated boolean not null,
            metadata text not null,
            search_text text not null,
            created_at bigint not null,
            updated_at bigint not null
        )",
        "create index asset_feed on asset (workspace_id, lifecycle, sort_at desc, id desc)",
        "create index asset_month on asset (workspace_id, lifecycle, month)",
        "create index asset_content on asset (workspace_id, sha256)",
        "create table asset_tag (
            asset_id {uuid} not null references asset (id) on delete cascade,
            name text not null,
            origin text not null,
            workspace_id {uuid} not null,
            primary key (asset_id, name, origin)
        )",
        "create index asset_tag_name on asset_tag (workspace_id, name, asset_id)",
        "create table staged_blob (
            id {uuid} primary key,
            workspace_id {uuid} not null,
            object_key text not null unique,
            state text not null,
            size bigint not null,
            asset_id {uuid} references asset (id) on delete set null,
            asset_version integer,
            created_at bigint not null
        )",
        "create index staged_blob_asset on staged_blob (asset_id)",
        "create index staged_blob_age on staged_blob (created_at)",
    ],
};
