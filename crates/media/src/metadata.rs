//! What a file says about itself: EXIF, IPTC and XMP, brought together.
//!
//! `container` finds the blocks in a file, `tiff` copies the tags worth reading out of a TIFF
//! structure, `exif`, `iptc` and `xmp` read one standard each into [`Found`] values, and `merge`
//! decides which standard wins for which field.

mod container;
mod dates;
mod exif;
mod gps;
mod iptc;
mod merge;
mod names;
mod text;
mod tiff;
mod xmp;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{BufRead, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::sniff::FileType;

pub(crate) use tiff::orientation_of_tiff;

/// Fields listed at most, so that a crafted file cannot fill the database.
const MAX_FIELDS: usize = 500;
const MAX_WARNINGS: usize = 50;

/// A place on Earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gps {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Metres above the sea.
    pub altitude: Option<f64>,
}

/// One readable entry, for whoever wants to see everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// `exif`, `gps`, `iptc`, `xmp`, `png`.
    pub group: String,
    pub name: String,
    pub value: String,
}

/// Everything that was read of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    pub title: Option<String>,
    pub description: Option<String>,
    pub creator: Option<String>,
    pub copyright: Option<String>,
    pub camera_make: Option<String>,
    pub camera_model: Option<String>,
    pub lens: Option<String>,
    pub software: Option<String>,
    pub keywords: Vec<String>,
    /// Seconds as people write them: `1/250`, `0.8`, `30`.
    pub exposure_time: Option<String>,
    pub f_number: Option<f64>,
    pub focal_length_mm: Option<f64>,
    pub focal_length_35mm: Option<f64>,
    pub iso: Option<u32>,
    pub gps: Option<Gps>,
    /// 1 to 8, as EXIF counts.
    pub orientation: u8,
    /// -1 (rejected) to 5.
    pub rating: Option<i32>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    /// The clock on the camera.
    pub taken_at_local: Option<NaiveDateTime>,
    /// How far that clock is ahead of UTC, where the file says so.
    pub utc_offset_minutes: Option<i32>,
    /// As stored, before orientation.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub is_animated: bool,
    /// Of a document in several pages, of which the first is shown.
    #[serde(default)]
    pub page_count: Option<u32>,
    /// Which standard a field came from: `exif`, `iptc`, `xmp` or `png`.
    pub origins: BTreeMap<String, String>,
    pub fields: Vec<Field>,
    pub warnings: Vec<String>,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            title: None,
            description: None,
            creator: None,
            copyright: None,
            camera_make: None,
            camera_model: None,
            lens: None,
            software: None,
            keywords: Vec::new(),
            exposure_time: None,
            f_number: None,
            focal_length_mm: None,
            focal_length_35mm: None,
            iso: None,
            gps: None,
            orientation: 1,
            rating: None,
            city: None,
            state: None,
            country: None,
            taken_at_local: None,
            utc_offset_minutes: None,
            width: None,
            height: None,
            is_animated: false,
            page_count: None,
            origins: BTreeMap::new(),
            fields: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Metadata {
    fn warn(&mut self, warning: impl Into<String>) {
        let warning = text::cap(&warning.into());
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// What one standard said, before the standards are weighed against each other.
#[derive(Debug, Default)]
struct Found {
    title: Option<String>,
    description: Option<String>,
    creator: Option<String>,
    copyright: Option<String>,
    camera_make: Option<String>,
    camera_model: Option<String>,
    lens: Option<String>,
    software: Option<String>,
    keywords: Vec<String>,
    exposure_time: Option<f64>,
    f_number: Option<f64>,
    focal_length_mm: Option<f64>,
    focal_length_35mm: Option<f64>,
    iso: Option<u32>,
    gps: Option<Gps>,
    orientation: Option<u8>,
    rating: Option<i32>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    /// When it was taken.
    taken: Option<dates::Stamp>,
    /// When the file was made or changed: second best.
    written: Option<dates::Stamp>,
    fields: Vec<Field>,
    warnings: Vec<String>,
}

impl Found {
    fn field(&mut self, group: &str, name: &str, value: &str) {
        let value = text::cap(value);
        if self.fields.len() < MAX_FIELDS && !value.is_empty() {
            let (group, name) = (group.to_owned(), text::cap(name));
            self.fields.push(Field { group, name, value });
        }
    }

    fn warn(&mut self, warning: impl Into<String>) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(warning.into());
        }
    }
}

/// Reads the metadata of a file. Never fails: what went wrong is in `warnings`.
pub fn read<R: BufRead + Seek>(reader: &mut R, file_type: &FileType) -> Metadata {
    let mut metadata = Metadata::default();
    let blocks = guarded(&mut metadata, "the file's structure", || {
        container::open(reader, file_type)
    });
    let Some(blocks) = blocks else {
        return metadata;
    };
    metadata.width = blocks.size.map(|(width, _)| width);
    metadata.height = blocks.size.map(|(_, height)| height);
    metadata.is_animated = blocks.is_animated;
    metadata.page_count = blocks.page_count;
    for warning in &blocks.warnings {
        metadata.warn(warning.clone());
    }
    let exif = blocks.exif.as_deref();
    let exif = exif.and_then(|block| guarded(&mut metadata, "EXIF", || exif::read(block)));
    let iptc = blocks.iptc.as_deref();
    let iptc = iptc.and_then(|block| guarded(&mut metadata, "IPTC", || iptc::read(block)));
    let xmp = guarded(&mut metadata, "XMP", || xmp::read(&blocks.xmp));
    let png = (!blocks.texts.is_empty()).then(|| names::read(&blocks.texts));
    merge::merge(&mut metadata, exif, iptc, xmp, png);
    if blocks.is_upright {
        metadata.orientation = 1;
    }
    metadata
}

/// Runs a parser; a panic in it becomes a warning.
fn guarded<T>(metadata: &mut Metadata, what: &str, parse: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(value) => Some(value),
        Err(_) => {
            metadata.warn(format!("{what} could not be read: the parser gave up"));
            None
        }
    }
}
