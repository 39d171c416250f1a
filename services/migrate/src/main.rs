//! Applies what is missing of the schema and ends. Runs as the role that owns the database.

use std::process::ExitCode;

use stowage_backends as backends;
use stowage_db::DatabaseConfig;

stowage_config::config! {
    /// What migrate reads.
    pub struct Config {
        pub database: DatabaseConfig,
    }
}

fn main() -> ExitCode {
    stowage_runtime::main_once("migrate", async |config: Config| {
        backends::migrate(&config.database).await
    })
}
