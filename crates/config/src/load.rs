//! From layers to a checked `Config`.

use figment::{Figment, error::Kind};

use crate::{Config, ConfigError, Sources, layer::Layer, shape::Shape};

/// Reads the layers, merges them and checks every section.
pub fn load<C: Config>(sources: &Sources) -> Result<C, ConfigError> {
    let shape = Shape::of::<C>();
    let layers = sources.layers(&shape)?;
    let mut merged = Figment::new();
    for layer in &layers {
        merged = merged.merge(layer);
    }
    let config: C = merged
        .extract_lossy()
        .map_err(|error| explain(&error, &layers))?;
    config
        .validate()
        .map_err(|error| with_layer(error, &layers))?;
    Ok(config)
}

/// Tells the first thing that figment found, in our words.
fn explain(error: &figment::Error, layers: &[Layer]) -> ConfigError {
    let key = error.path.join(".");
    match &error.kind {
        Kind::MissingField(field) => {
            let key = if key.is_empty() {
                field.to_string()
            } else {
                format!("{key}.{field}")
            };
            ConfigError::Missing {
                variable: variable(&key),
                key,
            }
        }
        Kind::UnknownField(field, _) => {
            // serde reports the path with the field in some shapes and without it in others.
            let mut path = error.path.clone();
            if path.last() != Some(field) {
                path.push(field.clone());
            }
            ConfigError::Unknown {
                layer: layer_of(&path, layers),
                key: path.join("."),
                hint: None,
            }
        }
        kind => ConfigError::Invalid {
            layer: layer_of(&error.path, layers),
            key,
            reason: kind.to_string(),
        },
    }
}

fn with_layer(error: ConfigError, layers: &[Layer]) -> ConfigError {
    match error {
        ConfigError::Invalid { key, layer, reason } if layer.is_empty() => {
            let path: Vec<String> = key.split('.').map(str::to_owned).collect();
            ConfigError::Invalid {
                layer: layer_of(&path, layers),
                key,
                reason,
            }
        }
        other => other,
    }
}

/// Names the highest layer that says something at `path`.
fn layer_of(path: &[String], layers: &[Layer]) -> String {
    let found = layers.iter().rev().find(|layer| layer.has(path));
    found.map_or_else(
        || "the built-in defaults".to_owned(),
        |layer| layer.name.clone(),
    )
}

fn variable(key: &str) -> String {
    format!("STOWAGE_{}", key.to_uppercase().replace('.', "__"))
}

#[cfg(test)]
mod tests;
