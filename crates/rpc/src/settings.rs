//! Both ends of an internal call, as services embed them in their sections.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Secret, duration};

/// How to reach another service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelConfig {
    /// The other service's address, such as `http://storage-connector:9100`.
    pub url: String,
    /// The token that says who calls.
    pub token: Secret,
    /// How long to wait for a connection.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub connect_timeout: Duration,
    /// How long to wait for an answer to begin; streams may then take longer.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub timeout: Duration,
}

impl Default for ChannelConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            token: Secret::default(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_mins(1),
        }
    }
}

impl ChannelConfig {
    /// Checks the values; `key` is where they stand, such as `storage_connector`.
    pub fn validate(&self, key: &str) -> Result<(), ConfigError> {
        if !self.url.starts_with("http://") {
            let reason = "must be an address such as http://storage-connector:9100";
            return Err(ConfigError::invalid(format!("{key}.url"), reason));
        }
        if self.token.is_empty() {
            return Err(ConfigError::invalid(
                format!("{key}.token"),
                "must not be empty",
            ));
        }
        if self.timeout.is_zero() {
            return Err(ConfigError::invalid(
                format!("{key}.timeout"),
                "must not be zero",
            ));
        }
        Ok(())
    }
}

/// Where a service answers internal calls, and from whom.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListenConfig {
    /// The address for internal calls; not for the public.
    pub listen: SocketAddr,
    /// The tokens that are let in, by the name of the service that holds each.
    pub tokens: BTreeMap<String, Secret>,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 9100).into(),
            tokens: BTreeMap::new(),
        }
    }
}

impl ListenConfig {
    /// Checks the values; `key` is where they stand.
    pub fn validate(&self, key: &str) -> Result<(), ConfigError> {
        if self.tokens.is_empty() {
            let reason = "must name at least one caller: without a token nobody is let in";
            return Err(ConfigError::invalid(format!("{key}.tokens"), reason));
        }
        if let Some((caller, _)) = self.tokens.iter().find(|(_, token)| token.is_empty()) {
            let key = format!("{key}.tokens.{caller}");
            return Err(ConfigError::invalid(key, "must not be empty"));
        }
        Ok(())
    }
}
