//! Which standard wins.
//!
//! Words about a picture are edited, and editors write XMP, then IPTC; what EXIF has for them is
//! often the camera's. How a picture was taken only the camera knows, so there EXIF comes first.

use super::{Field, Found, MAX_FIELDS, Metadata};

/// Descriptions that a camera puts into every picture.
const CAMERA_WORDS: &[&str] = &["default", "hdr", "oznor", "samsung", "untitled"];

/// What each standard said, by name.
type Sources = [(&'static str, Found); 4];

const EXIF: usize = 0;
const IPTC: usize = 1;
const XMP: usize = 2;
const PNG: usize = 3;

const EDITED: [usize; 4] = [XMP, IPTC, EXIF, PNG];
const MEASURED: [usize; 4] = [EXIF, XMP, IPTC, PNG];

pub(super) fn merge(
    metadata: &mut Metadata,
    exif: Option<Found>,
    iptc: Option<Found>,
    xmp: Option<Found>,
    png: Option<Found>,
) {
    let mut sources: Sources = [
        ("exif", exif.unwrap_or_default()),
        ("iptc", iptc.unwrap_or_default()),
        ("xmp", xmp.unwrap_or_default()),
        ("png", png.unwrap_or_default()),
    ];
    for (_, found) in &mut sources {
        found.description = found
            .description
            .take()
            .filter(|text| !is_camera_words(text));
    }
    macro_rules! take {
        ($order:expr, $($field:ident),+) => {$(
            if let Some((source, value)) = pick(&sources, $order, |found| found.$field.clone()) {
                metadata.$field = Some(value);
                metadata.origins.insert(stringify!($field).to_owned(), source.to_owned());
            }
        )+};
    }
    take!(
        EDITED,
        title,
        description,
        creator,
        copyright,
        rating,
        city,
        state,
        country
    );
    take!(
        MEASURED,
        camera_make,
        camera_model,
        lens,
        software,
        f_number,
        focal_length_mm
    );
    take!(MEASURED, focal_length_35mm, iso, gps);
    if let Some((source, seconds)) = pick(&sources, MEASURED, |found| found.exposure_time) {
        metadata.exposure_time = Some(exposure(seconds));
        metadata
            .origins
            .insert("exposure_time".to_owned(), source.to_owned());
    }
    // XMP's copy of the orientation is stale wherever a program turned the pixels.
    let first = if sources[EXIF].1.orientation.is_some() {
        EXIF
    } else {
        XMP
    };
    if let (
        name,
        Found {
            orientation: Some(orientation),
            ..
        },
    ) = &sources[first]
    {
        metadata.orientation = *orientation;
        metadata
            .origins
            .insert("orientation".to_owned(), (*name).to_owned());
    }
    merge_keywords(metadata, &sources);
    let taken = pick(&sources, MEASURED, |found| found.taken)
        .or_else(|| pick(&sources, MEASURED, |found| found.written));
    if let Some((source, stamp)) = taken {
        metadata.taken_at_local = Some(stamp.local);
        metadata.utc_offset_minutes = stamp.offset_minutes;
        metadata
            .origins
            .insert("taken_at_local".to_owned(), source.to_owned());
    }
    for (_, found) in sources {
        let room = MAX_FIELDS.saturating_sub(metadata.fields.len());
        metadata.fields.extend(found.fields.into_iter().take(room));
        found
            .warnings
            .into_iter()
            .for_each(|warning| metadata.warn(warning));
    }
    metadata
        .fields
        .dedup_by(|a: &mut Field, b: &mut Field| a == b);
}

fn pick<T>(
    sources: &Sources,
    order: [usize; 4],
    get: impl Fn(&Found) -> Option<T>,
) -> Option<(&'static str, T)> {
    order.into_iter().find_map(|index| {
        let (name, found) = &sources[index];
        get(found).map(|value| (*name, value))
    })
}

/// Keywords of all standards together, each once.
fn merge_keywords(metadata: &mut Metadata, sources: &Sources) {
    const MAX_KEYWORDS: usize = 500;
    for index in EDITED {
        let (name, found) = &sources[index];
        for keyword in &found.keywords {
            let is_new = !metadata.keywords.contains(keyword);
            if is_new && metadata.keywords.len() < MAX_KEYWORDS {
                metadata.keywords.push(super::text::cap(keyword));
                let origin = (*name).to_owned();
                metadata
                    .origins
                    .entry("keywords".to_owned())
                    .or_insert(origin);
            }
        }
    }
}

/// Whether a description is the camera's and not a person's; copied on by every editor.
fn is_camera_words(text: &str) -> bool {
    let lower = text.to_lowercase();
    CAMERA_WORDS.iter().any(|words| lower == *words)
        || lower.starts_with("sony dsc")
        || (lower.len() < 40 && lower.ends_with("digital camera"))
        || (lower.len() < 40 && lower.ends_with("digital still camera"))
}

/// Writes seconds as on a shutter dial.
fn exposure(seconds: f64) -> String {
    if seconds < 0.3 {
        return format!("1/{}", (1.0 / seconds).round());
    }
    let rounded = (seconds * 10.0).round() / 10.0;
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> Found {
        Found {
            title: Some(title.to_owned()),
            ..Found::default()
        }
    }

    #[test]
    fn edited_words_win_over_the_cameras() {
        let mut metadata = Metadata::default();
        merge(
            &mut metadata,
            Some(titled("exif")),
            Some(titled("iptc")),
            None,
            None,
        );
        assert_eq!(metadata.title.as_deref(), Some("iptc"));
        assert_eq!(metadata.origins["title"], "iptc");
    }

    #[test]
    fn measurements_come_from_the_camera() {
        let exif = Found {
            iso: Some(100),
            exposure_time: Some(0.004),
            ..Found::default()
        };
        let xmp = Found {
            iso: Some(999),
            f_number: Some(2.8),
            ..Found::default()
        };
        let mut metadata = Metadata::default();
        merge(&mut metadata, Some(exif), None, Some(xmp), None);
        assert_eq!((metadata.iso, metadata.f_number), (Some(100), Some(2.8)));
        assert_eq!(metadata.exposure_time.as_deref(), Some("1/250"));
        assert_eq!(metadata.origins["f_number"], "xmp");
    }

    #[test]
    fn a_cameras_own_words_are_no_description() {
        let said = |text: &str| Found {
            description: Some(text.to_owned()),
            ..Found::default()
        };
        let mut metadata = Metadata::default();
        let xmp = said("OLYMPUS DIGITAL CAMERA");
        merge(
            &mut metadata,
            Some(said("The bridge")),
            None,
            Some(xmp),
            None,
        );
        assert_eq!(metadata.description.as_deref(), Some("The bridge"));
    }

    #[test]
    fn exposures_read_as_on_a_dial() {
        assert_eq!(exposure(1.0 / 8000.0), "1/8000");
        assert_eq!(exposure(0.5), "0.5");
        assert_eq!(exposure(30.0), "30");
    }

    #[test]
    fn keywords_of_all_standards_are_joined_once() {
        let some = |words: &[&str]| Found {
            keywords: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Found::default()
        };
        let mut metadata = Metadata::default();
        merge(
            &mut metadata,
            None,
            Some(some(&["a", "b"])),
            Some(some(&["b", "c"])),
            None,
        );
        assert_eq!(metadata.keywords, ["b", "c", "a"]);
    }
}
