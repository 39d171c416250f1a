use image::{RgbImage, imageops};

use super::fixtures::*;
use crate::render::{RenderSpec, Renderer, fit_into};
use crate::turbo::Subsampling;

#[test]
fn never_enlarges_and_never_vanishes() {
    assert_eq!(fit_into(4000, 3000, 2560), (2560, 1920));
    assert_eq!(fit_into(200, 100, 320), (200, 100));
    assert_eq!(fit_into(1, 65_500, 2560), (1, 2560));
    assert_eq!(fit_into(777, 333, 320), (320, 137));
}

#[test]
fn all_sizes_exist_however_small_the_original_is() {
    for (width, height) in [(1, 1), (3, 2), (2, 3), (1, 9), (17, 1), (8, 8), (333, 777)] {
        for subsampling in SUBSAMPLINGS {
            let bytes = jpeg(&draw(width, height), subsampling);
            let rendered = Renderer::new()
                .render(&bytes, &RenderSpec::default())
                .unwrap();
            assert_eq!((rendered.width, rendered.height), (width, height));
            assert!(!rendered.thumbhash.is_empty());
            let names: Vec<&str> = rendered
                .renditions
                .iter()
                .map(|r| r.name.as_str())
                .collect();
            assert_eq!(names, ["thumbnail", "preview", "fullscreen"]);
            for (rendition, fit) in rendered.renditions.iter().zip([320, 1280, 2560]) {
                let expected = fit_into(width, height, fit);
                assert_eq!((rendition.width, rendition.height), expected);
            }
            decoded(&rendered, 0);
        }
    }
}

#[test]
fn every_layout_of_chroma_gives_the_same_picture() {
    for (width, height) in [(640, 480), (333, 777), (16, 16), (5, 7)] {
        let picture = draw(width, height);
        for subsampling in SUBSAMPLINGS {
            let rendered = render(&jpeg(&picture, subsampling), &[301, 150, 75]);
            for index in 0..3 {
                let found = decoded(&rendered, index);
                let expected = reduced(&picture, found.width(), found.height());
                let likeness = psnr(&found, &expected);
                // The tiny ones are all edge, and chroma of a few samples.
                let least = if width < 20 { 24.0 } else { 38.0 };
                assert!(
                    likeness > least,
                    "{width}x{height} {subsampling:?} at {index}: {likeness:.1} dB"
                );
            }
        }
    }
}

#[test]
fn every_orientation_equals_the_upright_picture() {
    for (width, height) in [(333, 201), (200, 300), (64, 47), (3, 2), (1, 1)] {
        let upright = draw(width, height);
        for subsampling in [Subsampling::S444, Subsampling::S422, Subsampling::S420] {
            for orientation in 1..=8 {
                let stored = stored_as(&upright, orientation);
                let bytes = oriented_jpeg(&jpeg(&stored, subsampling), orientation);
                let rendered = render(&bytes, &[101, 77]);
                assert_eq!((rendered.width, rendered.height), (width, height));
                for index in 0..2 {
                    let found = decoded(&rendered, index);
                    let expected = reduced(&upright, found.width(), found.height());
                    let likeness = psnr(&found, &expected);
                    let least = if width < 10 { 18.0 } else { 37.0 };
                    assert!(
                        likeness > least,
                        "{width}x{height} {subsampling:?} {orientation}: {likeness:.1} dB"
                    );
                }
            }
        }
    }
}

/// The pixels that a camera would have stored for this upright picture.
fn stored_as(upright: &RgbImage, orientation: u8) -> RgbImage {
    match orientation {
        2 => imageops::flip_horizontal(upright),
        3 => imageops::rotate180(upright),
        4 => imageops::flip_vertical(upright),
        5 => imageops::flip_horizontal(&imageops::rotate90(upright)),
        6 => imageops::rotate270(upright),
        7 => imageops::flip_horizontal(&imageops::rotate270(upright)),
        8 => imageops::rotate90(upright),
        _ => upright.clone(),
    }
}

/// Colours must lie where their outlines are: a red field on blue of about the same brightness
/// has its border in the chroma planes alone.
#[test]
fn chroma_stays_in_place_on_odd_sides() {
    for (width, height) in [(603, 401), (404, 303), (1207, 805)] {
        let upright = RgbImage::from_fn(width, height, |x, y| {
            let is_inside =
                (width * 2 / 3..width).contains(&x) || (height * 2 / 3..height).contains(&y);
            image::Rgb(if is_inside {
                [220, 40, 60]
            } else {
                [40, 90, 220]
            })
        });
        for orientation in 1..=8 {
            let bytes = jpeg(&stored_as(&upright, orientation), Subsampling::S420);
            let rendered = render(&oriented_jpeg(&bytes, orientation), &[151, 75]);
            for index in 0..2 {
                let found = decoded(&rendered, index);
                let expected = reduced(&upright, found.width(), found.height());
                let likeness = psnr(&found, &expected);
                assert!(
                    likeness > 25.0,
                    "{width}x{height} {orientation} {index}: {likeness:.1} dB"
                );
            }
        }
    }
}

#[test]
fn grey_stays_grey() {
    let picture = draw(400, 300);
    let bytes = jpeg(&picture, Subsampling::Grey);
    let rendered = render(&oriented_jpeg(&bytes, 6), &[101]);
    let found = image::load_from_memory(&rendered.renditions[0].bytes).unwrap();
    assert_eq!(found.color(), image::ColorType::L8);
    let grey = RgbImage::from_fn(400, 300, |x, y| {
        let [red, green, blue] = picture.get_pixel(x, y).0.map(f64::from);
        image::Rgb([(0.299 * red + 0.587 * green + 0.114 * blue).round() as u8; 3])
    });
    let expected_upright = imageops::rotate90(&grey);
    let expected = reduced(&expected_upright, found.width(), found.height());
    assert!(psnr(&found.into_rgb8(), &expected) > 38.0);
}

#[test]
fn a_large_picture_is_decoded_at_a_scale_and_looks_the_same() {
    let picture = draw(1603, 1067);
    let bytes = jpeg(&picture, Subsampling::S420);
    for fit in [1200, 801, 400, 200, 101, 16] {
        let rendered = render(&bytes, &[fit]);
        let found = decoded(&rendered, 0);
        let expected = reduced(&picture, found.width(), found.height());
        let likeness = psnr(&found, &expected);
        assert!(likeness > 34.0, "{fit}: {likeness:.1} dB");
    }
}

#[test]
fn a_renderer_gives_the_same_bytes_again() {
    let mut renderer = Renderer::new();
    let spec = RenderSpec::default();
    let small = jpeg(&draw(50, 31), Subsampling::S444);
    let large = jpeg(&draw(900, 701), Subsampling::S420);
    let first = renderer.render(&small, &spec).unwrap();
    renderer.render(&large, &spec).unwrap();
    assert!(renderer.render(b"nothing", &spec).is_err());
    assert_eq!(renderer.render(&small, &spec).unwrap(), first);
}
