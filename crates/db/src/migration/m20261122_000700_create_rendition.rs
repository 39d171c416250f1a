//! What the thumbnailer made of each asset.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000700_create_rendition",
    statements: &[
        "create table rendering (
            asset_id {uuid} primary key references asset (id) on delete cascade,
            workspace_id {uuid} not null,
            version integer not null,
            state text not null,
            reason text,
            width integer,
            height integer,
            thumbhash {bytes},
            content_key text,
            warnings text not null,
            rendered_at bigint not null
        )",
        "create table rendition (
            asset_id {uuid} not null references asset (id) on delete cascade,
            kind text not null,
            workspace_id {uuid} not null,
            object_key text not null,
            width integer not null,
            height integer not null,
            size bigint not null,
            primary key (asset_id, kind)
        )",
    ],
};
