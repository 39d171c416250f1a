//! Finds assets that are on their way out among millions that are not.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_030000_index_purging_assets",
    statements: &["create index asset_purging on asset (id) where lifecycle = 'purging'"],
};
