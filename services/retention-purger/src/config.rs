//! The section `[retention_purger]`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Section, duration};

/// How long things are kept that nobody needs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PurgerConfig {
    /// How often the spool is looked through for copies whose pictures are made.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub spool_every: Duration,
    /// How often the bins are looked through for entries whose time is over.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub purge_every: Duration,
    /// How often is looked for what the cold backup lacks, where there is one; and how long a place
    /// that does not work is left alone.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub backup_every: Duration,
    /// How often the catalog is checked for what must never be true of it.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub check_every: Duration,
    /// How long a deletion in a customer's storage that failed waits at most until it is tried
    /// again: from a minute on, each failure doubles the wait.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub retry_delete_at_most: Duration,
    /// How long a spool copy may stand that no import finished.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub keep_staged: Duration,
    /// How long pictures stay that nothing shows any more, for those who look at them just now.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub keep_pictures: Duration,
    /// How long finished jobs stay visible.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub keep_jobs: Duration,
    /// How long the history of scans stays.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub keep_scans: Duration,
    /// How long it can be seen what became of an upload.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub keep_uploads: Duration,
}

impl Default for PurgerConfig {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            spool_every: Duration::from_secs(10),
            purge_every: Duration::from_mins(1),
            backup_every: Duration::from_mins(5),
            check_every: Duration::from_mins(1),
            retry_delete_at_most: DAY,
            keep_staged: DAY,
            keep_pictures: Duration::from_hours(1),
            keep_jobs: DAY,
            keep_scans: DAY * 30,
            keep_uploads: DAY * 7,
        }
    }
}

impl Section for PurgerConfig {
    const NAME: &'static str = "retention_purger";

    fn validate(&self) -> Result<(), ConfigError> {
        if self.spool_every < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "retention_purger.spool_every",
                "must be at least 1s",
            ));
        }
        if self.purge_every < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "retention_purger.purge_every",
                "must be at least 1s",
            ));
        }
        if self.backup_every < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "retention_purger.backup_every",
                "must be at least 1s",
            ));
        }
        if self.check_every < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "retention_purger.check_every",
                "must be at least 1s",
            ));
        }
        if self.retry_delete_at_most < Duration::from_secs(1) {
            return Err(ConfigError::invalid(
                "retention_purger.retry_delete_at_most",
                "must be at least 1s",
            ));
        }
        if self.keep_staged < Duration::from_hours(1) {
            return Err(ConfigError::invalid(
                "retention_purger.keep_staged",
                "must be at least 1h: a shorter time could take the copy of an import that runs",
            ));
        }
        Ok(())
    }
}
