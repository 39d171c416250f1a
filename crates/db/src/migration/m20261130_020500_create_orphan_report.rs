//! Objects in central storage that no row knows, as they were last looked for. Written by the
//! retention-purger; only the last report is kept.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_020500_create_orphan_report",
    statements: &[
        // Objects are looked up by their keys.
        "create index rendition_object on rendition (object_key)",
        "create table orphan_report (
            id {uuid} primary key,
            began_at bigint not null,
            objects bigint not null,
            orphans bigint not null,
            bytes bigint not null,
            named text not null
        )",
    ],
};
