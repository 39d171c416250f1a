use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use crate::metadata::{Metadata, read};
use crate::sniff::sniff;

fn collection() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/photos");
    if !folder.is_dir() {
        println!("skipped: the collection of photographs is not here");
        return None;
    }
    Some(folder)
}

fn read_file(path: &Path) -> Metadata {
    let mut head = Vec::new();
    File::open(path)
        .unwrap()
        .take(8192)
        .read_to_end(&mut head)
        .unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    read(
        &mut BufReader::new(File::open(path).unwrap()),
        &sniff(&head, &name),
    )
}

fn files_under(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}

#[test]
fn cameras_are_named_and_dated() {
    let Some(folder) = collection() else { return };
    let mut files = Vec::new();
    files_under(&folder.join("cameras"), &mut files);
    let (mut named, mut dated, mut placed) = (0, 0, 0);
    for path in &files {
        let metadata = read_file(path);
        println!(
            "{}: {:?} {:?} {:?} {:?} {:?} ISO {:?} {:?} {:?} {}×{} {} fields {:?}",
            path.file_name().unwrap().to_string_lossy(),
            metadata.camera_make,
            metadata.camera_model,
            metadata.taken_at_local.map(|taken| taken.to_string()),
            metadata.exposure_time,
            metadata.f_number,
            metadata.iso,
            metadata.gps,
            metadata.title.as_ref().or(metadata.description.as_ref()),
            metadata.width.unwrap_or(0),
            metadata.height.unwrap_or(0),
            metadata.fields.len(),
            metadata.warnings,
        );
        assert!(metadata.width.is_some(), "{}", path.display());
        named += u32::from(metadata.camera_model.is_some());
        dated += u32::from(metadata.taken_at_local.is_some());
        placed += u32::from(metadata.gps.is_some());
    }
    println!(
        "{} files: {named} named, {dated} dated, {placed} placed",
        files.len()
    );
    assert!(named >= 36 && dated >= 34, "{named} named, {dated} dated");
}

#[test]
fn every_file_is_read_without_a_panic() {
    let Some(folder) = collection() else { return };
    let mut files = Vec::new();
    files_under(&folder, &mut files);
    for path in files {
        let metadata = read_file(&path);
        let gave_up = metadata
            .warnings
            .iter()
            .any(|warning| warning.contains("gave up"));
        assert!(!gave_up, "{}", path.display());
        println!(
            "{}: {:?}×{:?} orientation {} animated {} {} fields {:?}",
            path.file_name().unwrap().to_string_lossy(),
            metadata.width,
            metadata.height,
            metadata.orientation,
            metadata.is_animated,
            metadata.fields.len(),
            metadata.warnings,
        );
    }
}

#[test]
fn orientation_examples_say_their_number() {
    let Some(folder) = collection() else { return };
    for number in 1..=8 {
        let path = folder.join(format!("orientation/Landscape_{number}.jpg"));
        assert_eq!(read_file(&path).orientation, number);
    }
}
