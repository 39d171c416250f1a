//! Colour profiles: which can be ignored, and how the others become sRGB.

use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, RenderingIntent, Transform8BitExecutor, TransformOptions,
};

use super::markers::MAX_PROFILE;
use super::pixels::Pixels;
use super::spec::RenderError;

/// Differences of so many steps of 255 from sRGB are not worth a conversion.
const TOLERANCE: u8 = 2;
const CACHED: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PixelKind {
    Grey,
    Rgb,
    Cmyk,
}

/// What a profile asks for.
#[derive(Clone)]
pub(super) enum Conversion {
    /// It is sRGB, or so near that nobody sees it.
    None,
    /// The profile is of no use; says why.
    Ignored(String),
    Grey(Box<[u8; 256]>),
    Rgb(Arc<Transform8BitExecutor>),
    Cmyk(Arc<Transform8BitExecutor>),
}

/// Remembers the last profiles: a camera puts the same one into every picture.
pub(super) struct Colours {
    known: Vec<(PixelKind, Vec<u8>, Conversion)>,
}

impl Colours {
    pub(super) fn new() -> Self {
        Self { known: Vec::new() }
    }

    pub(super) fn conversion(&mut self, kind: PixelKind, profile: &[u8]) -> Conversion {
        let position = self
            .known
            .iter()
            .position(|(known_kind, known, _)| *known_kind == kind && known == profile);
        if let Some(position) = position {
            return self.known[position].2.clone();
        }
        let conversion = build(kind, profile).unwrap_or_else(Conversion::Ignored);
        if self.known.len() == CACHED {
            self.known.remove(0);
        }
        self.known
            .push((kind, profile.to_vec(), conversion.clone()));
        conversion
    }
}

fn build(kind: PixelKind, bytes: &[u8]) -> Result<Conversion, String> {
    if bytes.len() > MAX_PROFILE {
        return Err("it is too large".to_owned());
    }
    let profile = ColorProfile::new_from_slice(bytes)
        .map_err(|error| format!("it cannot be read ({error})"))?;
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions {
        rendering_intent: RenderingIntent::Perceptual,
        ..TransformOptions::default()
    };
    let layout = match (kind, profile.color_space) {
        (PixelKind::Grey, DataColorSpace::Gray) => Layout::Gray,
        (PixelKind::Grey | PixelKind::Rgb, DataColorSpace::Rgb) => Layout::Rgb,
        // moxcms takes four inks in the layout of four channels.
        (PixelKind::Cmyk, DataColorSpace::Cmyk) => Layout::Rgba,
        (_, space) => return Err(format!("it is for {space:?} pixels, which these are not")),
    };
    let transform = profile
        .create_transform_8bit(layout, &srgb, Layout::Rgb, options)
        .map_err(|error| format!("it cannot be used ({error})"))?;
    let converted = |from: &[u8], count: usize| -> Result<Vec<u8>, String> {
        let mut to = vec![0; count * 3];
        transform
            .transform(from, &mut to)
            .map_err(|error| format!("it cannot be used ({error})"))?;
        Ok(to)
    };
    match kind {
        PixelKind::Cmyk => Ok(Conversion::Cmyk(transform)),
        PixelKind::Grey => {
            let channels = if layout == Layout::Gray { 1 } else { 3 };
            let ramp: Vec<u8> = (0..=255u8)
                .flat_map(|value| std::iter::repeat_n(value, channels))
                .collect();
            let colours = converted(&ramp, 256)?;
            let mut table = Box::new([0; 256]);
            for (entry, colour) in table.iter_mut().zip(colours.chunks_exact(3)) {
                *entry = colour[1];
            }
            let is_plain = (0..=255u8)
                .zip(table.iter())
                .all(|(a, b)| a.abs_diff(*b) <= TOLERANCE);
            Ok(if is_plain {
                Conversion::None
            } else {
                Conversion::Grey(table)
            })
        }
        PixelKind::Rgb => {
            let steps = [0u8, 16, 51, 102, 153, 204, 255];
            let mut grid = Vec::new();
            for red in steps {
                for green in steps {
                    for blue in steps {
                        grid.extend_from_slice(&[red, green, blue]);
                    }
                }
            }
            let after = converted(&grid, grid.len() / 3)?;
            let is_srgb = grid
                .iter()
                .zip(&after)
                .all(|(a, b)| a.abs_diff(*b) <= TOLERANCE);
            Ok(if is_srgb {
                Conversion::None
            } else {
                Conversion::Rgb(transform)
            })
        }
    }
}

/// Applies a transform of `from.channels` to RGB, row by row.
pub(super) fn apply(
    transform: &Transform8BitExecutor,
    from: &Pixels,
    to: &mut Pixels,
) -> Result<(), RenderError> {
    to.reshape(from.width, from.height, 3);
    let from_pitch = (from.width * from.channels) as usize;
    let to_pitch = (from.width * 3) as usize;
    let rows = from
        .data
        .chunks_exact(from_pitch)
        .zip(to.data.chunks_exact_mut(to_pitch));
    for (source, target) in rows {
        transform
            .transform(source, target)
            .map_err(|error| RenderError::Internal {
                reason: format!("its colours could not be converted: {error}"),
            })?;
    }
    Ok(())
}

/// Colours on screen of the sixteen ways to print four full inks on coated paper (the usual
/// web-offset set), indexed by cyan 1, magenta 2, yellow 4, black 8.
const PRINTED: [[f32; 3]; 16] = [
    [255.0, 255.0, 255.0],
    [0.0, 174.0, 239.0],
    [236.0, 0.0, 140.0],
    [46.0, 49.0, 146.0],
    [255.0, 242.0, 0.0],
    [0.0, 166.0, 81.0],
    [237.0, 28.0, 36.0],
    [54.0, 54.0, 57.0],
    [35.0, 31.0, 32.0],
    [0.0, 18.0, 25.0],
    [29.0, 0.0, 10.0],
    [8.0, 5.0, 16.0],
    [29.0, 26.0, 0.0],
    [0.0, 17.0, 5.0],
    [27.0, 3.0, 0.0],
    [0.0, 0.0, 0.0],
];

/// Converts CMYK (255 is full ink) that has no profile: each pixel is the average of the sixteen
/// overprints, weighted by how much paper each covers.
pub(super) fn print_colours(from: &Pixels, to: &mut Pixels) {
    to.reshape(from.width, from.height, 3);
    for (inks, colour) in from.data.chunks_exact(4).zip(to.data.chunks_exact_mut(3)) {
        let mut weights = [1.0f32; 16];
        for (bit, ink) in inks.iter().enumerate() {
            let covered = f32::from(*ink) / 255.0;
            for (index, weight) in weights.iter_mut().enumerate() {
                let is_printed = index & (1 << bit) != 0;
                *weight *= if is_printed { covered } else { 1.0 - covered };
            }
        }
        for (channel, value) in colour.iter_mut().enumerate() {
            let sum: f32 = weights
                .iter()
                .zip(&PRINTED)
                .map(|(w, rgb)| w * rgb[channel])
                .sum();
            *value = sum.round().clamp(0.0, 255.0) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(profile: &ColorProfile) -> Vec<u8> {
        profile.encode().unwrap()
    }

    #[test]
    fn an_srgb_profile_asks_for_nothing() {
        let bytes = profile(&ColorProfile::new_srgb());
        let conversion = Colours::new().conversion(PixelKind::Rgb, &bytes);
        assert!(matches!(conversion, Conversion::None));
    }

    #[test]
    fn a_wide_profile_is_converted_and_remembered() {
        let bytes = profile(&ColorProfile::new_display_p3());
        let mut colours = Colours::new();
        assert!(matches!(
            colours.conversion(PixelKind::Rgb, &bytes),
            Conversion::Rgb(_)
        ));
        assert!(matches!(
            colours.conversion(PixelKind::Rgb, &bytes),
            Conversion::Rgb(_)
        ));
        assert_eq!(colours.known.len(), 1);
    }

    #[test]
    fn a_profile_for_other_pixels_or_of_garbage_is_left_aside() {
        let bytes = profile(&ColorProfile::new_srgb());
        let mut colours = Colours::new();
        assert!(matches!(
            colours.conversion(PixelKind::Cmyk, &bytes),
            Conversion::Ignored(_)
        ));
        assert!(matches!(
            colours.conversion(PixelKind::Rgb, b"junk"),
            Conversion::Ignored(_)
        ));
    }

    #[test]
    fn a_grey_gamma_becomes_a_table() {
        let bytes = profile(&ColorProfile::new_gray_with_gamma(1.0));
        let Conversion::Grey(table) = Colours::new().conversion(PixelKind::Grey, &bytes) else {
            panic!("linear grey is far from sRGB");
        };
        assert_eq!((table[0], table[255]), (0, 255));
        assert!(
            table[64] > 120,
            "linear quarter is bright in sRGB: {}",
            table[64]
        );
    }

    #[test]
    fn paper_is_white_and_full_ink_is_black() {
        let data = vec![0, 0, 0, 0, 255, 255, 255, 255, 0, 255, 255, 0];
        let from = Pixels {
            width: 3,
            height: 1,
            channels: 4,
            data,
        };
        let mut to = Pixels::default();
        print_colours(&from, &mut to);
        assert_eq!(to.data, [255, 255, 255, 0, 0, 0, 237, 28, 36]);
    }
}
