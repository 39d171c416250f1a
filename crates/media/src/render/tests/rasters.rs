use std::io::Cursor;

use image::{DynamicImage, ImageEncoder, ImageFormat, Rgba, RgbaImage};

use super::fixtures::*;
use crate::render::{RenderError, RenderSpec, Renderer};

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn every_format_gives_the_same_picture() {
    let picture = draw(401, 299);
    let image = DynamicImage::from(picture.clone());
    let formats = [
        (ImageFormat::Png, 37.0),
        (ImageFormat::WebP, 37.0),
        (ImageFormat::Tiff, 37.0),
        (ImageFormat::Bmp, 37.0),
        // A palette of 256 colours.
        (ImageFormat::Gif, 28.0),
    ];
    for (format, least) in formats {
        let rendered = render(&encode(&image, format), &[1000, 151, 77]);
        assert_eq!((rendered.width, rendered.height), (401, 299));
        for index in 0..3 {
            let found = decoded(&rendered, index);
            let expected = reduced(&picture, found.width(), found.height());
            let likeness = psnr(&found, &expected);
            assert!(likeness > least, "{format:?} {index}: {likeness:.1} dB");
        }
    }
}

#[test]
fn deep_and_grey_pixels_become_bytes() {
    let picture = draw(200, 150);
    let image = DynamicImage::from(picture.clone());
    let grey = DynamicImage::from(image.to_luma8()).into_rgb8();
    let cases = [
        (DynamicImage::from(image.to_rgb16()), &picture),
        (DynamicImage::from(image.to_rgba16()), &picture),
        (DynamicImage::from(image.to_luma16()), &grey),
        (DynamicImage::from(image.to_luma_alpha16()), &grey),
        (DynamicImage::from(image.to_luma_alpha8()), &grey),
    ];
    for (variant, expected) in cases {
        let rendered = render(&encode(&variant, ImageFormat::Png), &[75]);
        let found = decoded(&rendered, 0);
        let expected = reduced(expected, found.width(), found.height());
        let likeness = psnr(&found, &expected);
        assert!(likeness > 37.0, "{:?}: {likeness:.1} dB", variant.color());
    }
}

#[test]
fn transparency_is_white() {
    let image = DynamicImage::from(RgbaImage::from_pixel(40, 40, Rgba([0, 0, 0, 0])));
    let rendered = render(&encode(&image, ImageFormat::Png), &[20]);
    assert_eq!(decoded(&rendered, 0).get_pixel(10, 10).0, [255, 255, 255]);
}

#[test]
fn a_png_is_turned_as_its_exif_says() {
    let upright = draw(90, 61);
    let stored = image::imageops::rotate270(&upright);
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.set_exif_metadata(orientation_block(6)).unwrap();
    encoder
        .write_image(&stored, 61, 90, image::ExtendedColorType::Rgb8)
        .unwrap();
    let rendered = render(&bytes, &[45]);
    assert_eq!((rendered.width, rendered.height), (90, 61));
    let found = decoded(&rendered, 0);
    assert!(psnr(&found, &reduced(&upright, found.width(), found.height())) > 35.0);
}

#[test]
fn a_cut_png_is_broken_in_words() {
    let bytes = encode(&DynamicImage::from(draw(300, 200)), ImageFormat::Png);
    let error = Renderer::new()
        .render(&bytes[..bytes.len() / 2], &spec(&[100]))
        .unwrap_err();
    assert_eq!(error.to_string(), "the file ends before its picture does");
}

#[test]
fn a_promise_of_many_pixels_is_refused_before_decoding() {
    let bytes = encode(&DynamicImage::from(draw(8, 8)), ImageFormat::Bmp);
    let mut huge = bytes.clone();
    huge[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    huge[22..26].copy_from_slice(&60_000u32.to_le_bytes());
    let error = Renderer::new()
        .render(&huge, &RenderSpec::default())
        .unwrap_err();
    assert!(matches!(error, RenderError::TooLarge { .. }), "{error}");

    let mut gif = encode(&DynamicImage::from(draw(8, 8)), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    let error = Renderer::new()
        .render(&gif, &RenderSpec::default())
        .unwrap_err();
    assert!(matches!(error, RenderError::TooLarge { .. }), "{error}");

    let picture = encode(&DynamicImage::from(draw(100, 100)), ImageFormat::Png);
    let tight = RenderSpec {
        max_decoded_bytes: 100 * 100 * 3 - 1,
        ..spec(&[50])
    };
    let error = Renderer::new().render(&picture, &tight).unwrap_err();
    assert!(matches!(error, RenderError::TooLarge { .. }), "{error}");
}

#[test]
fn the_first_frame_of_an_animation_is_shown() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for colour in [[250, 0, 0, 255], [0, 0, 250, 255]] {
        let frame = RgbaImage::from_pixel(20, 20, Rgba(colour));
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let found = decoded(&render(&bytes, &[20]), 0);
    let [red, _, blue] = found.get_pixel(10, 10).0;
    assert!(red > 200 && blue < 50);
}
