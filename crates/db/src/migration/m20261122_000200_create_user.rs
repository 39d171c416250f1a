//! People, their memberships and sessions, and the first owner's link.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261122_000200_create_user",
    statements: &[
        "create table user_account (
            id {uuid} primary key,
            email text not null unique,
            name text not null,
            password_hash text not null,
            created_at bigint not null
        )",
        "create table membership (
            workspace_id {uuid} not null references workspace (id),
            user_id {uuid} not null references user_account (id),
            role text not null,
            created_at bigint not null,
            primary key (workspace_id, user_id)
        )",
        "create index membership_user on membership (user_id)",
        "create table session (
            id {uuid} primary key,
            token_hash {bytes} not null unique,
            user_id {uuid} not null references user_account (id),
            created_at bigint not null,
            expires_at bigint not null
        )",
        "create index session_expiry on session (expires_at)",
        "create table setup_token (
            token_hash {bytes} primary key,
            created_at bigint not null
        )",
    ],
};
