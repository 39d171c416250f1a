//! Invitations, API keys, links to a new password, and what people see of their sessions.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_080000_create_access",
    statements: &[
        "create table invitation (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            token_hash {bytes} not null unique,
            role text not null,
            note text not null,
            created_by {uuid} not null references user_account (id),
            created_at bigint not null,
            expires_at bigint not null
        )",
        "create index invitation_workspace on invitation (workspace_id, created_at)",
        "create table api_key (
            id {uuid} primary key,
            workspace_id {uuid} not null references workspace (id),
            user_id {uuid} not null references user_account (id),
            name text not null,
            key_hash {bytes} not null unique,
            masked text not null,
            scopes text not null,
            is_active boolean not null,
            created_at bigint not null,
            last_used_at bigint
        )",
        "create index api_key_user on api_key (workspace_id, user_id, created_at)",
        "create table password_reset (
            token_hash {bytes} primary key,
            user_id {uuid} not null unique references user_account (id),
            created_at bigint not null,
            expires_at bigint not null
        )",
        "alter table session add column last_used_at bigint",
        "alter table session add column device text",
    ],
};
