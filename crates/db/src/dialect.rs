//! The only place that knows which database it is.

use sea_orm::DbBackend;
use stowage_domain::Timestamp;

/// What differs between Postgres and SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Postgres,
    Sqlite,
}

impl Dialect {
    pub(crate) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// Returns the SQL of "now" in microseconds: Postgres' own clock, or the injected one.
    pub(crate) fn now(self, injected: Timestamp) -> String {
        match self {
            Self::Postgres => "(extract(epoch from clock_timestamp()) * 1000000)::bigint".into(),
            Self::Sqlite => injected.micros().to_string(),
        }
    }

    /// Fills a statement of `CREATE` with this database's types: `{uuid}`, `{bytes}`, and
    /// `{key}` for text that sorts by its bytes.
    pub(crate) fn ddl(self, statement: &str) -> String {
        let (uuid, bytes, key) = match self {
            Self::Postgres => ("uuid", "bytea", "text collate \"C\""),
            Self::Sqlite => ("blob", "blob", "text"),
        };
        statement
            .replace("{uuid}", uuid)
            .replace("{bytes}", bytes)
            .replace("{key}", key)
    }

    /// The row lock of a claim; SQLite has one writer and needs none.
    pub(crate) fn lock_rows(self) -> &'static str {
        match self {
            Self::Postgres => " for update",
            Self::Sqlite => "",
        }
    }
}
