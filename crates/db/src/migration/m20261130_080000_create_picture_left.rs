//! Pictures that no asset shows any more: of former versions, and of assets that were dropped.
//! Written by whoever lets go of them, in the same transaction; forgotten by the retention-purger,
//! or by the thumbnailer when the same content gets pictures again.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_080000_create_picture_left",
    statements: &[
        "create table picture_left (
            workspace_id {uuid} not null,
            content_key {key} not null,
            sha256 {bytes} not null,
            left_at bigint not null,
            taken_at bigint,
            primary key (workspace_id, content_key)
        )",
        "create index picture_left_due on picture_left (left_at)",
    ],
};
