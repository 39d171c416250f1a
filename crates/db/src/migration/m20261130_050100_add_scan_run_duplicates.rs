//! How many files of a scan had a content that the workspace has (SPEC D14). Written by ingest, when
//! it has read them.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_050100_add_scan_run_duplicates",
    statements: &["alter table scan_run add column duplicates bigint not null default 0"],
};
