//! The section `[ingest]`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Section, duration};

/// How originals are read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IngestConfig {
    /// Imports that run at once in this process.
    pub concurrency: usize,
    /// Originals that go to another storage at once, from this process.
    pub transfers: usize,
    /// Originals up to this size are held in memory while they are read, larger ones in a
    /// temporary file. Bytes.
    pub memory_bytes: u64,
    /// Files that no picture can be made of and that are larger than this are catalogued without
    /// being read. Bytes.
    pub unsupported_read_bytes: u64,
    /// How long imports from a storage that is away wait before they try again.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub retry_away_after: Duration,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            concurrency: 4,
            transfers: 2,
            memory_bytes: 32 * 1024 * 1024,
            unsupported_read_bytes: 256 * 1024 * 1024,
            retry_away_after: Duration::from_mins(1),
        }
    }
}

impl Section for IngestConfig {
    const NAME: &'static str = "ingest";

    fn validate(&self) -> Result<(), ConfigError> {
        for (key, count) in [
            ("ingest.concurrency", self.concurrency),
            ("ingest.transfers", self.transfers),
        ] {
            if count == 0 {
                return Err(ConfigError::invalid(key, "must be at least 1"));
            }
        }
        Ok(())
    }
}
