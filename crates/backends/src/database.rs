//! The catalog.

use std::sync::Arc;

use anyhow::{Context, bail};
use stowage_db::{Database, DatabaseConfig, SchemaState};
use stowage_domain::{Clock, ShiftedClock};
use stowage_runtime::Admin;

/// A database and the clock that it was opened with.
#[derive(Debug, Clone)]
pub struct Opened {
    pub db: Database,
    pub clock: Arc<dyn Clock>,
}

/// Opens the database of services, which somebody else migrates: until that is done, this process
/// is not ready.
pub async fn database(config: &DatabaseConfig, admin: &mut Admin) -> anyhow::Result<Opened> {
    let opened = open(config).await?;
    register(&opened.db, admin);
    Ok(opened)
}

/// Opens the database and applies what is missing.
pub async fn migrated_database(
    config: &DatabaseConfig,
    admin: &mut Admin,
) -> anyhow::Result<Opened> {
    let opened = open(config).await?;
    opened
        .db
        .migrate(&config.app_role)
        .await
        .context("could not migrate the database")?;
    register(&opened.db, admin);
    Ok(opened)
}

/// Applies what is missing and closes the database again.
pub async fn migrate(config: &DatabaseConfig) -> anyhow::Result<()> {
    let opened = open(config).await?;
    opened
        .db
        .migrate(&config.app_role)
        .await
        .context("could not migrate the database")?;
    opened.db.close().await;
    Ok(())
}

/// Opens the database as it is, for commands that look into it.
pub async fn unchecked_database(config: &DatabaseConfig) -> anyhow::Result<Database> {
    Ok(open(config).await?.db)
}

async fn open(config: &DatabaseConfig) -> anyhow::Result<Opened> {
    let mut clock = stowage_runtime::system_clock();
    if config.tests_only_process_clock_seconds != 0 {
        let seconds = config.tests_only_process_clock_seconds;
        clock = Arc::new(ShiftedClock::new(clock, seconds));
    }
    let db = Database::connect(config, clock.clone())
        .await
        .context("could not open the database of database.url")?;
    Ok(Opened { db, clock })
}

fn register(db: &Database, admin: &mut Admin) {
    let checked = db.clone();
    admin.check("database", move || {
        let db = checked.clone();
        async move { Ok(db.ping().await?) }
    });
    let checked = db.clone();
    admin.check("schema", move || {
        let db = checked.clone();
        async move {
            match db.schema().await? {
                SchemaState::Ready => Ok(()),
                SchemaState::Behind => bail!("migrations are missing; run stowage-migrate"),
            }
        }
    });
}
