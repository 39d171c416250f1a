//! What a database call can answer besides its result.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database does not answer; trying again may help.
    #[error("the database cannot be reached")]
    Unavailable(#[source] DbErr),
    /// A unique or foreign key stands against it.
    #[error("a row stands against it: {constraint}")]
    Conflict { constraint: String },
    /// A row that must be there is not.
    #[error("there is no {table} {id}")]
    NotFound { table: &'static str, id: String },
    /// A row holds what no code of ours wrote.
    #[error("column {column} of {table} {id} holds something unknown")]
    Inconsistent {
        table: &'static str,
        column: &'static str,
        id: String,
    },
    /// Somebody else holds the lease by now; write nothing more.
    #[error("the lease of {what} is no longer ours")]
    LeaseLost { what: String },
    #[error("a query for one workspace ran in the scope of the system")]
    NoWorkspace,
    #[error("the database refused a statement")]
    Driver(#[source] DbErr),
}

impl DbError {
    /// Returns whether the same call may succeed later without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    pub(crate) fn not_found(table: &'static str, id: impl ToString) -> Self {
        Self::NotFound {
            table,
            id: id.to_string(),
        }
    }
}

impl From<DbErr> for DbError {
    fn from(error: DbErr) -> Self {
        if let Some(
            SqlErr::UniqueConstraintViolation(constraint)
            | SqlErr::ForeignKeyConstraintViolation(constraint),
        ) = error.sql_err()
        {
            return Self::Conflict { constraint };
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error),
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause))
                if is_connection_trouble(cause) =>
            {
                Self::Unavailable(error)
            }
            _ => Self::Driver(error),
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        Self::from(DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(
            error,
        ))))
    }
}

/// Broken connections, a server that is stopping (57P0x), deadlocks and a busy file pass by
/// themselves.
fn is_connection_trouble(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(answer) => answer.code().is_some_and(|code| {
            code.starts_with("57P")
                || code.starts_with("08")
                || code.starts_with("40")
                || code == "53300"
                || code == "5"
                || code == "517"
        }),
        _ => false,
    }
}
