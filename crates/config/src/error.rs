//! What can be wrong with settings, each with the key and the layer that it came from.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("unknown key `{key}` in {layer}{}", hint.as_ref().map(|h| format!("; did you mean `{h}`?")).unwrap_or_default())]
    Unknown {
        key: String,
        layer: String,
        hint: Option<String>,
    },

    #[error("bad value for `{key}` in {layer}: {reason}")]
    Invalid {
        key: String,
        layer: String,
        reason: String,
    },

    #[error("`{key}` is missing: set it in a file or as {variable}")]
    Missing { key: String, variable: String },

    #[error("{layer} is not valid TOML: {reason}")]
    Syntax { layer: String, reason: String },

    #[error("could not read settings from {path}")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl ConfigError {
    /// Says that the value of `key` (`section.field`) makes no sense; for `validate`. The loader
    /// adds the layer.
    pub fn invalid(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid {
            key: key.into(),
            layer: String::new(),
            reason: reason.into(),
        }
    }

    /// Returns the key in question, none when a whole layer could not be read.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Unknown { key, .. } | Self::Invalid { key, .. } | Self::Missing { key, .. } => {
                Some(key)
            }
            Self::Syntax { .. } | Self::File { .. } => None,
        }
    }
}
