//! What people say about an asset, and how it stands against what the file says (SPEC W14).
//!
//! A person's value wins while it is there; without it the file's shows. That rule is
//! [`overlay`], and nobody else decides it.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use crate::{Timestamp, string_enum::string_enum};

string_enum!(
    /// A field that people can edit.
    EditField {
        Title = "title",
        Description = "description",
        Creator = "creator",
        Copyright = "copyright",
        /// The clock on the wall where it was taken.
        TakenAt = "taken_at",
        Gps = "gps",
        City = "city",
        State = "state",
        Country = "country",
        Rating = "rating",
    }
);

/// A change of one field: a value that was found good, or none, which takes the person's back.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    pub field: EditField,
    pub value: Option<Value>,
}

/// What a person wrote into a field and cannot stay there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongValue(String);

const LONGEST_LINE: usize = 500;
const LONGEST_TEXT: usize = 10_000;
const LONGEST_TAG: usize = 100;

impl EditField {
    /// Returns the field's name in the metadata that ingest writes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::TakenAt => "taken_at_local",
            other => other.as_str(),
        }
    }

    /// Returns what the file says, if anything.
    pub fn of_file(self, metadata: &Value) -> Option<&Value> {
        metadata.get(self.key()).filter(|value| !value.is_null())
    }
}

impl FieldChange {
    /// Checks and tidies a value; none takes the person's value back.
    pub fn new(field: EditField, value: Option<Value>) -> Result<Self, WrongValue> {
        let value = value.map(|value| tidy(field, &value)).transpose()?;
        Ok(Self { field, value })
    }
}

/// Lays people's values over what the file says.
pub fn overlay<'a>(
    metadata: &mut Map<String, Value>,
    edits: impl IntoIterator<Item = (EditField, &'a Value)>,
) {
    for (field, value) in edits {
        // An empty text is a person's way of saying that there is none.
        let value = if value == "" { &Value::Null } else { value };
        metadata.insert(field.key().to_owned(), value.clone());
        if field == EditField::TakenAt {
            // The file's offset belongs to the file's clock.
            metadata.insert("utc_offset_minutes".to_owned(), Value::Null);
        }
    }
}

/// Returns the instant of a wall clock, as if it were UTC.
pub fn wall_clock(value: &Value) -> Option<Timestamp> {
    let parsed = NaiveDateTime::parse_from_str(value.as_str()?, "%Y-%m-%dT%H:%M:%S").ok()?;
    Some(Timestamp::from(parsed.and_utc()))
}

/// Returns the name of a tag without space around it.
pub fn tag_name(name: &str) -> Result<String, WrongValue> {
    let name = name.trim();
    if name.is_empty() {
        return Err(WrongValue("must not be empty".into()));
    }
    if name.chars().any(char::is_control) {
        return Err(WrongValue("must be one line".into()));
    }
    if name.chars().count() > LONGEST_TAG {
        return Err(WrongValue(format!(
            "must have at most {LONGEST_TAG} characters"
        )));
    }
    Ok(name.to_owned())
}

fn tidy(field: EditField, value: &Value) -> Result<Value, WrongValue> {
    match field {
        EditField::TakenAt => clock_of(value),
        EditField::Gps => place_of(value),
        EditField::Rating => match value.as_i64() {
            Some(rating @ -1..=5) => Ok(rating.into()),
            _ => Err(WrongValue("must be a whole number from -1 to 5".into())),
        },
        EditField::Description => text_of(value, LONGEST_TEXT, true),
        _ => text_of(value, LONGEST_LINE, false),
    }
}

fn text_of(value: &Value, longest: usize, lines: bool) -> Result<Value, WrongValue> {
    let text = value
        .as_str()
        .ok_or_else(|| WrongValue("must be a text".into()))?;
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let is_odd = |character: char| character.is_control() && !(lines && character == '\n');
    if text.contains(is_odd) {
        let what = if lines {
            "must have no control characters"
        } else {
            "must be one line"
        };
        return Err(WrongValue(what.into()));
    }
    if text.chars().count() > longest {
        return Err(WrongValue(format!(
            "must have at most {longest} characters"
        )));
    }
    Ok(text.into())
}

fn clock_of(value: &Value) -> Result<Value, WrongValue> {
    let text = value.as_str().unwrap_or_default();
    let parsed = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let parsed = parsed.filter(|at| (1..=9_999).contains(&chrono::Datelike::year(at)));
    let parsed = parsed.ok_or_else(|| {
        WrongValue("must be a date and a time such as 2024-05-03T12:00:00".into())
    })?;
    Ok(parsed.format("%Y-%m-%dT%H:%M:%S").to_string().into())
}

fn place_of(value: &Value) -> Result<Value, WrongValue> {
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    let within = |name: &str, most: f64| {
        number(name)
            .filter(|degrees| degrees.abs() <= most)
            .ok_or_else(|| WrongValue(format!("{name} must lie between -{most} and {most}")))
    };
    let (latitude, longitude) = (within("latitude", 90.0)?, within("longitude", 180.0)?);
    Ok(json!({ "latitude": latitude, "longitude": longitude, "altitude": number("altitude") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(field: EditField, value: Value) -> Result<Option<Value>, WrongValue> {
        FieldChange::new(field, Some(value)).map(|change| change.value)
    }

    #[test]
    fn w14_a_persons_value_wins_and_without_it_the_files_shows() {
        let file = json!({ "title": "From the file", "city": "Rome", "utc_offset_minutes": 60,
            "taken_at_local": "2024-05-03T12:00:00" });
        let mut shown = file.as_object().unwrap().clone();
        let (title, none, taken) = (json!("Mine"), json!(""), json!("2001-01-01T00:00:00"));
        overlay(
            &mut shown,
            [
                (EditField::Title, &title),
                (EditField::City, &none),
                (EditField::TakenAt, &taken),
            ],
        );
        assert_eq!(shown["title"], "Mine");
        assert_eq!(shown["city"], Value::Null);
        assert_eq!(shown["taken_at_local"], taken);
        assert_eq!(shown["utc_offset_minutes"], Value::Null);

        let mut shown = file.as_object().unwrap().clone();
        overlay(&mut shown, []);
        assert_eq!(Value::Object(shown), file);
    }

    #[test]
    fn values_are_checked_by_their_field() {
        use EditField::{Description, Gps, Rating, TakenAt, Title};

        assert_eq!(tidied(Title, json!("  Rome ")), Ok(Some(json!("Rome"))));
        assert!(tidied(Title, json!("two\nlines")).is_err());
        assert_eq!(
            tidied(Description, json!("two\r\nlines")),
            Ok(Some(json!("two\nlines")))
        );
        assert!(tidied(Title, json!("x".repeat(501))).is_err());
        assert_eq!(
            tidied(TakenAt, json!("2024-05-03T12:00")),
            Ok(Some(json!("2024-05-03T12:00:00")))
        );
        for wrong in [json!("yesterday"), json!(7), json!("2024-02-30T00:00:00")] {
            assert!(tidied(TakenAt, wrong).is_err());
        }
        assert_eq!(tidied(Rating, json!(5)), Ok(Some(json!(5))));
        assert!(tidied(Rating, json!(6)).is_err());
        assert!(tidied(Gps, json!({ "latitude": 41.9, "longitude": 12.5 })).is_ok());
        assert!(tidied(Gps, json!({ "latitude": 91, "longitude": 12.5 })).is_err());
    }

    #[test]
    fn a_tag_is_one_line_with_something_in_it() {
        assert_eq!(tag_name("  Rome "), Ok("Rome".to_owned()));
        assert!(tag_name("  ").is_err());
        assert!(tag_name("a\nb").is_err());
        assert!(tag_name(&"x".repeat(101)).is_err());
    }
}
