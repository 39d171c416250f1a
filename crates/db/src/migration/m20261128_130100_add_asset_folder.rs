//! The folders that a file lay in where somebody took it from: a field, not tags (SPEC D15).

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_130100_add_asset_folder",
    statements: &["alter table asset add column folder text"],
};
