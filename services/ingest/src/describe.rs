//! What a file and its path say about it.

use chrono::NaiveDateTime;
use stowage_db::repo::ImportedFile;
use stowage_domain::{ReadState, Timestamp, folder_tags};
use stowage_media::{FileClass, Metadata};

use crate::intake::Intake;

/// Puts together what the catalog keeps of a file.
pub(crate) fn describe(intake: &Intake, metadata: &Metadata, now: Timestamp) -> ImportedFile {
    let object = &intake.object;
    let name = object
        .path
        .rsplit('/')
        .next()
        .unwrap_or(&object.path)
        .to_owned();
    let taken_at = metadata.taken_at_local.map(wall_clock);
    // Without a date of its own a file sorts by when it was last changed.
    let sort_at = taken_at.or(object.modified_at).unwrap_or(now);
    let camera = camera_name(metadata);
    let folder_tags = folder_tags(&object.path);
    let (read_state, reason) = read_state(intake);
    ImportedFile {
        media_type: intake.file_type.mime.to_owned(),
        placeholder: intake.file_type.placeholder().to_owned(),
        read_state,
        reason,
        size: object.size,
        sha256: intake.read.as_ref().map(|whole| whole.sha256.clone()),
        taken_at,
        sort_at,
        month: sort_at.month(),
        camera,
        is_animated: metadata.is_animated,
        metadata: serde_json::to_string(metadata).expect("metadata is plain data"),
        folder_tags,
        keywords: keywords(metadata),
        name,
    }
}

fn read_state(intake: &Intake) -> (ReadState, Option<String>) {
    if intake.object.size == 0 {
        return (ReadState::Broken, Some("the file is empty".into()));
    }
    match intake.file_type.class {
        FileClass::Renderable => (ReadState::Renderable, None),
        FileClass::Unsupported => {
            let reason = format!("no pictures are made of {} files", intake.file_type.mime);
            (ReadState::Unsupported, Some(reason))
        }
    }
}

/// Cameras write the time on their own clock: kept as it stands, as if it were UTC.
fn wall_clock(local: NaiveDateTime) -> Timestamp {
    Timestamp::from(local.and_utc())
}

/// Returns maker and model, the maker once: "Canon EOS R5", not "Canon Canon EOS R5".
fn camera_name(metadata: &Metadata) -> Option<String> {
    let make = metadata.camera_make.as_deref().unwrap_or_default().trim();
    let model = metadata.camera_model.as_deref().unwrap_or_default().trim();
    let first_word = make.split_whitespace().next().unwrap_or_default();
    let repeats = model.to_lowercase().starts_with(&first_word.to_lowercase());
    let name = match (make, model) {
        ("", "") => return None,
        (make, "") => make.to_owned(),
        (_, model) if make.is_empty() || repeats => model.to_owned(),
        (make, model) => format!("{make} {model}"),
    };
    Some(name)
}

fn keywords(metadata: &Metadata) -> Vec<String> {
    let mut keywords: Vec<String> = Vec::new();
    for keyword in &metadata.keywords {
        let keyword = keyword.trim();
        if !keyword.is_empty() && !keywords.iter().any(|known| known == keyword) {
            keywords.push(keyword.to_owned());
        }
    }
    keywords
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(make: &str, model: &str) -> Option<String> {
        camera_name(&Metadata {
            camera_make: Some(make.into()),
            camera_model: Some(model.into()),
            ..Metadata::default()
        })
    }

    #[test]
    fn a_camera_is_named_once() {
        assert_eq!(
            camera("Canon", "Canon EOS R5").as_deref(),
            Some("Canon EOS R5")
        );
        assert_eq!(
            camera("NIKON CORPORATION", "NIKON D5000").as_deref(),
            Some("NIKON D5000")
        );
        assert_eq!(
            camera("Apple", "iPhone 12").as_deref(),
            Some("Apple iPhone 12")
        );
        assert_eq!(camera("", " "), None);
    }

    #[test]
    fn months_are_those_of_the_cameras_own_clock() {
        let new_year = NaiveDateTime::parse_from_str("2024-12-31T23:59:59", "%Y-%m-%dT%H:%M:%S");
        assert_eq!(wall_clock(new_year.unwrap()).month(), "2024-12");
    }
}
