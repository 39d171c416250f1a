use image::RgbImage;
use moxcms::ColorProfile;

use super::fixtures::*;
use crate::turbo::{Compressor, PixelFormat, Subsampling};

fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut payload = b"ICC_PROFILE\0\x01\x01".to_vec();
    payload.extend_from_slice(profile);
    with_segment(jpeg, 0xe2, &payload)
}

fn flat(colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(64, 48, image::Rgb(colour))
}

fn centre(picture: &RgbImage) -> [u8; 3] {
    picture
        .get_pixel(picture.width() / 2, picture.height() / 2)
        .0
}

#[track_caller]
fn assert_near(found: [u8; 3], expected: [u8; 3], tolerance: u8) {
    let is_near = found
        .iter()
        .zip(expected)
        .all(|(a, b)| a.abs_diff(b) <= tolerance);
    assert!(is_near, "{found:?} instead of {expected:?}");
}

#[test]
fn a_wide_gamut_becomes_srgb() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let bytes = with_profile(&jpeg(&flat([200, 100, 100]), Subsampling::S444), &profile);
    let rendered = render(&bytes, &[32]);
    assert!(rendered.warnings.is_empty());
    // Computed from the primaries of both by hand.
    assert_near(centre(&decoded(&rendered, 0)), [214, 94, 97], 3);
}

#[test]
fn a_wide_gamut_picture_is_turned_and_keeps_its_shape() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let upright = draw(301, 203);
    let stored = image::imageops::rotate270(&upright);
    let bytes = oriented_jpeg(
        &with_profile(&jpeg(&stored, Subsampling::S420), &profile),
        6,
    );
    let rendered = render(&bytes, &[151]);
    assert_eq!((rendered.width, rendered.height), (301, 203));
    let found = decoded(&rendered, 0);
    let expected = reduced(&upright, found.width(), found.height());
    // Colours differ by the conversion, shapes do not.
    assert!(psnr(&found, &expected) > 24.0);
}

#[test]
fn a_broken_profile_is_a_warning() {
    let bytes = with_profile(
        &jpeg(&flat([10, 200, 30]), Subsampling::S444),
        b"not a profile",
    );
    let rendered = render(&bytes, &[32]);
    assert!(rendered.warnings[0].starts_with("the colour profile was ignored"));
    assert_near(centre(&decoded(&rendered, 0)), [10, 200, 30], 3);
}

/// Four inks as Adobe stores them: no ink is 255.
fn cmyk_jpeg(inks: [u8; 4], width: u32, height: u32) -> Vec<u8> {
    let stored = inks.map(|ink| 255 - ink);
    let count = (width * height) as usize;
    let pixels: Vec<u8> = std::iter::repeat_n(stored, count).flatten().collect();
    let mut compressor = Compressor::new().unwrap();
    let format = PixelFormat::Cmyk;
    compressor.encode_pixels(&pixels, width, height, format, Subsampling::S444, 95)
}

#[test]
fn inks_without_a_profile_look_printed() {
    let cases = [
        ([0, 0, 0, 0], [255, 255, 255]),
        ([255, 0, 0, 0], [0, 174, 239]),
        ([0, 255, 255, 0], [237, 28, 36]),
        ([0, 0, 0, 255], [35, 31, 32]),
    ];
    for (inks, expected) in cases {
        let rendered = render(&cmyk_jpeg(inks, 64, 48), &[32]);
        assert_near(centre(&decoded(&rendered, 0)), expected, 6);
    }
}

#[test]
fn inks_with_a_profile_for_other_pixels_fall_back() {
    let profile = ColorProfile::new_srgb().encode().unwrap();
    let rendered = render(
        &with_profile(&cmyk_jpeg([0, 0, 0, 0], 33, 21), &profile),
        &[15],
    );
    assert!(rendered.warnings[0].contains("colour profile was ignored"));
    assert_near(centre(&decoded(&rendered, 0)), [255, 255, 255], 2);
}

#[test]
fn a_linear_grey_is_brightened() {
    let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let bytes = with_profile(&jpeg(&flat([64; 3]), Subsampling::Grey), &profile);
    let found = decoded(&render(&bytes, &[32]), 0);
    assert_near(centre(&found), [137; 3], 3);
}

#[test]
fn nothing_of_the_originals_metadata_is_in_a_rendition() {
    let bytes = jpeg(&flat([9, 9, 9]), Subsampling::S420);
    let profile = ColorProfile::new_srgb().encode().unwrap();
    let bytes = oriented_jpeg(&with_profile(&bytes, &profile), 1);
    let rendered = render(&bytes, &[32]);
    let markers: Vec<u8> = crate::render::markers::segments(&rendered.renditions[0].bytes)
        .map(|segment| segment.marker)
        .collect();
    // JFIF's own header, tables, the frame and the scan.
    assert!(
        markers
            .iter()
            .all(|marker| matches!(marker, 0xe0 | 0xdb | 0xc0 | 0xc4 | 0xda)),
        "{markers:x?}"
    );
}
