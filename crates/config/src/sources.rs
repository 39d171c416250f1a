//! Where a binary's settings come from.

use std::path::{Path, PathBuf};

use crate::{ConfigError, env, environment, layer::Layer, shape::Shape};

const SYSTEM_FILE: &str = "/etc/stowage/config.toml";

/// The layers of one binary, before they are read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    embedded: Vec<(String, &'static str)>,
    file: Option<PathBuf>,
    system_file: bool,
    variables: Vec<(String, String)>,
}

impl Sources {
    /// Reads nothing but what is added: for tests and for the generated reference.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Takes the environment of this process, the file that `STOWAGE_CONFIG` names, and the
    /// system's file where it is there.
    pub fn of_this_process() -> Self {
        Self {
            embedded: Vec::new(),
            file: env("STOWAGE_CONFIG").map(PathBuf::from),
            system_file: true,
            variables: environment::ours(),
        }
    }

    /// Adds settings that the binary brings along, above those added before.
    pub fn with_embedded(mut self, name: &str, toml: &'static str) -> Self {
        self.embedded.push((format!("the embedded {name}"), toml));
        self
    }

    /// Takes this file instead of the one in the environment or the system's.
    pub fn with_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Adds one variable as if the environment had it.
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the layers from the lowest to the highest.
    pub(crate) fn layers(&self, shape: &Shape) -> Result<Vec<Layer>, ConfigError> {
        let mut layers = Vec::new();
        for (name, text) in &self.embedded {
            layers.push(Layer::from_toml(name.clone(), text, shape)?);
        }
        if let Some((path, text)) = self.read_file()? {
            layers.push(Layer::from_toml(path.display().to_string(), &text, shape)?);
        }
        for (name, value) in &self.variables {
            layers.extend(Layer::from_variable(name, value, shape)?);
        }
        Ok(layers)
    }

    fn read_file(&self) -> Result<Option<(&Path, String)>, ConfigError> {
        let (path, is_asked_for) = match &self.file {
            Some(path) => (path.as_path(), true),
            None if self.system_file => (Path::new(SYSTEM_FILE), false),
            None => return Ok(None),
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some((path, text))),
            Err(error) if !is_asked_for && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ConfigError::File {
                path: path.to_owned(),
                source,
            }),
        }
    }
}
