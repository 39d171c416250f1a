//! What people say about assets, what the file said beside it, and the words that search finds.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261128_000100_create_asset_edit",
    statements: &[
        "create table asset_field (
            asset_id {uuid} not null references asset (id) on delete cascade,
            field text not null,
            value text not null,
            set_by {uuid} not null,
            set_at bigint not null,
            workspace_id {uuid} not null,
            primary key (asset_id, field)
        )",
        "create table asset_tag_hidden (
            asset_id {uuid} not null references asset (id) on delete cascade,
            name text not null,
            set_by {uuid} not null,
            set_at bigint not null,
            workspace_id {uuid} not null,
            primary key (asset_id, name)
        )",
        "create table asset_word (
            workspace_id {uuid} not null,
            word {key} not null,
            asset_id {uuid} not null references asset (id) on delete cascade,
            primary key (workspace_id, word, asset_id)
        )",
        "create index asset_word_asset on asset_word (asset_id)",
        "alter table asset_tag add column set_by {uuid}",
        "alter table asset_tag add column set_at bigint",
        // What the file alone says; the columns without `file_` are what counts.
        "alter table asset add column file_taken_at bigint",
        "alter table asset add column file_sort_at bigint",
        // With which rules the words were made. Rows of before have 0, and what is only the
        // file's is filled in when their words are made: row security hides them from here.
        "alter table asset add column words_version integer not null default 0",
    ],
};
