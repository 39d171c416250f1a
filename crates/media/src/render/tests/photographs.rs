//! Real photographs, when the collection lies beside the project.

use std::path::{Path, PathBuf};

use crate::render::{RenderSpec, Renderer};

fn collection() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/photos");
    if !folder.is_dir() {
        println!("skipped: the collection of photographs is not here");
        return None;
    }
    Some(folder)
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
fn every_photograph_by_a_camera_renders() {
    let Some(folder) = collection() else { return };
    let mut files = Vec::new();
    files_under(&folder.join("cameras"), &mut files);
    let mut renderer = Renderer::new();
    for file in files {
        let result = renderer.render(&std::fs::read(&file).unwrap(), &RenderSpec::default());
        let rendered = result.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(rendered.renditions.len(), 3);
    }
}

#[test]
fn the_orientation_examples_all_stand_upright() {
    let Some(folder) = collection() else { return };
    let mut renderer = Renderer::new();
    for (kind, size) in [("Landscape", (1800, 1200)), ("Portrait", (1200, 1800))] {
        let mut hashes = Vec::new();
        for number in 1..=8 {
            let file = folder.join(format!("orientation/{kind}_{number}.jpg"));
            let bytes = std::fs::read(file).unwrap();
            let rendered = renderer.render(&bytes, &RenderSpec::default()).unwrap();
            assert_eq!((rendered.width, rendered.height), size, "{kind} {number}");
            let thumbnail = &rendered.renditions[0];
            let picture = image::load_from_memory(&thumbnail.bytes).unwrap();
            let tiny = picture.resize_exact(8, 8, image::imageops::FilterType::Triangle);
            hashes.push(tiny.into_luma8().into_raw());
        }
        for hash in &hashes {
            let difference: u32 = hash
                .iter()
                .zip(&hashes[0])
                .map(|(a, b)| u32::from(a.abs_diff(*b)))
                .sum();
            assert!(difference / 64 < 12, "{kind}: {difference}");
        }
    }
}

#[test]
fn broken_files_never_panic() {
    let Some(folder) = collection() else { return };
    let mut files = Vec::new();
    files_under(&folder.join("broken"), &mut files);
    files_under(&folder.join("formats"), &mut files);
    let mut renderer = Renderer::new();
    for file in files {
        let result = renderer.render(&std::fs::read(&file).unwrap(), &RenderSpec::default());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match result {
            Ok(rendered) => println!(
                "{name}: {} × {} {:?}",
                rendered.width, rendered.height, rendered.warnings
            ),
            Err(error) => println!("{name}: {error}"),
        }
    }
}
