//! How to reach the broker.

use std::time::Duration;

use lapin::uri::AMQPUri;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Secret, duration};

/// Settings for RabbitMQ, as `[bus]` embeds them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AmqpConfig {
    /// The broker's address with user, password and virtual host:
    /// `amqp://user:password@rabbitmq:5672/stowage`.
    pub url: Secret,
    /// What the names of our queues and exchanges begin with.
    pub prefix: String,
    /// How long to wait for a connection.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub connect_timeout: Duration,
    /// How long to wait until the broker confirms a ring.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub confirm_timeout: Duration,
    /// How long to leave a broker alone that was away, so that its queues find their leaders.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub settle: Duration,
    /// How often the broker and we make sure of each other; silence of twice this ends the
    /// connection.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub heartbeat: Duration,
    /// How many rings one queue holds before it refuses more; they then wait in the job table.
    pub queue_length: u32,
}

impl Default for AmqpConfig {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            prefix: String::new(),
            connect_timeout: Duration::from_secs(5),
            confirm_timeout: Duration::from_secs(5),
            settle: Duration::from_secs(2),
            heartbeat: Duration::from_secs(10),
            queue_length: 100_000,
        }
    }
}

impl AmqpConfig {
    /// Checks the values; `key` is where they stand, such as `bus`.
    pub fn validate(&self, key: &str) -> Result<(), ConfigError> {
        if let Err(reason) = self.uri() {
            return Err(ConfigError::invalid(format!("{key}.url"), reason));
        }
        if self.queue_length == 0 {
            return Err(ConfigError::invalid(
                format!("{key}.queue_length"),
                "must be at least 1",
            ));
        }
        if self.confirm_timeout.is_zero() || self.connect_timeout.is_zero() {
            let reason = "timeouts must be longer than nothing";
            return Err(ConfigError::invalid(
                format!("{key}.confirm_timeout"),
                reason,
            ));
        }
        Ok(())
    }

    /// Reads the address; what is wrong is told without the address, which holds the password.
    pub(crate) fn uri(&self) -> Result<AMQPUri, String> {
        let wrong = "must be an address such as amqp://user:password@rabbitmq:5672/stowage";
        let mut uri: AMQPUri = self.url.expose().parse().map_err(|_| wrong.to_owned())?;
        let seconds = u16::try_from(self.heartbeat.as_secs())
            .unwrap_or(u16::MAX)
            .max(1);
        uri.query.heartbeat.get_or_insert(seconds);
        Ok(uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> AmqpConfig {
        AmqpConfig {
            url: url.into(),
            ..AmqpConfig::default()
        }
    }

    #[test]
    fn a_bad_address_is_refused_without_telling_it() {
        let refusal = config("http://user:hunter2@host/")
            .validate("bus")
            .unwrap_err()
            .to_string();

        assert!(
            refusal.contains("`bus.url`") && !refusal.contains("hunter2"),
            "{refusal}"
        );
        assert!(
            config("amqp://user:hunter2@host:5672/%2f")
                .validate("bus")
                .is_ok()
        );
    }
}
