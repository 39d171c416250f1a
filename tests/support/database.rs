//! A database of one's own, gone when the test is.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqlSafeStr};

use crate::servers::Postgres;

/// A fresh, empty database on the Postgres server.
#[derive(Debug)]
pub struct TestDatabase {
    server: Postgres,
    name: String,
}

impl TestDatabase {
    /// Makes one, none where there is no server.
    pub async fn create() -> Option<Self> {
        Some(Self::create_on(Postgres::find()?).await)
    }

    /// Makes one on this server.
    pub async fn create_on(server: Postgres) -> Self {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        run(&server.url, &format!("create database {name}"))
            .await
            .expect("a database can be made");
        Self { server, name }
    }

    /// Returns the superuser's address.
    pub fn owner_url(&self) -> String {
        self.server.owner_url(&self.name)
    }

    /// Returns the application's address, whose role is bound by row security.
    pub fn app_url(&self) -> String {
        self.server.app_url(&self.name)
    }

    pub fn app_role(&self) -> &str {
        &self.server.app_role
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("drop database if exists {} with (force)", self.name);
        let url = self.server.url.clone();
        // The test's own runtime may be ending: this has one to itself.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.map(|runtime| runtime.block_on(run(&url, &sql)))
        });
        if !matches!(dropped.join(), Ok(Ok(Ok(())))) {
            eprintln!("database {} stays behind", self.name);
        }
    }
}

async fn run(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let statement = AssertSqlSafe(sql.to_owned()).into_sql_str();
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    connection.close().await
}
