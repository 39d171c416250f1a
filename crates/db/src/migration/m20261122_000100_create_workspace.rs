//! Workspaces: everything that is anybody's belongs to one.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000100_create_workspace",
    statements: &["create table workspace (
            id {uuid} primary key,
            short_id text not null unique,
            name text not null,
            time_zone text not null,
            bin_days integer not null,
            created_at bigint not null
        )"],
};
