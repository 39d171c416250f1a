//! The section `[database]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Secret, Section};

/// Where the library's catalog lives.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `sqlite://<file>` for the all-in-one, `postgres://user:password@host:port/name` otherwise.
    pub url: Secret,
    /// Connections that this process may hold at once.
    pub max_connections: u32,
    /// How long to wait for a free connection, in seconds.
    pub acquire_timeout_seconds: u64,
    /// Postgres role that services use; `migrate` grants it what it needs. Empty: the role of the
    /// address.
    pub app_role: String,
    /// Wait at every commit until it is written. Off only in tests.
    pub durable: bool,
    /// Moves what counts as Postgres' time by so many seconds. Only for tests: refused unless
    /// `durable` is off.
    pub tests_only_server_clock_seconds: i64,
    /// Moves this process's clock by so many seconds. Only for tests: refused unless `durable` is
    /// off.
    pub tests_only_process_clock_seconds: i64,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: Secret::from(String::new()),
            max_connections: 16,
            acquire_timeout_seconds: 10,
            app_role: String::new(),
            durable: true,
            tests_only_server_clock_seconds: 0,
            tests_only_process_clock_seconds: 0,
        }
    }
}

impl Section for DatabaseConfig {
    const NAME: &'static str = "database";

    fn validate(&self) -> Result<(), ConfigError> {
        let url = self.url.expose();
        let is_known = ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if !is_known {
            return Err(ConfigError::invalid(
                "database.url",
                "must be sqlite://<file> or postgres://user:password@host:port/name",
            ));
        }
        let shifts = [
            (
                "database.tests_only_server_clock_seconds",
                self.tests_only_server_clock_seconds,
            ),
            (
                "database.tests_only_process_clock_seconds",
                self.tests_only_process_clock_seconds,
            ),
        ];
        for (name, seconds) in shifts {
            if seconds != 0 && self.durable {
                return Err(ConfigError::invalid(
                    name,
                    "is for tests alone: a moved clock purges early, and waits for what is over",
                ));
            }
        }
        if self.max_connections < 2 {
            return Err(ConfigError::invalid(
                "database.max_connections",
                "must be at least 2",
            ));
        }
        Ok(())
    }
}
