//! One layer of settings and its name.

use figment::{
    Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use crate::{
    ConfigError, SECTIONS,
    shape::{Place, Shape},
};

/// Settings from one place, already known to hold only keys that somebody reads.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) name: String,
    dict: Dict,
}

impl Layer {
    pub(crate) fn from_toml(name: String, text: &str, shape: &Shape) -> Result<Self, ConfigError> {
        let dict = Toml::from_str::<Dict>(text).map_err(|error| ConfigError::Syntax {
            layer: name.clone(),
            reason: error.to_string().trim_end().to_owned(),
        })?;
        Self::checked(name, dict, shape)
    }

    /// Reads `STOWAGE_SECTION__FIELD`; a variable without `__` is no setting.
    pub(crate) fn from_variable(
        variable: &str,
        text: &str,
        shape: &Shape,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(rest) = variable
            .strip_prefix("STOWAGE_")
            .filter(|rest| rest.contains("__"))
        else {
            return Ok(None);
        };
        let rest = rest.to_lowercase();
        let keys: Vec<&str> = rest.split("__").collect();
        let name = format!("the environment variable {variable}");

        let mut place = Some(shape.root());
        for key in &keys {
            place = place.and_then(|place| place.below(key));
        }
        let mut value = typed(text, place.as_ref());
        for key in keys.iter().rev() {
            value = Value::from(Dict::from([((*key).to_owned(), value)]));
        }
        let dict = value
            .into_dict()
            .expect("at least one key was wrapped around the value");
        Self::checked(name, dict, shape).map(Some)
    }

    fn checked(name: String, mut dict: Dict, shape: &Shape) -> Result<Self, ConfigError> {
        let root = shape.root();
        dict.retain(|key, _| root.below(key).is_some() || !SECTIONS.contains(&key.as_str()));
        settle(&name, "", &mut dict, &root)?;
        Ok(Self { name, dict })
    }

    /// Returns whether this layer says something at `path`.
    pub(crate) fn has(&self, path: &[String]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return false;
        };
        let mut value = self.dict.get(first);
        for key in rest {
            value = match value {
                Some(Value::Dict(_, dict)) => dict.get(key),
                Some(Value::Array(_, items)) => {
                    key.parse().ok().and_then(|at: usize| items.get(at))
                }
                _ => None,
            };
        }
        value.is_some()
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.dict.clone())]))
    }
}

/// Refuses unknown keys, and turns `url_file` into what `url` takes.
fn settle(
    layer: &str,
    prefix: &str,
    dict: &mut Dict,
    place: &Place<'_>,
) -> Result<(), ConfigError> {
    let keys: Vec<String> = dict.keys().cloned().collect();
    for key in keys {
        let path = format!("{prefix}{key}");
        if let Some(below) = place.below(&key) {
            if let Some(Value::Dict(_, inner)) = dict.get_mut(&key) {
                settle(layer, &format!("{path}."), inner, &below)?;
            }
            continue;
        }
        if let Some(field) = secret_of(&key, place) {
            let file = dict.remove(&key).expect("the key was just listed");
            let wrapped = Value::from(Dict::from([("file".to_owned(), file)]));
            if dict.insert(field.clone(), wrapped).is_some() {
                let reason = format!("`{field}` is given as well: give one of the two");
                return Err(ConfigError::Invalid {
                    key: path,
                    layer: layer.to_owned(),
                    reason,
                });
            }
            continue;
        }
        if place.is_closed() {
            let hint = nearest(&key, place).map(|near| format!("{prefix}{near}"));
            return Err(ConfigError::Unknown {
                key: path,
                layer: layer.to_owned(),
                hint,
            });
        }
    }
    Ok(())
}

/// Returns the secret that `key` is the companion of: `url` for `url_file`.
fn secret_of(key: &str, place: &Place<'_>) -> Option<String> {
    let field = key.strip_suffix("_file")?;
    place.below(field)?.is_secret().then(|| field.to_owned())
}

/// Reads an environment variable as the type that its key takes.
fn typed(text: &str, place: Option<&Place<'_>>) -> Value {
    let takes = |json_type| place.is_some_and(|place| place.takes(json_type));
    let is_list = takes("array") && text.trim_start().starts_with('[');
    let is_table = takes("object") && text.trim_start().starts_with('{');
    let is_plain = takes("integer") || takes("number") || takes("boolean");
    if is_list || is_table || is_plain {
        let line = format!("value = {text}");
        if let Some(value) = Toml::from_str::<Dict>(&line)
            .ok()
            .and_then(|mut d| d.remove("value"))
        {
            return value;
        }
    }
    Value::from(text)
}

/// Returns the declared key that `wrong` was probably meant to be.
fn nearest<'a>(wrong: &str, place: &Place<'a>) -> Option<&'a str> {
    let distance = |key: &str| edits(wrong.as_bytes(), key.as_bytes());
    let best = place.keys().min_by_key(|key| distance(key))?;
    (distance(best) <= 2.max(wrong.len() / 3)).then_some(best)
}

/// Counts the letters to add, drop or change to make one word of the other (Levenshtein).
fn edits(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let above = row[j + 1];
            let changed = diagonal + usize::from(a != b);
            row[j + 1] = changed.min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}
