//! Interleaved pixels, for everything that does not stay in planes.

use image::DynamicImage;

/// Interleaved 8-bit pixels, rows without gaps.
#[derive(Debug, Default)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 grey, 3 RGB, 4 CMYK.
    pub(super) channels: u32,
    pub(super) data: Vec<u8>,
}

impl Pixels {
    pub(super) fn reshape(&mut self, width: u32, height: u32, channels: u32) {
        self.width = width;
        self.height = height;
        self.channels = channels;
        self.data
            .resize(width as usize * height as usize * channels as usize, 0);
    }
}

/// Brings whatever `image` decoded to 8-bit grey or RGB, with transparency over white.
pub(super) fn flatten(image: DynamicImage, into: &mut Pixels) {
    let (width, height) = (image.width(), image.height());
    let (channels, data) = match image {
        DynamicImage::ImageLuma8(image) => (1, image.into_raw()),
        DynamicImage::ImageRgb8(image) => (3, image.into_raw()),
        DynamicImage::ImageLumaA8(image) => (1, over_white::<2, 1>(image.into_raw())),
        DynamicImage::ImageRgba8(image) => (3, over_white::<4, 3>(image.into_raw())),
        DynamicImage::ImageLuma16(image) => (1, convert(image.as_raw(), byte_of_word)),
        DynamicImage::ImageRgb16(image) => (3, convert(image.as_raw(), byte_of_word)),
        DynamicImage::ImageLumaA16(image) => {
            (1, over_white::<2, 1>(convert(image.as_raw(), byte_of_word)))
        }
        DynamicImage::ImageRgba16(image) => {
            (3, over_white::<4, 3>(convert(image.as_raw(), byte_of_word)))
        }
        DynamicImage::ImageRgb32F(image) => (3, convert(image.as_raw(), byte_of_float)),
        DynamicImage::ImageRgba32F(image) => (
            3,
            over_white::<4, 3>(convert(image.as_raw(), byte_of_float)),
        ),
        // The enum may grow; what is added passes through `image`'s own conversion.
        other => (3, over_white::<4, 3>(other.into_rgba8().into_raw())),
    };
    *into = Pixels {
        width,
        height,
        channels,
        data,
    };
}

fn convert<T: Copy>(samples: &[T], to_byte: impl Fn(T) -> u8) -> Vec<u8> {
    samples.iter().map(|&sample| to_byte(sample)).collect()
}

fn byte_of_word(word: u16) -> u8 {
    // Rounds 65535 to 255 exactly; a shift would darken everything by half a step.
    ((u32::from(word) * 255 + 32_895) >> 16) as u8
}

fn byte_of_float(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Blends onto white, within the buffer it was given.
fn over_white<const WITH: usize, const WITHOUT: usize>(mut data: Vec<u8>) -> Vec<u8> {
    let count = data.len() / WITH;
    for index in 0..count {
        let alpha = u32::from(data[index * WITH + WITH - 1]);
        for channel in 0..WITHOUT {
            let value = u32::from(data[index * WITH + channel]);
            let blended = value * alpha + 255 * (255 - alpha);
            data[index * WITHOUT + channel] = ((blended + 127) / 255) as u8;
        }
    }
    data.truncate(count * WITHOUT);
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparency_becomes_white() {
        assert_eq!(
            over_white::<4, 3>(vec![10, 20, 30, 255, 0, 0, 0, 0]),
            [10, 20, 30, 255, 255, 255]
        );
        assert_eq!(over_white::<2, 1>(vec![0, 128, 100, 255]), [127, 100]);
    }

    #[test]
    fn words_become_bytes_with_both_ends_kept() {
        assert_eq!(byte_of_word(0), 0);
        assert_eq!(byte_of_word(65_535), 255);
        assert_eq!(byte_of_word(257 * 77), 77);
        assert_eq!(byte_of_float(f32::NAN), 0);
        assert_eq!(byte_of_float(2.0), 255);
    }
}
