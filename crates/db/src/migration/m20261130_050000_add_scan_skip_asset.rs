//! Of which asset a skipped file is a duplicate (SPEC D14). Rows that have one are written by ingest.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_050000_add_scan_skip_asset",
    statements: &["alter table scan_skip add column asset_id {uuid}"],
};
