//! Opening the database and keeping its two pools.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use stowage_domain::{Clock, Timestamp, WorkspaceId};
use tokio::sync::Notify;

use crate::{DatabaseConfig, DbError, Scope, Tx, dialect::Dialect, migration};

/// The first SQLite without the bug that can lose a committed write when the log is reset.
const OLDEST_SAFE_SQLITE: i32 = 3_051_003;

/// How the schema found stands to what this binary needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    Ready,
    /// Migrations of this binary are still to be applied.
    Behind,
}

/// The catalog. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    dialect: Dialect,
    is_durable: bool,
    clock: Arc<dyn Clock>,
    /// How far tests move Postgres' clock, in microseconds.
    clock_shift: i64,
    /// Woken when a commit may have made work due.
    pub(crate) work: Arc<Notify>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database of `config`. Applies no migrations.
    pub async fn connect(config: &DatabaseConfig, clock: Arc<dyn Clock>) -> Result<Self, DbError> {
        let url = config.url.expose();
        let is_sqlite = url.starts_with("sqlite:");
        let (writer, reader) = if is_sqlite {
            open_sqlite(config).await?
        } else {
            open_postgres(config).await?
        };
        let database = Self {
            dialect: Dialect::of(writer.get_database_backend()),
            is_durable: config.durable,
            writer,
            reader,
            clock,
            clock_shift: config
                .tests_only_server_clock_seconds
                .saturating_mul(1_000_000),
            work: Arc::new(Notify::new()),
        };
        if is_sqlite {
            assert_safe_sqlite();
        }
        Ok(database)
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self, scope: Scope) -> Result<Tx, DbError> {
        let options = match self.dialect {
            Dialect::Postgres => TransactionOptions::default(),
            Dialect::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
        };
        let inner = self.writer.begin_with_options(options).await?;
        self.scoped(inner, scope).await
    }

    /// Begins a transaction that only reads; on SQLite it never waits for the writer.
    pub async fn read(&self, scope: Scope) -> Result<Tx, DbError> {
        let inner = self.reader.begin().await?;
        self.scoped(inner, scope).await
    }

    /// Begins a transaction over the rows of one workspace.
    pub async fn begin_in(&self, workspace: WorkspaceId) -> Result<Tx, DbError> {
        self.begin(Scope::Workspace(workspace)).await
    }

    /// Begins a read over the rows of one workspace.
    pub async fn read_in(&self, workspace: WorkspaceId) -> Result<Tx, DbError> {
        self.read(Scope::Workspace(workspace)).await
    }

    async fn scoped(
        &self,
        inner: sea_orm::DatabaseTransaction,
        scope: Scope,
    ) -> Result<Tx, DbError> {
        let tx = Tx {
            inner,
            scope,
            dialect: self.dialect,
            began_at: self.clock.now(),
            clock_shift: self.clock_shift,
            work: Arc::clone(&self.work),
        };
        if self.dialect == Dialect::Postgres {
            // Row-level security reads these; they end with the transaction.
            let (scope, workspace) = match scope {
                Scope::Workspace(id) => ("workspace", id.to_string()),
                Scope::System => ("system", String::new()),
            };
            // On a server that answers before it has written, a job would be noted as done whose
            // effect a crash then takes back.
            tx.rows(
                "select set_config('stowage.scope', $1, true), \
                 set_config('stowage.workspace', $2, true), \
                 case when $3 and current_setting('synchronous_commit') = 'off' \
                 then set_config('synchronous_commit', 'on', true) end",
                [scope.into(), workspace.into(), self.is_durable.into()],
            )
            .await?;
        }
        Ok(tx)
    }

    /// Returns the time that leases and deadlines are compared with.
    pub async fn now(&self) -> Result<Timestamp, DbError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(self.clock.now());
        }
        let sql = format!(
            "select {} as now",
            self.dialect.now(Timestamp(0), self.clock_shift)
        );
        let row = self
            .reader
            .query_one_raw(Statement::from_string(
                self.reader.get_database_backend(),
                sql,
            ))
            .await?
            .ok_or_else(|| DbError::not_found("clock", ""))?;
        Ok(Timestamp(row.try_get("", "now")?))
    }

    /// Returns whether the database answers, for `/readyz`.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.reader.ping().await?;
        Ok(())
    }

    /// Applies the migrations that are missing, one process at a time.
    pub async fn migrate(&self, app_role: &str) -> Result<(), DbError> {
        migration::apply(&self.writer, self.dialect, app_role).await?;
        self.index_words().await
    }

    /// Makes the words that search finds for assets of a release that made others, or none.
    pub async fn index_words(&self) -> Result<(), DbError> {
        loop {
            let tx = self.begin(Scope::System).await?;
            let has_more = tx.edits().refresh_outdated().await?;
            tx.commit().await?;
            if !has_more {
                return Ok(());
            }
        }
    }

    pub async fn schema(&self) -> Result<SchemaState, DbError> {
        migration::state(&self.reader).await
    }

    /// Gives back the leases of jobs and scans that a process held which certainly is no more:
    /// the all-in-one calls this once it has locked the data folder. Of jobs that are alike only the
    /// latest is queued again; the others wait until their lease ends.
    pub async fn release_leases(&self) -> Result<u64, DbError> {
        let tx = self.begin(Scope::System).await?;
        let jobs = tx
            .execute(
                "update job set state = 'queued', lease_until = null, rung_at = null \
                 where state = 'running' and not exists (select 1 from job other \
                 where (other.state = 'queued' or other.state = 'running' \
                 and other.id > job.id) and other.kind = job.kind \
                 and other.workspace_id = job.workspace_id and other.dedup_key = job.dedup_key)",
                [],
            )
            .await?;
        tx.execute("update job set rung_at = null where state = 'queued'", [])
            .await?;
        tx.execute("update scan_state set lease_until = null", [])
            .await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Checks an SQLite file for damage, as after an unclean stop; says what is wrong.
    pub async fn quick_check(&self) -> Result<Option<String>, DbError> {
        if self.dialect == Dialect::Postgres {
            return Ok(None);
        }
        let backend = self.reader.get_database_backend();
        let statement = Statement::from_string(backend, "pragma quick_check(1)");
        let row = self.reader.query_one_raw(statement).await?;
        let answer: String = match row {
            Some(row) => row.try_get_by_index(0)?,
            None => return Ok(None),
        };
        Ok((answer != "ok").then_some(answer))
    }

    /// Brings everything that is committed into the SQLite file itself, so that a copy of that one
    /// file is whole.
    pub async fn checkpoint(&self) -> Result<(), DbError> {
        if self.dialect == Dialect::Sqlite {
            self.writer
                .execute_unprepared("pragma wal_checkpoint(truncate)")
                .await?;
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// Keeps waking this process when another one commits new jobs. Ends only with an error.
    pub async fn listen_for_work(&self) -> Result<(), DbError> {
        if self.dialect == Dialect::Sqlite {
            return std::future::pending().await;
        }
        let pool = self.reader.get_postgres_connection_pool();
        let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
        listener.listen("stowage_job").await?;
        loop {
            listener.recv().await?;
            self.work.notify_one();
        }
    }

    pub async fn close(&self) {
        let _ = self.writer.clone().close().await;
        let _ = self.reader.clone().close().await;
    }
}

async fn open_sqlite(
    config: &DatabaseConfig,
) -> Result<(DatabaseConnection, DatabaseConnection), DbError> {
    let durable = config.durable;
    let options = |connections: u32, query_only: bool| {
        let mut options = ConnectOptions::new(config.url.expose().to_owned());
        options
            .min_connections(1)
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(
                config.acquire_timeout_seconds.max(1) * 6,
            ))
            .sqlx_logging(false)
            .map_sqlx_sqlite_pool_opts(|pool| {
                pool.after_release(|connection, _| Box::pin(is_between_transactions(connection)))
            })
            .map_sqlx_sqlite_opts(move |sqlite| {
                let sqlite = sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(if durable {
                        SqliteSynchronous::Full
                    } else {
                        SqliteSynchronous::Off
                    })
                    .busy_timeout(Duration::from_secs(5))
                    .foreign_keys(true)
                    .pragma("cache_size", "-16000")
                    .pragma("temp_store", "memory");
                if query_only {
                    sqlite.pragma("query_only", "true")
                } else {
                    sqlite
                }
            });
        options
    };
    let writer = sea_orm::Database::connect(options(1, false)).await?;
    let reader =
        sea_orm::Database::connect(options(config.max_connections.clamp(2, 8), true)).await?;
    Ok((writer, reader))
}

/// Returns whether a connection that was given back may be used again.
///
/// When the disk is full, SQLite ends a transaction by itself. sqlx is not told: it still counts
/// that one as open, begins all others inside of it, and never again commits anything to the file.
async fn is_between_transactions(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Commands are taken in turn: a rollback that was left behind is over when this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_postgres(
    config: &DatabaseConfig,
) -> Result<(DatabaseConnection, DatabaseConnection), DbError> {
    let mut options = ConnectOptions::new(config.url.expose().to_owned());
    options
        .min_connections(0)
        .max_connections(config.max_connections)
        .acquire_timeout(Duration::from_secs(config.acquire_timeout_seconds))
        .sqlx_logging(false);
    let pool = sea_orm::Database::connect(options).await?;
    Ok((pool.clone(), pool))
}

fn assert_safe_sqlite() {
    let version = libsqlite3_sys::SQLITE_VERSION_NUMBER;
    assert!(
        version >= OLDEST_SAFE_SQLITE,
        "SQLite {version} can lose committed writes; this build needs at least 3.51.3"
    );
}

#[cfg(test)]
mod tests;
