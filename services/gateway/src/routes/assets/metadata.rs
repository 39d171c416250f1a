//! What a file says about itself: from the catalog's JSON to what is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stowage_db::repo::EditRow;
use stowage_domain::overlay;
use utoipa::ToSchema;

/// What ingest wrote. Whatever is missing or not understood is left out, so that an asset of an
/// older or newer release is still shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Stored {
    #[serde(flatten)]
    pub(super) shown: AssetMetadata,
    utc_offset_minutes: Option<i32>,
    pub(super) origins: BTreeMap<String, String>,
    pub(super) fields: Vec<MetadataField>,
    pub(super) warnings: Vec<String>,
}

/// What a file says about itself; null where it says nothing.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct AssetMetadata {
    title: Option<String>,
    description: Option<String>,
    creator: Option<String>,
    copyright: Option<String>,
    camera_make: Option<String>,
    camera_model: Option<String>,
    lens: Option<String>,
    software: Option<String>,
    /// Seconds as people write them: `1/250`, `0.8`, `30`.
    exposure_time: Option<String>,
    f_number: Option<f64>,
    iso: Option<u32>,
    focal_length_mm: Option<f64>,
    focal_length_35mm: Option<f64>,
    gps: Option<Gps>,
    /// 1 to 8, as EXIF counts.
    orientation: Option<u8>,
    /// -1 (rejected) to 5.
    rating: Option<i32>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    /// The clock on the camera.
    taken_at_local: Option<String>,
    /// How far that clock is ahead of UTC, such as `+02:00`.
    #[serde(skip_deserializing)]
    utc_offset: Option<String>,
}

/// A place on Earth.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Gps {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// Metres above the sea.
    altitude: Option<f64>,
}

/// One entry of a file, as it was read.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MetadataField {
    group: String,
    name: String,
    value: String,
}

impl Stored {
    /// Reads what ingest wrote, with what people set over it.
    pub(super) fn read(json: &str, edits: &[EditRow]) -> Self {
        let mut metadata: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
        overlay(
            &mut metadata,
            edits.iter().map(|edit| (edit.field, &edit.value)),
        );
        let mut stored: Self = serde_json::from_value(Value::Object(metadata)).unwrap_or_default();
        for edit in edits {
            let key = edit.field.key().to_owned();
            stored.origins.insert(key, "person".to_owned());
        }
        stored.shown.utc_offset = stored.utc_offset_minutes.map(offset_of);
        for field in &mut stored.fields {
            field.group = group_title(&field.group);
        }
        stored
    }
}

fn offset_of(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Standards are written in capitals.
fn group_title(group: &str) -> String {
    match group {
        "exif" | "gps" | "iptc" | "xmp" | "png" => group.to_uppercase(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_ingest_writes() {
        let stored = Stored::read(
            r#"{"title": "Rome", "keywords": ["a"], "iso": 200, "orientation": 6,
                "gps": {"latitude": 41.9, "longitude": 12.5, "altitude": null},
                "taken_at_local": "2024-05-03T12:00:00", "utc_offset_minutes": -90,
                "width": 10, "is_animated": false, "origins": {"title": "xmp"},
                "fields": [{"group": "exif", "name": "ISO", "value": "200"}],
                "warnings": ["odd"]}"#,
            &[],
        );
        let shown = serde_json::to_value(&stored.shown).unwrap();
        assert_eq!(shown["title"], "Rome");
        assert_eq!(shown["utc_offset"], "-01:30");
        assert_eq!(shown["gps"]["latitude"], 41.9);
        assert_eq!(shown["lens"], serde_json::Value::Null);
        assert_eq!(stored.fields[0].group, "EXIF");
        assert_eq!(stored.origins["title"], "xmp");
        assert_eq!(stored.warnings, ["odd"]);
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        for json in ["", "{}", "[]", r#"{"gps": 7}"#] {
            assert!(Stored::read(json, &[]).fields.is_empty(), "{json}");
        }
    }
}
