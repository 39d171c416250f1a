//! HEIC and AVIF by the real helper, in its real cage. The pictures are made by libheif's own
//! encoder, so that no test needs anybody's.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use stowage_media::{DecodeError, Decoder, DecoderOptions, RenderError, RenderSpec, Rendered};

fn options() -> DecoderOptions {
    let mut options = DecoderOptions::new(env!("CARGO_BIN_EXE_stowage-media-decode"));
    options.args = Vec::new();
    options
}

/// Whether a program is there; its absence is an error where everything has to be present.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !is_there {
        assert!(
            std::env::var_os("STOWAGE_REQUIRE_ALL_BACKENDS").is_none(),
            "{program} is missing: install libheif-examples"
        );
        println!("skipped: {program} is not installed");
    }
    is_there
}

/// Four colours, one in each corner, so that any turn shows.
fn drawn() -> DynamicImage {
    let picture = RgbImage::from_fn(800, 600, |x, y| match (x < 400, y < 300) {
        (true, true) => Rgb([230, 20, 20]),
        (false, true) => Rgb([20, 230, 20]),
        (true, false) => Rgb([20, 20, 230]),
        (false, false) => Rgb([230, 230, 20]),
    });
    DynamicImage::from(picture)
}

fn encode(format: ImageFormat) -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    drawn()
        .write_to(&mut bytes, format)
        .expect("a Vec takes everything");
    Bytes::from(bytes.into_inner())
}

fn folder() -> PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("heif-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Makes a file with `heif-enc`; `kind` is its extension.
fn heif(name: &str, kind: &str, arguments: &[&str]) -> Bytes {
    let folder = folder();
    let source = folder.join(format!("{name}.png"));
    let made = folder.join(format!("{name}.{kind}"));
    std::fs::write(&source, encode(ImageFormat::Png)).expect("a file can be written");
    let output = Command::new("heif-enc")
        .args(arguments)
        .args(["-q", "90", "-o"])
        .args([&made, &source])
        .output()
        .expect("heif-enc came with the decoder");
    assert!(output.status.success(), "{output:?}");
    Bytes::from(std::fs::read(made).expect("it was just made"))
}

fn thumbnail(rendered: &Rendered) -> RgbImage {
    image::load_from_memory(&rendered.renditions[0].bytes)
        .expect("a rendition is a picture")
        .into_rgb8()
}

/// The mean difference of two pictures of the same size, of 255.
fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let pairs = one.as_raw().iter().zip(other.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.as_raw().len() as f64
}

#[tokio::test]
async fn heic_and_avif_look_like_what_they_were_made_of() {
    if !has("heif-enc") || !has("heif-convert") {
        return;
    }
    let mut decoder = Decoder::new(options());
    let spec = RenderSpec::default();
    let expected = decoder
        .render("one", encode(ImageFormat::Png), &spec)
        .await
        .unwrap();
    for (kind, arguments) in [("heic", [].as_slice()), ("avif", &["-A"])] {
        let bytes = heif("looks", kind, arguments);
        let found = decoder.render("one", bytes, &spec).await.unwrap();
        assert_eq!((found.width, found.height), (800, 600), "{kind}");
        assert_eq!(found.renditions.len(), 3);
        let difference = difference(&thumbnail(&found), &thumbnail(&expected));
        println!("{kind}: {difference:.2} of 255");
        assert!(difference < 6.0, "{kind}: {difference}");
    }
    assert_eq!(decoder.children_started(), 1, "nothing was restarted");
}

#[tokio::test]
async fn without_the_helper_the_reason_names_the_package() {
    let mut options = options();
    options.heif_program = PathBuf::from("/nonexistent/heif-convert");
    let mut decoder = Decoder::new(options);
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    heic.resize(100, 0);
    let error = decoder
        .render("one", Bytes::from(heic), &RenderSpec::default())
        .await
        .unwrap_err();
    assert!(
        matches!(error, DecodeError::HelperMissing { .. }),
        "{error:?}"
    );
    assert!(!error.is_temporary());
    let message = error.to_string();
    assert!(message.contains("libheif-examples"), "{message}");
}

#[tokio::test]
async fn the_helper_can_neither_write_nor_call_nor_look_around() {
    let mut options = options();
    options.heif_program = PathBuf::from(env!("CARGO_BIN_EXE_stowage-media-break-out"));
    let mut decoder = Decoder::new(options);
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    heic.resize(100, 0);
    let error = decoder
        .render("one", Bytes::from(heic), &RenderSpec::default())
        .await
        .unwrap_err();
    if let DecodeError::HelperUnsafe { reason } = &error {
        // The one excuse there is.
        assert!(reason.contains("Landlock"), "{reason}");
        println!("not run at all: {reason}");
        return;
    }
    let message = error.to_string();
    assert!(
        message.ends_with("managed: []; threads true, input true, output true"),
        "{message}"
    );
}

#[test]
fn what_the_helper_is_kept_from_is_possible_outside() {
    let output = folder().join("free");
    std::fs::write(&output, "").unwrap();
    let program = env!("CARGO_BIN_EXE_stowage-media-break-out");
    let free = Command::new(program).arg(&output).output().unwrap();
    let said = String::from_utf8(free.stderr).unwrap();
    for what in [
        "read /etc/passwd",
        "list /",
        "list /tmp",
        "make a file beside its output",
        "remove its output",
        "listen",
        "make a datagram socket",
        "make a pair of sockets",
        "run a program",
    ] {
        assert!(said.contains(&format!("\"{what}\"")), "{what}: {said}");
    }
}

#[tokio::test]
async fn damaged_and_boundless_files_end_in_a_reason() {
    if !has("heif-enc") || !has("heif-convert") {
        return;
    }
    let mut decoder = Decoder::new(options());
    let spec = RenderSpec::default();
    for (kind, arguments) in [("heic", [].as_slice()), ("avif", &["-A"])] {
        let whole = heif("damaged", kind, arguments);
        let half = whole.slice(..whole.len() / 2);
        let head = whole.slice(..64);
        let mut vast = whole.to_vec();
        let places: Vec<usize> = vast
            .windows(4)
            .enumerate()
            .filter_map(|(at, name)| (name == b"ispe").then_some(at))
            .collect();
        assert!(!places.is_empty());
        for at in places {
            vast[at + 8..at + 12].copy_from_slice(&65_500_u32.to_be_bytes());
            vast[at + 12..at + 16].copy_from_slice(&65_500_u32.to_be_bytes());
        }
        for (what, bytes) in [("half", half), ("head", head), ("vast", Bytes::from(vast))] {
            // A lie in the header alone may be seen through: the picture inside is what it was.
            match decoder.render("one", bytes, &spec).await {
                Ok(rendered) => println!("{kind} {what}: {} pixels wide", rendered.width),
                Err(error) => {
                    println!("{kind} {what}: {error}");
                    let is_about_file = matches!(
                        error,
                        DecodeError::Render(RenderError::Broken { .. }) | DecodeError::OutOfMemory
                    );
                    assert!(is_about_file, "{kind} {what}: {error:?}");
                }
            }
        }
    }
    let fine = decoder.render("one", encode(ImageFormat::Jpeg), &spec);
    assert_eq!(fine.await.unwrap().width, 800);
}

#[tokio::test]
async fn the_links_for_the_output_go_with_the_decoder() {
    if !has("heif-convert") {
        return;
    }
    let ours = format!("stowage-heif-{}-", std::process::id());
    let left = || {
        let entries = std::fs::read_dir(std::env::temp_dir()).unwrap();
        entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&ours))
            .count()
    };
    let before = left();
    let mut decoder = Decoder::new(options());
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    heic.resize(100, 0);
    let rendered = decoder
        .render("one", Bytes::from(heic), &RenderSpec::default())
        .await;
    assert!(rendered.is_err());
    assert_eq!(left(), before + 1);
    drop(decoder);
    assert_eq!(left(), before);
}
