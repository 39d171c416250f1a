//! A library that was made for a folder named at the start had a row too many for central storage,
//! under another id than the one that is used. Nothing ever was in it.

use super::SqlMigration;

pub(super) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261130_070100_drop_second_central_storages",
    statements: &[
        "delete from storage where kind = 'central' and id <> workspace_id \
                   and not exists (select 1 from remote_object o where o.storage_id = storage.id)",
    ],
};
