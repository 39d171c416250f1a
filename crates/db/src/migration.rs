//! The schema, one change a file, never edited once released.
//!
//! Statements are written once for both databases, with the placeholders of [`Dialect::ddl`].

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::prelude::{
    DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait,
};

use crate::{
    DbError, SchemaState,
    dialect::{Dialect, Guard},
};

mod m20261122_000100_create_workspace;
mod m20261122_000200_create_user;
mod m20261122_000300_create_storage;
mod m20261122_000400_create_scan;
mod m20261122_000500_create_asset;
mod m20261122_000600_create_remote_object;
mod m20261122_000700_create_rendition;
mod m20261122_000800_create_job;
mod m20261128_000100_create_asset_edit;
mod m20261128_080000_create_access;
mod m20261128_110000_create_audit;
mod m20261128_120000_create_bin;
mod m20261128_120100_create_legal_hold;
mod m20261128_120200_create_purge;
mod m20261128_130000_create_upload;
mod m20261128_130100_add_asset_folder;
mod m20261128_130200_add_workspace_check_duplicates;
mod m20261128_140000_absence_settings;
mod m20261128_141000_storage_marker;
mod m20261128_142000_import_user;
mod m20261130_010000_create_transfer;
mod m20261130_010100_create_original_migration;
mod m20261130_020000_create_workspace_plan;
mod m20261130_020100_create_operator_log;
mod m20261130_020200_add_workspace_deleting_at;
mod m20261130_020300_create_retention;
mod m20261130_020400_create_usage;
mod m20261130_020500_create_orphan_report;
mod m20261130_030000_index_purging_assets;
mod m20261130_040000_create_backup;
mod m20261130_050000_add_scan_skip_asset;
mod m20261130_050100_add_scan_run_duplicates;
mod m20261130_070000_index_audit_actions;
mod m20261130_070100_drop_second_central_storages;
mod m20261130_080000_create_picture_left;
mod m20261130_090000_add_storage_check_duplicates;
mod row_security;

/// A migration that is a list of statements.
struct SqlMigration {
    name: &'static str,
    statements: &'static [&'static str],
}

impl MigrationName for SqlMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let dialect = Dialect::of(connection.get_database_backend());
        for statement in self.statements {
            connection
                .execute_unprepared(&dialect.ddl(statement))
                .await?;
        }
        Ok(())
    }
}

/// A migration that makes the database itself refuse something.
struct GuardMigration {
    name: &'static str,
    guards: &'static [Guard],
}

impl MigrationName for GuardMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for GuardMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let dialect = Dialect::of(connection.get_database_backend());
        for statement in self.guards.iter().flat_map(|guard| dialect.guard(guard)) {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000100_create_workspace::MIGRATION),
            Box::new(m20261122_000200_create_user::MIGRATION),
            Box::new(m20261122_000300_create_storage::MIGRATION),
            Box::new(m20261122_000400_create_scan::MIGRATION),
            Box::new(m20261122_000500_create_asset::MIGRATION),
            Box::new(m20261122_000600_create_remote_object::MIGRATION),
            Box::new(m20261122_000700_create_rendition::MIGRATION),
            Box::new(m20261122_000800_create_job::MIGRATION),
            Box::new(m20261128_000100_create_asset_edit::MIGRATION),
            Box::new(m20261128_080000_create_access::MIGRATION),
            Box::new(m20261128_110000_create_audit::MIGRATION),
            Box::new(m20261128_110000_create_audit::GUARDS),
            Box::new(m20261128_130000_create_upload::MIGRATION),
            Box::new(m20261128_130100_add_asset_folder::MIGRATION),
            Box::new(m20261128_130200_add_workspace_check_duplicates::MIGRATION),
            Box::new(m20261128_120000_create_bin::MIGRATION),
            Box::new(m20261128_120000_create_bin::GUARDS),
            Box::new(m20261128_120100_create_legal_hold::MIGRATION),
            Box::new(m20261128_120100_create_legal_hold::GUARDS),
            Box::new(m20261128_120200_create_purge::MIGRATION),
            Box::new(m20261128_140000_absence_settings::MIGRATION),
            Box::new(m20261128_141000_storage_marker::MIGRATION),
            Box::new(m20261128_142000_import_user::MIGRATION),
            Box::new(m20261130_010000_create_transfer::MIGRATION),
            Box::new(m20261130_010100_create_original_migration::MIGRATION),
            Box::new(m20261130_020000_create_workspace_plan::MIGRATION),
            Box::new(m20261130_020100_create_operator_log::MIGRATION),
            Box::new(m20261130_020100_create_operator_log::GUARDS),
            Box::new(m20261130_020200_add_workspace_deleting_at::MIGRATION),
            Box::new(m20261130_020300_create_retention::MIGRATION),
            Box::new(m20261130_020400_create_usage::MIGRATION),
            Box::new(m20261130_020500_create_orphan_report::MIGRATION),
            Box::new(m20261130_030000_index_purging_assets::MIGRATION),
            Box::new(m20261130_040000_create_backup::MIGRATION),
            Box::new(m20261130_050000_add_scan_skip_asset::MIGRATION),
            Box::new(m20261130_050100_add_scan_run_duplicates::MIGRATION),
            Box::new(m20261130_070000_index_audit_actions::MIGRATION),
            Box::new(m20261130_070100_drop_second_central_storages::MIGRATION),
            Box::new(m20261130_080000_create_picture_left::MIGRATION),
            Box::new(m20261130_090000_add_storage_check_duplicates::MIGRATION),
        ]
    }
}

/// Any number will do, as long as every release uses the same one.
const MIGRATION_LOCK: i64 = 0x57_4f_57_41_47_45;

/// Applies what is missing under a lock, then the row security that every release states anew.
pub(crate) async fn apply(
    connection: &DatabaseConnection,
    dialect: Dialect,
    app_role: &str,
) -> Result<(), DbError> {
    if dialect == Dialect::Sqlite {
        Migrator::up(connection, None).await?;
        return Ok(());
    }
    // The lock belongs to one session, so it is taken on a connection that is held throughout.
    let mut lock = connection.get_postgres_connection_pool().acquire().await?;
    sqlx::query("select pg_advisory_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *lock)
        .await?;
    let outcome = async {
        Migrator::up(connection, None).await?;
        for statement in row_security::statements(app_role) {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    };
    let outcome: Result<(), DbErr> = outcome.await;
    sqlx::query("select pg_advisory_unlock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *lock)
        .await?;
    Ok(outcome?)
}

/// Compares the migrations that are applied with those of this binary. A schema that is ahead is
/// ready: releases expand first and contract one release later.
pub(crate) async fn state(connection: &DatabaseConnection) -> Result<SchemaState, DbError> {
    let backend = connection.get_database_backend();
    let exists = match backend {
        DbBackend::Postgres => "select 1 from pg_tables where tablename = 'seaql_migrations'",
        _ => "select 1 from sqlite_master where name = 'seaql_migrations'",
    };
    if connection
        .query_one_raw(Statement::from_string(backend, exists))
        .await?
        .is_none()
    {
        return Ok(SchemaState::Behind);
    }
    let applied: Vec<String> = connection
        .query_all_raw(Statement::from_string(
            backend,
            "select version from seaql_migrations",
        ))
        .await?
        .iter()
        .map(|row| row.try_get("", "version"))
        .collect::<Result<_, _>>()?;
    let is_complete = Migrator::migrations()
        .iter()
        .all(|migration| applied.iter().any(|version| version == migration.name()));
    Ok(if is_complete {
        SchemaState::Ready
    } else {
        SchemaState::Behind
    })
}
