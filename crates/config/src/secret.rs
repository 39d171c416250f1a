//! Words that must not be printed.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

const REDACTED: &str = "***";

/// A password, token or address that contains one.
///
/// Prints as `***` whoever asks, is wiped from memory when dropped, and is written in settings as
/// text, as `{ file = "/run/secrets/x" }`, or by its companion key: `url_file = "/run/secrets/x"`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the secret itself. Whoever calls this sees to it that it is not logged.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn word(&self) -> &'static str {
        if self.is_empty() { "" } else { REDACTED }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Never the secret itself: what is serialised is shown.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret as text in quotes, or { file = \"…\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret::from(text))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                let Some((key, path)) = map.next_entry::<String, String>()? else {
                    return Err(de::Error::missing_field("file"));
                };
                if key != "file" {
                    return Err(de::Error::unknown_field(&key, &["file"]));
                }
                read(&path).map_err(|error| {
                    de::Error::custom(format!("could not read secret file {path}: {error}"))
                })
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// Reads a secret from a file, without the line end that editors and `echo` leave behind.
fn read(path: &str) -> std::io::Result<Secret> {
    let text = Zeroizing::new(std::fs::read_to_string(path)?);
    Ok(Secret::from(text.trim_end_matches(['\r', '\n'])))
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "object"],
            "writeOnly": true,
            "properties": { "file": { "type": "string" } },
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_printed() {
        let secret = Secret::from("hunter2");

        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
    }
}
