//! The section `[connector]`.

use std::{path::PathBuf, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Section, duration};

/// How customers' storages are reached.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectorConfig {
    /// Folders of this server that may be connected, with all that lies below them. Empty: none.
    pub folders: Vec<PathBuf>,
    /// How often a storage that nothing scans is asked whether it still answers.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub check_every: Duration,
    /// How soon a storage that failed or lost its authorisation is asked again: what waits for it
    /// goes on no later.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub retry_failed_after: Duration,
}

impl Default for ConnectorConfig {
    fn default() -> Self {
        Self {
            folders: Vec::new(),
            check_every: Duration::from_hours(1),
            retry_failed_after: Duration::from_mins(1),
        }
    }
}

impl Section for ConnectorConfig {
    const NAME: &'static str = "connector";

    fn validate(&self) -> Result<(), ConfigError> {
        if let Some(folder) = self.folders.iter().find(|folder| !folder.is_absolute()) {
            return Err(ConfigError::invalid(
                "connector.folders",
                format!("{} is not absolute; give the whole path", folder.display()),
            ));
        }
        Ok(())
    }
}
