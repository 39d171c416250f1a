//! EXIF: what the camera wrote.

use rexif::{ExifEntry, IfdFormat, IfdKind, TagValue};

use super::dates::{self, Stamp, Unusable};
use super::{Found, gps, text};

/// Reads a TIFF block made by [`super::tiff::extract`].
pub(super) fn read(block: &[u8]) -> Found {
    let mut found = Found::default();
    let (parsed, warnings) = rexif::parse_buffer_quiet(block);
    let tags = match parsed {
        Ok(data) => Tags(data.entries),
        Err(error) => {
            found.warn(format!("EXIF could not be read: {error}"));
            return found;
        }
    };
    // Rexif's remarks are about counts and formats; that there are some is enough to know.
    if !warnings.is_empty() {
        found.warn(format!(
            "{} EXIF tags are not as the standard has them",
            warnings.len()
        ));
    }
    found.description = tags.text(0x010e);
    found.camera_make = tags.text(0x010f);
    found.camera_model = tags.text(0x0110);
    found.software = tags.text(0x0131);
    found.creator = tags.text(0x013b).or_else(|| tags.wide_text(0x9c9d));
    found.copyright = tags.text(0x8298);
    found.title = tags.wide_text(0x9c9b);
    found.lens = tags.text(0xa434);
    found.keywords = tags
        .wide_text(0x9c9e)
        .map(|words| words.split(';').filter_map(text::tidy).collect())
        .unwrap_or_default();
    found.orientation = tags
        .number(0x0112)
        .map(|value| value as u8)
        .filter(|o| (1..=8).contains(o));
    found.rating = tags
        .number(0x4746)
        .map(|stars| stars as i32)
        .filter(|s| (0..=5).contains(s));
    found.exposure_time = tags
        .number(0x829a)
        .or_else(|| tags.number(0x9201).map(|apex| (-apex).exp2()))
        .filter(|&seconds| seconds > 0.0 && seconds < 1e6);
    found.f_number = tags
        .number(0x829d)
        .or_else(|| tags.number(0x9202).map(|apex| (apex / 2.0).exp2()))
        .filter(|&number| (0.5..=1000.0).contains(&number))
        .map(|number| (number * 100.0).round() / 100.0);
    found.focal_length_mm = tags.number(0x920a).and_then(positive);
    found.focal_length_35mm = tags.number(0xa405).and_then(positive);
    found.iso = iso(&tags);
    found.taken = stamp(&tags, 0x9003, 0x9011, &mut found)
        .or_else(|| stamp(&tags, 0x9004, 0x9012, &mut found));
    found.written = stamp(&tags, 0x0132, 0x9010, &mut found);
    read_gps(&tags, &mut found);
    list(&tags, &mut found);
    found
}

fn positive(value: f64) -> Option<f64> {
    (value > 0.0 && value < 1e6).then_some(value)
}

fn iso(tags: &Tags) -> Option<u32> {
    // 65535 means that the number is too large for its tag and stands elsewhere.
    let short = tags
        .number(0x8827)
        .filter(|&value| value > 0.0 && value < 65_535.0);
    let value = short
        .or_else(|| tags.number(0x8833))
        .or_else(|| tags.number(0x8832))?;
    (value > 0.0 && value < 1e8).then_some(value as u32)
}

fn stamp(tags: &Tags, date: u16, offset: u16, found: &mut Found) -> Option<Stamp> {
    let text = tags.text(date)?;
    match dates::exif(&text) {
        Ok(local) => {
            // Before version 2.31 there was one offset for all, if any.
            let offset = tags.text(offset).or_else(|| tags.text(0x9010));
            let offset_minutes = offset.and_then(|offset| dates::offset(&offset));
            Some(Stamp {
                local,
                offset_minutes,
            })
        }
        Err(Unusable::Absent) => None,
        Err(Unusable::Implausible(reason)) => {
            found.warn(reason);
            None
        }
    }
}

fn read_gps(tags: &Tags, found: &mut Found) {
    let (Some(latitude), Some(longitude)) = (tags.gps(2), tags.gps(4)) else {
        return;
    };
    let (Some(latitude), Some(longitude)) = (degrees(latitude), degrees(longitude)) else {
        found.warn("the position cannot be read");
        return;
    };
    let is_marked = |tag: u16, mark: char| {
        let text = tags
            .gps(tag)
            .and_then(|entry| text::decode(&entry.ifd.data));
        text.is_some_and(|text| text.to_ascii_uppercase().starts_with(mark))
    };
    let latitude = if is_marked(1, 'S') {
        -latitude
    } else {
        latitude
    };
    let longitude = if is_marked(3, 'W') {
        -longitude
    } else {
        longitude
    };
    let is_below = tags.gps(5).and_then(|entry| number(&entry.value, 0)) == Some(1.0);
    let altitude = tags.gps(6).and_then(|entry| number(&entry.value, 0));
    let altitude = altitude.map(|metres| if is_below { -metres } else { metres });
    match gps::checked(latitude, longitude, altitude) {
        Ok(place) => found.gps = Some(place),
        Err(reason) => found.warn(reason),
    }
}

fn degrees(entry: &ExifEntry) -> Option<f64> {
    let part = |index| number(&entry.value, index);
    let minutes = part(1).unwrap_or(0.0);
    Some(part(0)? + minutes / 60.0 + part(2).unwrap_or(0.0) / 3600.0)
}

/// Lists what is readable.
fn list(tags: &Tags, found: &mut Found) {
    for entry in &tags.0 {
        // Pointers to directories, and a printer's settings.
        if matches!(entry.ifd.tag, 0x8769 | 0x8825 | 0xa005 | 0xc4a5) {
            continue;
        }
        let group = if entry.kind == IfdKind::Gps {
            "gps"
        } else {
            "exif"
        };
        let name = match entry.tag {
            rexif::ExifTag::UnknownToMe => format!("0x{:04x}", entry.ifd.tag),
            known => format!("{known:?}"),
        };
        let is_readable = entry.tag != rexif::ExifTag::UnknownToMe;
        let value = match &entry.value {
            _ if entry.ifd.format == IfdFormat::Ascii => text::decode(&entry.ifd.data),
            _ if matches!(entry.ifd.tag, 0x9c9b..=0x9c9f) => text::utf16(&entry.ifd.data, true),
            _ if entry.ifd.tag == 0x9286 => user_comment(entry),
            _ if is_readable => text::tidy(&entry.value_more_readable),
            TagValue::Undefined(..) | TagValue::Unknown(..) | TagValue::Invalid(..) => None,
            value if entry.ifd.count <= 16 => text::tidy(&value.to_string()),
            _ => None,
        };
        if let Some(value) = value {
            found.field(group, &name, &value);
        }
    }
}

/// Reads a comment whose first eight bytes name its encoding.
fn user_comment(entry: &ExifEntry) -> Option<String> {
    let (code, comment) = entry.ifd.data.split_at_checked(8)?;
    match code {
        b"UNICODE\0" => {
            // The standard forgot to say which byte order; most follow that of the block.
            let is_little = match comment {
                [0xff, 0xfe, ..] => true,
                [0xfe, 0xff, ..] => false,
                _ => entry.ifd.le,
            };
            text::utf16(comment, is_little)
        }
        b"JIS\0\0\0\0\0" => None,
        _ => text::decode(comment),
    }
}

/// The entries, by directory and number.
struct Tags(Vec<ExifEntry>);

impl Tags {
    fn main(&self, tag: u16) -> Option<&ExifEntry> {
        self.0
            .iter()
            .find(|entry| entry.ifd.tag == tag && entry.kind != IfdKind::Gps)
    }

    fn gps(&self, tag: u16) -> Option<&ExifEntry> {
        self.0
            .iter()
            .find(|entry| entry.ifd.tag == tag && entry.kind == IfdKind::Gps)
    }

    /// Text, from the raw bytes: Rexif takes Latin-1 for broken UTF-8.
    fn text(&self, tag: u16) -> Option<String> {
        text::decode(&self.main(tag)?.ifd.data).map(|value| text::cap(&value))
    }

    /// Windows Explorer's UTF-16 fields.
    fn wide_text(&self, tag: u16) -> Option<String> {
        text::utf16(&self.main(tag)?.ifd.data, true).map(|value| text::cap(&value))
    }

    fn number(&self, tag: u16) -> Option<f64> {
        number(&self.main(tag)?.value, 0)
    }
}

fn number(value: &TagValue, index: usize) -> Option<f64> {
    let number = match value {
        TagValue::U8(values) => f64::from(*values.get(index)?),
        TagValue::U16(values) => f64::from(*values.get(index)?),
        TagValue::U32(values) => f64::from(*values.get(index)?),
        TagValue::I16(values) => f64::from(*values.get(index)?),
        TagValue::I32(values) => f64::from(*values.get(index)?),
        TagValue::F32(values) => f64::from(*values.get(index)?),
        TagValue::F64(values) => *values.get(index)?,
        TagValue::URational(values) => values.get(index)?.value(),
        TagValue::IRational(values) => values.get(index)?.value(),
        _ => return None,
    };
    number.is_finite().then_some(number)
}
