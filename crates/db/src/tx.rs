//! A transaction in a scope: the one way to the repositories.

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, ExecResult, QueryResult, Statement, Value,
};
use stowage_domain::{Timestamp, WorkspaceId};
use tokio::sync::Notify;

use crate::{DbError, dialect::Dialect, repo};

/// Whose rows a transaction may touch. There is no default: forgetting it does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Workspace(WorkspaceId),
    /// Work across workspaces: schedules, relays, sign-in, upkeep.
    System,
}

/// An open transaction. Dropping it rolls back.
pub struct Tx {
    pub(crate) inner: DatabaseTransaction,
    pub(crate) scope: Scope,
    pub(crate) dialect: Dialect,
    /// The process's time when the transaction began.
    pub(crate) began_at: Timestamp,
    pub(crate) clock_shift: i64,
    pub(crate) work: Arc<Notify>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

macro_rules! repositories {
    ($($method:ident: $repository:ident),+ $(,)?) => {
        impl Tx {
            $(pub fn $method(&self) -> repo::$repository<'_> {
                repo::$repository(self)
            })+
        }
    };
}

repositories!(
    workspaces: Workspaces,
    users: Users,
    sessions: Sessions,
    members: Members,
    invitations: Invitations,
    password_resets: PasswordResets,
    api_keys: ApiKeys,
    storages: Storages,
    main_storage: MainStorages,
    transfers: Transfers,
    migrations: Migrations,
    credentials: Credentials,
    scans: Scans,
    objects: Objects,
    importers: Importers,
    assets: Assets,
    edits: Edits,
    gallery: Gallery,
    renditions: Renditions,
    pictures: Pictures,
    spool: Spool,
    uploads: Uploads,
    upload_chunks: UploadChunks,
    jobs: Jobs,
    audit: AuditLog,
    bin: Bin,
    holds: Holds,
    purges: Purges,
    external_ops: ExternalOps,
    plans: Plans,
    operator_log: OperatorLog,
    deletions: Deletions,
    retention: Retention,
    usages: Usages,
    orphans: Orphans,
    backups: Backups,
);

impl Tx {
    /// Makes everything done in this transaction last.
    pub async fn commit(self) -> Result<(), DbError> {
        self.inner.commit().await?;
        self.work.notify_one();
        Ok(())
    }

    /// Commits something that makes no work due.
    pub async fn commit_quietly(self) -> Result<(), DbError> {
        Ok(self.inner.commit().await?)
    }

    /// Returns the process's time when the transaction began.
    pub fn began_at(&self) -> Timestamp {
        self.began_at
    }

    /// Returns the time that leases and deadlines are compared with.
    pub async fn now_is(&self) -> Result<Timestamp, DbError> {
        let row = self
            .row(&format!("select {} as now", self.now()), [])
            .await?;
        let now: i64 = row.map_or(Ok(self.began_at.micros()), |row| row.try_get("", "now"))?;
        Ok(Timestamp(now))
    }

    /// Returns the workspace of the scope; a query for one workspace fails without.
    pub(crate) fn workspace(&self) -> Result<WorkspaceId, DbError> {
        match self.scope {
            Scope::Workspace(id) => Ok(id),
            Scope::System => Err(DbError::NoWorkspace),
        }
    }

    /// Takes a lock until this transaction ends, unless another process has it. On SQLite every
    /// writing transaction is alone already.
    pub(crate) async fn try_lock(&self, lock: i64) -> Result<bool, DbError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(true);
        }
        let row = self
            .row(
                "select pg_try_advisory_xact_lock($1) as held",
                [lock.into()],
            )
            .await?;
        Ok(row.map_or(Ok(false), |row| row.try_get("", "held"))?)
    }

    /// Returns the SQL of the database's "now".
    pub(crate) fn now(&self) -> String {
        self.dialect.now(self.began_at, self.clock_shift)
    }

    pub(crate) async fn rows(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, DbError> {
        Ok(self
            .inner
            .query_all_raw(self.statement(sql, values))
            .await?)
    }

    pub(crate) async fn row(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, DbError> {
        Ok(self
            .inner
            .query_one_raw(self.statement(sql, values))
            .await?)
    }

    /// Runs a statement and returns how many rows it touched.
    pub(crate) async fn execute(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, DbError> {
        let result: ExecResult = self.inner.execute_raw(self.statement(sql, values)).await?;
        Ok(result.rows_affected())
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        let backend = match self.dialect {
            Dialect::Postgres => DbBackend::Postgres,
            Dialect::Sqlite => DbBackend::Sqlite,
        };
        Statement::from_sql_and_values(backend, sql, values)
    }
}
