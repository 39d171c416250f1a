//! The tables as they are, past every repository.

use std::{path::Path, time::Duration};

use sqlx::{
    AssertSqlSafe, PgPool, Row, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

/// A look into the database of a running application.
#[derive(Debug, Clone)]
pub enum Rows {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Rows {
    /// Opens as the superuser, whom no row security binds.
    pub fn postgres(owner_url: &str) -> Self {
        let pool = PgPoolOptions::new().max_connections(2).min_connections(0);
        Self::Postgres(pool.connect_lazy(owner_url).expect("a postgres address"))
    }

    pub fn sqlite(file: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(false)
            .busy_timeout(Duration::from_secs(20));
        Self::Sqlite(
            SqlitePoolOptions::new()
                .max_connections(2)
                .connect_lazy_with(options),
        )
    }

    /// Returns the tables that have this column, sorted.
    pub async fn tables_with(&self, column: &str) -> Vec<String> {
        let sql = match self {
            Self::Postgres(_) => format!(
                "select cast(table_name as text) from information_schema.columns \
                 where table_schema = 'public' and column_name = '{column}' order by 1"
            ),
            Self::Sqlite(_) => format!(
                "select m.name from sqlite_master m join pragma_table_info(m.name) c \
                 where m.type = 'table' and c.name = '{column}' order by 1"
            ),
        };
        self.texts(&sql).await.concat()
    }

    /// Runs a query whose columns are all text, and returns its rows. A null is empty.
    pub async fn try_texts(&self, sql: &str) -> Result<Vec<Vec<String>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Postgres(pool) => {
                let rows = sqlx::query(sql).fetch_all(pool).await?;
                rows.iter().map(|row| texts(row, row.len())).collect()
            }
            Self::Sqlite(pool) => {
                let rows = sqlx::query(sql).fetch_all(pool).await?;
                rows.iter().map(|row| texts(row, row.len())).collect()
            }
        }
    }

    pub async fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        let answer = self.try_texts(sql).await;
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a query that counts.
    pub async fn try_count(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let rows = self
            .try_texts(&format!("select cast(({sql}) as text)"))
            .await?;
        Ok(rows[0][0].parse().unwrap_or(0))
    }

    pub async fn count(&self, sql: &str) -> u64 {
        let answer = self.try_count(sql).await;
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Returns the SQL of an id as 32 hexadecimal digits.
    pub fn id(&self, column: &str) -> String {
        match self {
            Self::Postgres(_) => format!("replace(cast({column} as text), '-', '')"),
            Self::Sqlite(_) => format!("lower(hex({column}))"),
        }
    }

    /// Returns the SQL of bytes as hexadecimal digits.
    pub fn hex(&self, column: &str) -> String {
        match self {
            Self::Postgres(_) => format!("encode({column}, 'hex')"),
            Self::Sqlite(_) => format!("lower(hex({column}))"),
        }
    }

    /// Returns every row of a table whole, and on Postgres with the marks that any update leaves,
    /// even one that changes nothing: where the row lies and which transaction wrote it.
    pub async fn table(&self, table: &str) -> Vec<String> {
        let sql = match self {
            Self::Postgres(_) => format!(
                "select cast(t.ctid as text) || ' ' || cast(t.xmin as text) || ' ' || \
                 cast(t as text) from {table} t order by 1"
            ),
            Self::Sqlite(_) => {
                let named = format!("select name from pragma_table_info('{table}')");
                let columns = self.texts(&named).await.concat();
                let quoted: Vec<String> = columns
                    .iter()
                    .map(|column| format!("quote({column})"))
                    .collect();
                format!(
                    "select {} from {table} order by 1",
                    quoted.join(" || ', ' || ")
                )
            }
        };
        self.texts(&sql).await.concat()
    }

    /// From now on notes every write to these tables, even one that changes nothing. On Postgres
    /// [`table`](Self::table) shows as much by itself.
    pub async fn note_writes(&self, tables: &[&str]) {
        let Self::Sqlite(pool) = self else { return };
        let mut statements = vec!["create table if not exists test_write (what text)".to_owned()];
        for table in tables {
            for event in ["insert", "update", "delete"] {
                statements.push(format!(
                    "create trigger if not exists test_{table}_{event} after {event} on {table} \
                     begin insert into test_write values ('{event} of {table}'); end"
                ));
            }
        }
        statements.push("delete from test_write".to_owned());
        for statement in statements {
            let done = sqlx::query(AssertSqlSafe(statement.clone()))
                .execute(pool)
                .await;
            done.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    /// Returns the writes since [`note_writes`](Self::note_writes), one word each.
    pub async fn noted_writes(&self) -> Vec<String> {
        match self {
            Self::Postgres(_) => Vec::new(),
            Self::Sqlite(_) => self.texts("select what from test_write").await.concat(),
        }
    }
}

fn texts<R: Row>(row: &R, columns: usize) -> Result<Vec<String>, sqlx::Error>
where
    usize: sqlx::ColumnIndex<R>,
    for<'a> Option<String>: sqlx::Decode<'a, R::Database> + sqlx::Type<R::Database>,
{
    let column = |at: usize| {
        row.try_get::<Option<String>, _>(at)
            .map(Option::unwrap_or_default)
    };
    (0..columns).map(column).collect()
}
