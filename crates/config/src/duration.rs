//! Durations in settings: `"250ms"`, `"30s"`, `"15m"`, `"6h"`, `"30d"`.
//!
//! ```
//! # use std::time::Duration;
//! #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
//! struct Example {
//!     /// How long to wait.
//!     #[serde(with = "stowage_config::duration")]
//!     #[schemars(with = "String")]
//!     wait: Duration,
//! }
//! ```

use std::{fmt, time::Duration};

use serde::{Deserializer, Serializer, de};

/// From the largest, so that a duration is shown in the largest unit that fits it.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Returns the duration that `text` says, none when it says none.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok()?;
    let unit = text[digits..].trim();
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some(Duration::from_millis(count.checked_mul(*millis)?))
}

/// Returns the duration as it would stand in a file.
pub fn format(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if millis == 0 {
        return "0s".to_owned();
    }
    let unit = UNITS.iter().find(|(_, size)| millis.is_multiple_of(*size));
    let (name, size) = unit.expect("every count of milliseconds is a multiple of one");
    format!("{}{name}", millis / size)
}

pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*duration))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    struct Visitor;

    impl de::Visitor<'_> for Visitor {
        type Value = Duration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a duration such as \"30s\" (units: ms, s, m, h, d)")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
            parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }

    deserializer.deserialize_str(Visitor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["250ms", "30s", "15m", "6h", "30d", "90s", "0s"] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
    }

    #[test]
    fn refuses_a_number_without_a_unit() {
        for text in ["30", "", "s", "30 seconds", "-1s", "99999999999999999999s"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
