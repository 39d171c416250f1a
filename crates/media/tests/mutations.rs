//! Damaged files through the real child, one after the other: each ends with renditions or a
//! reason, and the next sound picture renders.
//!
//! `STOWAGE_TEST_MUTATIONS` says how many (300), `STOWAGE_TEST_SEED` with which chances. Under
//! `deploy/dev/sandbox-log` the kernel's side of it is counted as well.

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat, RgbImage};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stowage_media::{DecodeError, Decoder, DecoderOptions, RenderError, RenderSpec};

#[expect(
    clippy::disallowed_methods,
    reason = "a test reads how long it is to run"
)]
fn number(variable: &str, otherwise: u64) -> u64 {
    let set = std::env::var(variable).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// One picture of each format, and the small ones of the collection where it is there.
fn sound_files() -> Vec<Vec<u8>> {
    let drawn = RgbImage::from_fn(120, 80, |x, y| {
        image::Rgb([(x * 2) as u8, (y * 3) as u8, 90])
    });
    let formats = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Tiff,
        ImageFormat::Bmp,
    ];
    let mut files: Vec<Vec<u8>> = formats
        .into_iter()
        .map(|format| {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::from(drawn.clone())
                .write_to(&mut bytes, format)
                .expect("a Vec takes everything");
            bytes.into_inner()
        })
        .collect();
    let collection = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/photos/formats"
    );
    for entry in std::fs::read_dir(collection)
        .into_iter()
        .flatten()
        .flatten()
    {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        if !bytes.is_empty() && bytes.len() < 300_000 {
            files.push(bytes);
        }
    }
    files
}

/// Damages a file as broken disks and hostile people do: bits, stretches, numbers, ends.
fn mutate(file: &mut Vec<u8>, other: &[u8], chance: &mut StdRng) {
    for _ in 0..chance.random_range(1..8) {
        let at = chance.random_range(0..file.len());
        // Most of what decides stands in front.
        let at = if chance.random_bool(0.5) {
            at.min(chance.random_range(0..512))
        } else {
            at
        };
        let length = chance.random_range(1..64).min(file.len() - at);
        match chance.random_range(0..6) {
            0 => file[at] ^= 1 << chance.random_range(0..8),
            1 => file[at..at + length].fill(
                *[0x00, 0xff, 0x7f, 0x80]
                    .choose(chance)
                    .expect("there are four"),
            ),
            2 => chance.fill(&mut file[at..at + length]),
            3 => {
                let copied = file[at..at + length].to_vec();
                file.splice(at..at, copied);
            }
            4 => {
                let from = chance.random_range(0..other.len());
                let taken = &other[from..(from + length).min(other.len())];
                file.splice(at..at + length, taken.iter().copied());
            }
            _ => file.truncate(at.max(1)),
        }
        if file.is_empty() {
            file.push(0);
        }
    }
}

#[tokio::test]
async fn damaged_files_end_with_renditions_or_a_reason() {
    let (count, seed) = (
        number("STOWAGE_TEST_MUTATIONS", 300),
        number("STOWAGE_TEST_SEED", 7),
    );
    println!("{count} files, seed {seed}");
    let sound = sound_files();
    let mut chance = StdRng::seed_from_u64(seed);
    let mut options = DecoderOptions::new(env!("CARGO_BIN_EXE_stowage-media-decode"));
    options.args = Vec::new();
    let mut decoder = Decoder::new(options);
    let spec = RenderSpec::default();
    let (mut rendered, mut refused) = (0, 0);
    for number in 0..count {
        let mut file = sound.choose(&mut chance).unwrap().clone();
        let other = sound.choose(&mut chance).unwrap();
        mutate(&mut file, other, &mut chance);
        match decoder.render("one", Bytes::from(file), &spec).await {
            Ok(_) => rendered += 1,
            Err(
                error @ (DecodeError::Render(RenderError::Internal { .. })
                | DecodeError::Crashed { .. }
                | DecodeError::Protocol { .. }
                | DecodeError::Spawn(_)),
            ) => panic!("file {number} of seed {seed}: {error}"),
            Err(_) => refused += 1,
        }
    }
    println!(
        "{rendered} rendered, {refused} with a reason, {} children",
        decoder.children_started()
    );
    assert!(rendered > 0 && refused > 0);
    let last = Bytes::from(sound[0].clone());
    decoder
        .render("one", last, &spec)
        .await
        .expect("a sound picture renders");
}
