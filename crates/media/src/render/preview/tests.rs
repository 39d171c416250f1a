use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::{find, is_raw};
use crate::render::{RenderError, RenderSpec, Renderer};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    // Red on the left, blue on the right.
    let drawn = RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([250, 0, 0])
        } else {
            Rgb([0, 0, 250])
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(drawn)
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

/// A directory, little-endian; values are longs or shorts.
fn directory(entries: &[(u16, u16, u32, u32)], next: u32) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(next.to_le_bytes());
    bytes
}

/// A raw file as Nikon and Sony build it: a thumbnail first, then sensor data and a preview in
/// directories below.
fn raw(orientation: u32, preview: &[u8]) -> Vec<u8> {
    const LISTS: u32 = 200;
    const SENSOR: u32 = 220;
    const BELOW: u32 = 320;
    const JPEG: u32 = 500;
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(directory(
        &[
            (0x0112, 3, 1, orientation),
            (0x0103, 3, 1, 1),
            (0x014a, 4, 2, LISTS),
        ],
        0,
    ));
    bytes.resize(LISTS as usize, 0);
    bytes.extend(SENSOR.to_le_bytes());
    bytes.extend(BELOW.to_le_bytes());
    bytes.resize(SENSOR as usize, 0);
    bytes.extend(directory(&[(0x0106, 3, 1, 32_803)], 0));
    bytes.resize(BELOW as usize, 0);
    bytes.extend(directory(
        &[(0x0201, 4, 1, JPEG), (0x0202, 4, 1, preview.len() as u32)],
        0,
    ));
    bytes.resize(JPEG as usize, 0);
    bytes.extend(preview);
    bytes
}

#[test]
fn a_directory_below_names_the_preview() {
    let preview = jpeg(1200, 800);
    let raw = raw(1, &preview);
    let found = find(&raw).unwrap();
    assert_eq!((found.width, found.height), (1200, 800));
    assert_eq!(found.jpeg, preview);
    assert!(is_raw(&raw));
}

#[test]
fn a_raw_file_is_shown_by_its_preview_and_turned_as_it_says() {
    let bytes = raw(6, &jpeg(1200, 800));
    let rendered = Renderer::new()
        .render(&bytes, &RenderSpec::default())
        .unwrap();
    assert_eq!((rendered.width, rendered.height), (800, 1200));
    // A quarter to the right: what was left is on top.
    let picture = image::load_from_memory(&rendered.renditions[0].bytes)
        .unwrap()
        .into_rgb8();
    assert!(picture.get_pixel(100, 10)[0] > 200, "red on top");
    assert!(picture.get_pixel(100, 300)[2] > 200, "blue below");
    let warning = &rendered.warnings[0];
    assert!(warning.contains("1200 × 800"), "{warning}");
}

#[test]
fn the_largest_preview_is_found_where_no_directory_names_it() {
    let mut bytes = b"FUJIFILMCCD-RAW 0201".to_vec();
    bytes.resize(300, 7);
    bytes.extend(jpeg(160, 120));
    bytes.resize(bytes.len() + 99, 9);
    bytes.extend(jpeg(640, 480));
    bytes.extend([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3]);
    let found = find(&bytes).unwrap();
    assert_eq!((found.width, found.height), (640, 480));
    let rendered = Renderer::new().render(&bytes, &RenderSpec::default());
    assert_eq!(rendered.unwrap().width, 640);
}

#[test]
fn a_lossless_jpeg_is_sensor_data() {
    let mut preview = jpeg(1200, 800);
    let frame = preview.windows(2).position(|pair| pair == [0xff, 0xc0]);
    preview[frame.unwrap() + 1] = 0xc3;
    let error = Renderer::new().render(&raw(1, &preview), &RenderSpec::default());
    assert_eq!(error.unwrap_err(), RenderError::NoPreview);
}

#[test]
fn directories_in_a_circle_or_outside_the_file_end() {
    let mut circle = b"II*\0\x08\0\0\0".to_vec();
    circle.extend(directory(&[(0x014a, 4, 1, 8)], 8));
    assert_eq!(find(&circle), None);
    let mut outside = b"MM\0*\xff\xff\xff\xff".to_vec();
    outside.resize(64, 0xff);
    assert_eq!(find(&outside), None);
    let mut long = b"II*\0\x08\0\0\0".to_vec();
    long.extend(directory(
        &[(0x0201, 4, 1, u32::MAX), (0x0202, 4, 1, u32::MAX)],
        u32::MAX,
    ));
    assert_eq!(find(&long), None);
}
