//! The four sections that every process reads.

use std::{net::SocketAddr, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Section, duration};
use stowage_failpoints::{Plan, PlanError};
use tracing_subscriber::EnvFilter;

stowage_config::config! {
    /// What every process reads besides its own sections.
    pub struct RuntimeConfig {
        pub log: LogConfig,
        pub telemetry: TelemetryConfig,
        pub admin: AdminConfig,
        pub shutdown: ShutdownConfig,
        pub failpoints: FailpointsConfig,
    }
}

/// What is logged, and how. Logs go to standard error.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// A level, or levels by module: `info`, `info,stowage_jobs=debug`.
    pub filter: String,
    /// `text` for people, `json` for collectors.
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            filter: "info,sea_orm_migration=warn".to_owned(),
            format: LogFormat::Text,
        }
    }
}

impl Section for LogConfig {
    const NAME: &'static str = "log";

    fn validate(&self) -> Result<(), ConfigError> {
        match EnvFilter::try_new(&self.filter) {
            Ok(_) => Ok(()),
            Err(error) => Err(ConfigError::invalid("log.filter", error.to_string())),
        }
    }
}

/// Where traces go.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// An OTLP collector's gRPC address such as `http://collector:4317`; empty sends no traces.
    pub otlp_endpoint: String,
    /// Which part of traces that begin here is sent, from 0 to 1.
    pub sample_ratio: f64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: String::new(),
            sample_ratio: 1.0,
        }
    }
}

impl Section for TelemetryConfig {
    const NAME: &'static str = "telemetry";

    fn validate(&self) -> Result<(), ConfigError> {
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            let reason = "must lie between 0 and 1";
            return Err(ConfigError::invalid("telemetry.sample_ratio", reason));
        }
        let scheme_is_known = ["http://", "https://"]
            .iter()
            .any(|s| self.otlp_endpoint.starts_with(s));
        if !self.otlp_endpoint.is_empty() && !scheme_is_known {
            let reason = "must begin with http:// or https://, or be empty";
            return Err(ConfigError::invalid("telemetry.otlp_endpoint", reason));
        }
        Ok(())
    }
}

/// The port for health and metrics; not for the public.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// The address that answers `/livez`, `/readyz` and `/metrics`.
    pub listen: SocketAddr,
    /// How long one readiness check may take before it counts as failed.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub check_timeout: Duration,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 9090).into(),
            check_timeout: Duration::from_secs(2),
        }
    }
}

impl Section for AdminConfig {
    const NAME: &'static str = "admin";

    fn validate(&self) -> Result<(), ConfigError> {
        if self.check_timeout.is_zero() {
            return Err(ConfigError::invalid(
                "admin.check_timeout",
                "must be longer than nothing",
            ));
        }
        Ok(())
    }
}

/// How a process ends when it is asked to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShutdownConfig {
    /// How long to say "not ready" before work stops, so that balancers look elsewhere first.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub unready_wait: Duration,
    /// How long work in flight may take to end before it is cut off.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub grace: Duration,
}

impl Default for ShutdownConfig {
    fn default() -> Self {
        Self {
            unready_wait: Duration::from_secs(2),
            grace: Duration::from_secs(25),
        }
    }
}

impl Section for ShutdownConfig {
    const NAME: &'static str = "shutdown";
}

/// Where tests let this process die, stand still or fail. Only for tests: release builds refuse it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FailpointsConfig {
    /// What happens where, as `purge.taken=abort@2,delete.noted=sleep:500`; `count` only counts.
    pub tests_only: String,
}

impl Section for FailpointsConfig {
    const NAME: &'static str = "failpoints";

    fn validate(&self) -> Result<(), ConfigError> {
        let key = "failpoints.tests_only";
        let plan: Plan = self
            .tests_only
            .parse()
            .map_err(|error: PlanError| ConfigError::invalid(key, error.to_string()))?;
        if !plan.is_empty() && !cfg!(debug_assertions) {
            return Err(ConfigError::invalid(key, PlanError::Release.to_string()));
        }
        Ok(())
    }
}
