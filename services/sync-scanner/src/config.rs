//! The section `[sync_scanner]`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Section, duration};

/// How storages are followed. How often is each storage's own setting.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScannerConfig {
    /// Scans that run at once in this process.
    pub concurrency: usize,
    /// How long a scan's lease lasts without a renewal: after a crash, a storage is scanned again
    /// no sooner.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub lease: Duration,
    /// How often to look which storages are due.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub look_every: Duration,
    /// How soon a storage that failed is asked again, at the latest.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub retry_failed_after: Duration,
    /// How soon a storage is looked at again of which much vanished at once.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub recheck_held_after: Duration,
}

impl Default for ScannerConfig {
    fn default() -> Self {
        Self {
            concurrency: 4,
            lease: Duration::from_secs(90),
            look_every: Duration::from_secs(5),
            retry_failed_after: Duration::from_mins(1),
            recheck_held_after: stowage_domain::scan::HOLD_RECHECK,
        }
    }
}

impl Section for ScannerConfig {
    const NAME: &'static str = "sync_scanner";

    fn validate(&self) -> Result<(), ConfigError> {
        if self.concurrency == 0 {
            return Err(ConfigError::invalid(
                "sync_scanner.concurrency",
                "must be at least 1",
            ));
        }
        if self.lease < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "sync_scanner.lease",
                "must be at least 1s",
            ));
        }
        if self.look_every < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "sync_scanner.look_every",
                "must be at least 1s",
            ));
        }
        Ok(())
    }
}
