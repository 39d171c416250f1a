//! What the operator lets each workspace have (SPEC D20). Written by the gateway, at the operator's
//! door alone.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_020000_create_workspace_plan",
    statements: &[
        // Null means no limit. A workspace without a row has the usual plan.
        "create table workspace_plan (
            workspace_id {uuid} primary key references workspace (id),
            central_bytes bigint,
            storages integer,
            external_storages boolean not null,
            photos_per_request integer,
            permanent_links boolean not null,
            updated_at bigint not null
        )",
    ],
};
