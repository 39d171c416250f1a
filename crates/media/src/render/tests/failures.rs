use std::time::{Duration, Instant};

use super::fixtures::*;
use crate::render::{RenderError, RenderSpec, Renderer};
use crate::turbo::{Compressor, PixelFormat, Subsampling};

fn failure(bytes: &[u8]) -> RenderError {
    Renderer::new()
        .render(bytes, &RenderSpec::default())
        .unwrap_err()
}

/// Writes another size into the frame header of a JPEG.
fn patch_size(jpeg: &mut [u8], width: u16, height: u16) {
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
}

#[test]
fn a_header_that_promises_too_much_is_refused_at_once() {
    let mut bytes = jpeg(&draw(64, 64), Subsampling::S420);
    patch_size(&mut bytes, 65_500, 65_500);
    let started = Instant::now();
    let error = failure(&bytes);
    assert!(matches!(
        error,
        RenderError::TooLarge {
            width: 65_500,
            height: 65_500,
            ..
        }
    ));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_progressive_picture_is_bounded_by_its_coefficients() {
    let picture = draw(64, 64);
    let mut compressor = Compressor::new().unwrap();
    compressor.progressive(true);
    let format = PixelFormat::Rgb;
    let bytes = compressor.encode_pixels(&picture, 64, 64, format, Subsampling::S444, 80);
    let mut spec = RenderSpec {
        max_decoded_bytes: 64 * 64 * 3 * 2,
        ..RenderSpec::default()
    };
    assert!(Renderer::new().render(&bytes, &spec).is_ok());
    spec.max_decoded_bytes -= 1;
    let error = Renderer::new().render(&bytes, &spec).unwrap_err();
    assert!(matches!(error, RenderError::TooLarge { .. }), "{error}");
}

#[test]
fn a_cut_jpeg_keeps_its_upper_part_and_says_so() {
    let picture = draw(640, 480);
    let bytes = jpeg(&picture, Subsampling::S420);
    let rendered = render(&bytes[..bytes.len() * 2 / 3], &[320]);
    assert!(
        rendered.warnings[0].starts_with("damaged: "),
        "{:?}",
        rendered.warnings
    );
    let found = decoded(&rendered, 0);
    let expected = reduced(&picture, 320, 240);
    let upper =
        |image: &image::RgbImage| image::imageops::crop_imm(image, 0, 0, 320, 80).to_image();
    assert!(psnr(&upper(&found), &upper(&expected)) > 35.0);
}

#[test]
fn a_jpeg_without_any_pixels_is_broken() {
    let bytes = jpeg(&draw(640, 480), Subsampling::S420);
    let scan = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xda])
        .unwrap();
    for end in [scan + 14, scan + 2, scan, 200, 20, 3] {
        let error = failure(&bytes[..end]);
        assert!(
            matches!(error, RenderError::Broken { .. }),
            "{end}: {error}"
        );
    }
    assert_eq!(
        failure(&bytes[..scan + 14]).to_string(),
        "the file ends before its picture does"
    );
}

#[test]
fn a_jpeg_without_any_pixels_shows_nothing_of_the_one_before() {
    let bytes = jpeg(&draw(640, 480), Subsampling::S420);
    let mut renderer = Renderer::new();
    for end in [24, 20, 3] {
        renderer.render(&bytes, &spec(&[100])).unwrap();
        let rendered = renderer.render(&bytes[..end], &spec(&[100]));
        assert!(
            matches!(rendered, Err(RenderError::Broken { .. })),
            "{end}: {rendered:?}"
        );
    }
}

#[test]
fn rubbish_inside_a_jpeg_never_panics() {
    let bytes = jpeg(&draw(160, 120), Subsampling::S420);
    let mut renderer = Renderer::new();
    let spec = spec(&[100]);
    let mut state = 12_345u32;
    for _ in 0..400 {
        let mut damaged = bytes.clone();
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % damaged.len();
            damaged[at] = state as u8;
        }
        let _ = renderer.render(&damaged, &spec);
    }
}

#[test]
fn other_types_are_named() {
    let error = failure(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    assert_eq!(
        error,
        RenderError::Unsupported {
            mime: "image/heic".to_owned()
        }
    );
    assert_eq!(
        error.to_string(),
        "files of type image/heic cannot be shown yet"
    );
    assert!(matches!(failure(b""), RenderError::Unsupported { .. }));
}

#[test]
fn a_spec_that_asks_for_nonsense_is_refused() {
    let bytes = jpeg(&draw(8, 8), Subsampling::S420);
    for sizes in [vec![], vec![0], vec![100_000]] {
        let error = Renderer::new().render(&bytes, &spec(&sizes)).unwrap_err();
        assert!(matches!(error, RenderError::Internal { .. }));
    }
}
