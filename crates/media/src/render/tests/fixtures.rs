use image::RgbImage;
use image::imageops::FilterType;

use crate::render::{RenderSpec, Rendered, Renderer, Size};
use crate::turbo::{Compressor, PixelFormat, Subsampling};

pub(super) const SUBSAMPLINGS: [Subsampling; 6] = [
    Subsampling::S444,
    Subsampling::S422,
    Subsampling::S420,
    Subsampling::S440,
    Subsampling::S411,
    Subsampling::S441,
];

/// A picture without symmetry: slow gradients of colour and a few soft spots.
pub(super) fn draw(width: u32, height: u32) -> RgbImage {
    let spots = [
        (0.2, 0.3, 0.12, [90.0, -60.0, -40.0]),
        (0.7, 0.8, 0.2, [-80.0, 70.0, 20.0]),
    ];
    RgbImage::from_fn(width, height, |x, y| {
        let across = (f64::from(x) + 0.5) / f64::from(width);
        let down = (f64::from(y) + 0.5) / f64::from(height);
        let mut colour = [
            60.0 + 150.0 * across,
            200.0 - 120.0 * down,
            90.0 + 80.0 * across * down,
        ];
        for (centre_x, centre_y, radius, change) in spots {
            let distance = (across - centre_x).hypot(down - centre_y) / radius;
            let strength = (-distance * distance).exp();
            for (channel, change) in colour.iter_mut().zip(change) {
                *channel += change * strength;
            }
        }
        image::Rgb(colour.map(|value| value.clamp(0.0, 255.0) as u8))
    })
}

pub(super) fn jpeg(picture: &RgbImage, subsampling: Subsampling) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let mut compressor = Compressor::new().unwrap();
    compressor.encode_pixels(picture, width, height, PixelFormat::Rgb, subsampling, 97)
}

/// Puts a segment behind the start of a JPEG.
pub(super) fn with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend_from_slice(&[0xff, marker]);
    bytes.extend_from_slice(&(payload.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(&jpeg[2..]);
    bytes
}

/// A TIFF block that says nothing but the orientation.
pub(super) fn orientation_block(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    block
}

pub(super) fn oriented_jpeg(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut payload = b"Exif\0\0".to_vec();
    payload.extend(orientation_block(orientation));
    with_segment(jpeg, 0xe1, &payload)
}

pub(super) fn spec(sizes: &[u32]) -> RenderSpec {
    let sizes = sizes
        .iter()
        .map(|&fit| Size::new(&fit.to_string(), fit, 97));
    RenderSpec {
        sizes: sizes.collect(),
        ..RenderSpec::default()
    }
}

pub(super) fn render(bytes: &[u8], sizes: &[u32]) -> Rendered {
    Renderer::new().render(bytes, &spec(sizes)).unwrap()
}

pub(super) fn decoded(rendered: &Rendered, index: usize) -> RgbImage {
    let rendition = &rendered.renditions[index];
    let picture = image::load_from_memory(&rendition.bytes)
        .unwrap()
        .into_rgb8();
    assert_eq!(picture.dimensions(), (rendition.width, rendition.height));
    picture
}

pub(super) fn reduced(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    image::imageops::resize(picture, width, height, FilterType::Lanczos3)
}

/// Peak signal to noise over all channels, in dB.
pub(super) fn psnr(left: &RgbImage, right: &RgbImage) -> f64 {
    assert_eq!(left.dimensions(), right.dimensions());
    let squares: f64 = left
        .as_raw()
        .iter()
        .zip(right.as_raw())
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    let mean = squares / left.as_raw().len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}
