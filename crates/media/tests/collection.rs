//! Every file of the collection of photographs, when it lies beside the project, through the real
//! child: each ends with its renditions or with a reason.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use image::RgbImage;
use stowage_media::{
    DecodeError, Decoder, DecoderOptions, FileClass, RenderError, RenderSpec, Rendered, metadata,
    sniff,
};

fn collection() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/photos");
    if !folder.is_dir() {
        println!("skipped: the collection of photographs is not here");
        return None;
    }
    Some(folder)
}

fn files_under(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files_under(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}

fn decoder() -> Decoder {
    let mut options = DecoderOptions::new(env!("CARGO_BIN_EXE_stowage-media-decode"));
    options.args = Vec::new();
    Decoder::new(options)
}

/// The most memory that the child has had, in KiB.
fn peak(decoder: &Decoder) -> u64 {
    let Some(id) = decoder.child_id() else {
        return 0;
    };
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the child runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn every_file_ends_with_renditions_or_a_reason() {
    let Some(folder) = collection() else { return };
    let mut files = Vec::new();
    files_under(&folder, &mut files);
    let mut decoder = decoder();
    let (mut rendered, mut refused, mut most) = (0, 0, (0, String::new()));
    for file in files {
        let bytes = Bytes::from(std::fs::read(&file).unwrap());
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        let file_type = sniff(&bytes, &name);
        let read = metadata::read(&mut std::io::Cursor::new(&bytes), &file_type);
        let result = decoder.render("one", bytes, &RenderSpec::default()).await;
        let memory = peak(&decoder);
        if memory > most.0 {
            most = (memory, name.clone());
        }
        match result {
            Ok(Rendered {
                width,
                height,
                renditions,
                warnings,
                ..
            }) => {
                rendered += 1;
                assert_eq!(renditions.len(), 3, "{name}");
                assert_eq!(file_type.class, FileClass::Renderable, "{name}");
                println!("{name}: {width} × {height} {warnings:?}");
            }
            Err(error) => {
                refused += 1;
                println!("{name}: {error}; metadata: {:?}", read.warnings);
                let is_reason = match &error {
                    DecodeError::Render(RenderError::Internal { .. }) => false,
                    DecodeError::Render(_) | DecodeError::HelperMissing { .. } => true,
                    _ => false,
                };
                assert!(is_reason, "{name}: {error:?}");
                assert!(!error.to_string().is_empty());
            }
        }
    }
    println!(
        "{rendered} rendered, {refused} with a reason; most memory: {} MiB, by {}",
        most.0 >> 10,
        most.1
    );
    assert!(rendered > 50);
}

/// Where the shapes lie in a picture, without its fine detail.
fn outline(rendered: &Rendered) -> RgbImage {
    let picture =
        image::load_from_memory(&rendered.renditions[0].bytes).expect("a rendition is a picture");
    picture
        .resize_exact(32, 32, image::imageops::FilterType::Triangle)
        .into_rgb8()
}

fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    let pairs = one.as_raw().iter().zip(other.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.as_raw().len() as f64
}

#[tokio::test]
async fn the_sixteen_orientations_look_the_same() {
    let Some(folder) = collection() else { return };
    let mut decoder = decoder();
    for kind in ["Landscape", "Portrait"] {
        let mut first = None;
        for number in 1..=8 {
            let file = folder.join(format!("orientation/{kind}_{number}.jpg"));
            let bytes = Bytes::from(std::fs::read(file).unwrap());
            let rendered = decoder.render("one", bytes, &RenderSpec::default()).await;
            let outline = outline(&rendered.unwrap());
            let first = first.get_or_insert_with(|| outline.clone());
            let difference = difference(first, &outline);
            println!("{kind} {number}: {difference:.2} of 255");
            assert!(difference < 12.0, "{kind} {number}: {difference}");
        }
    }
    assert_eq!(decoder.children_started(), 1);
}

#[tokio::test]
async fn a_photograph_by_a_phone_is_turned_once() {
    let Some(folder) = collection() else { return };
    let file = folder.join("formats/IMG_2927.HEIC");
    let bytes = Bytes::from(std::fs::read(file).unwrap());
    match decoder().render("one", bytes, &RenderSpec::default()).await {
        // Stored lying, with a turn in the container and the same turn again in its EXIF.
        Ok(rendered) => assert_eq!((rendered.width, rendered.height), (3024, 4032)),
        Err(DecodeError::HelperMissing { .. }) => println!("skipped: there is no heif-convert"),
        Err(error) => panic!("{error}"),
    }
}
