//! JPEG: planes at a scale where that is right, pixels where colours have to be converted.

use crate::turbo::{
    Damage, Jpeg, JpegColour, PixelFormat, Scale, Subsampling, TurboError, YuvImage,
};

use super::colour::{self, Conversion, PixelKind};
use super::markers::{self, Markers};
use super::spec::{RenderError, RenderSpec};
use super::{Decoded, Parts, fit_into, orient};

impl Parts {
    /// Decodes a JPEG; `stated` is how it is turned when something else than its EXIF knows.
    pub(super) fn decode_jpeg(
        &mut self,
        bytes: &[u8],
        stated: Option<u8>,
        spec: &RenderSpec,
    ) -> Result<Decoded, RenderError> {
        let Self {
            decompressor,
            compressor,
            resampler,
            colours,
            ..
        } = self;
        let mut jpeg = decompressor
            .open(bytes, spec.max_decoded_bytes)
            .map_err(|error| RenderError::from_decoder(&error.0))?;
        let (width, height) = (jpeg.width, jpeg.height);
        check_cost(&jpeg, spec)?;
        let Markers {
            orientation,
            profile,
            has_scan,
            is_adobe,
        } = markers::scan(bytes);
        let orientation = stated.unwrap_or(orientation);
        let mut warnings = Vec::new();

        let kind = match jpeg.colour {
            JpegColour::Grey => PixelKind::Grey,
            JpegColour::YCbCr | JpegColour::Rgb => PixelKind::Rgb,
            JpegColour::Cmyk | JpegColour::Ycck => PixelKind::Cmyk,
        };
        let conversion = match &profile {
            None => Conversion::None,
            Some(profile) => colours.conversion(kind, profile),
        };
        if let Conversion::Ignored(reason) = &conversion {
            warnings.push(format!("the colour profile was ignored: {reason}"));
        }
        let target = fit_into(width, height, spec.largest());
        let scale = choose_scale(&jpeg, target, spec.min_final_shrink);
        let divisor = f64::from(scale.divisor());
        let extent = (f64::from(width) / divisor, f64::from(height) / divisor);

        let decoding_failed = |error: TurboError| match error.0.as_str() {
            // Files in several scans need all their coefficients at once, progressive or not.
            "Memory limit exceeded" => too_many_bytes(width, height, spec),
            message => RenderError::from_decoder(message),
        };

        // Planes do when the file's own colours are what is wanted and its layout is common.
        let is_planar = jpeg.subsampling.is_some()
            && !jpeg.is_lossless
            && match jpeg.colour {
                JpegColour::Grey => true,
                JpegColour::YCbCr => !matches!(conversion, Conversion::Rgb(_)),
                JpegColour::Rgb | JpegColour::Cmyk | JpegColour::Ycck => false,
            };
        if is_planar {
            check_bytes(&jpeg, scale, 3, spec)?;
            let damage = jpeg
                .planes(scale, &mut self.decoded)
                .map_err(decoding_failed)?;
            note_damage(
                damage,
                || !has_scan || is_blank(&self.decoded, scale),
                &mut warnings,
            )?;
            self.cascade
                .start(resampler, &self.decoded, target, orientation)?;
            if let Conversion::Grey(table) = &conversion {
                for sample in &mut self.cascade.current.planes[0].data {
                    *sample = table[usize::from(*sample)];
                }
            }
            return Ok(Decoded {
                width,
                height,
                orientation,
                warnings,
            });
        }

        let format = if kind == PixelKind::Cmyk {
            PixelFormat::Cmyk
        } else {
            PixelFormat::Rgb
        };
        check_bytes(&jpeg, scale, format.channels(), spec)?;
        let (scaled_width, scaled_height) = jpeg.scaled(scale);
        self.pixels
            .reshape(scaled_width, scaled_height, format.channels());
        let damage = jpeg
            .pixels(scale, format, &mut self.pixels.data)
            .map_err(decoding_failed)?;
        note_damage(
            damage,
            || !has_scan || is_uniform(&self.pixels.data, format),
            &mut warnings,
        )?;
        resampler.resize_pixels(&self.pixels, extent, target, &mut self.scratch)?;
        if kind == PixelKind::Cmyk {
            // Adobe stores no ink as 255; the model and the profiles want full ink as 255.
            if is_adobe {
                self.scratch
                    .data
                    .iter_mut()
                    .for_each(|ink| *ink = 255 - *ink);
            }
            match &conversion {
                Conversion::Cmyk(transform) => {
                    colour::apply(transform.as_ref(), &self.scratch, &mut self.pixels)?;
                }
                _ => colour::print_colours(&self.scratch, &mut self.pixels),
            }
            std::mem::swap(&mut self.pixels, &mut self.scratch);
        } else if let Conversion::Rgb(transform) = &conversion {
            colour::apply(transform.as_ref(), &self.scratch, &mut self.pixels)?;
            std::mem::swap(&mut self.pixels, &mut self.scratch);
        }
        if orientation != 1 {
            let (upright_width, upright_height) = orient::oriented(target.0, target.1, orientation);
            self.pixels.reshape(upright_width, upright_height, 3);
            let (from, to) = (&self.scratch.data, &mut self.pixels.data);
            orient::orient::<3>(from, target.0, target.1, orientation, to);
            std::mem::swap(&mut self.pixels, &mut self.scratch);
        }
        let upright = &self.scratch;
        compressor
            .convert(
                &upright.data,
                upright.width,
                upright.height,
                &mut self.cascade.current,
            )
            .map_err(|error| RenderError::Internal { reason: error.0 })?;
        Ok(Decoded {
            width,
            height,
            orientation,
            warnings,
        })
    }
}

/// Refuses by the header alone what would cost too much.
fn check_cost(jpeg: &Jpeg<'_>, spec: &RenderSpec) -> Result<(), RenderError> {
    let (width, height) = (jpeg.width, jpeg.height);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > spec.max_pixels_jpeg {
        let limit = format!(
            "and at most {} million are decoded",
            spec.max_pixels_jpeg / 1_000_000
        );
        return Err(RenderError::TooLarge {
            width,
            height,
            limit,
        });
    }
    if jpeg.precision != 8 {
        let mime = format!("image/jpeg with {} bits", jpeg.precision);
        return Err(RenderError::Unsupported { mime });
    }
    if jpeg.is_progressive {
        // Progressive files are held as 16-bit coefficients until the last scan.
        let (across, down) = jpeg
            .subsampling
            .and_then(Subsampling::factors)
            .unwrap_or((1, 1));
        let chroma = if jpeg.colour == JpegColour::Grey {
            0
        } else {
            2
        };
        let samples = pixels + chroma * pixels / u64::from(across * down);
        if samples * 2 > spec.max_decoded_bytes {
            return Err(too_many_bytes(width, height, spec));
        }
    }
    Ok(())
}

fn check_bytes(
    jpeg: &Jpeg<'_>,
    scale: Scale,
    channels: u32,
    spec: &RenderSpec,
) -> Result<(), RenderError> {
    let (width, height) = jpeg.scaled(scale);
    let bytes = u64::from(width) * u64::from(height) * u64::from(channels);
    if bytes > spec.max_decoded_bytes {
        return Err(too_many_bytes(jpeg.width, jpeg.height, spec));
    }
    Ok(())
}

pub(super) fn too_many_bytes(width: u32, height: u32, spec: &RenderSpec) -> RenderError {
    let mebibytes = spec.max_decoded_bytes >> 20;
    let limit = format!("and decoding may take at most {mebibytes} MiB");
    RenderError::TooLarge {
        width,
        height,
        limit,
    }
}

/// The smallest scale that is still at least the target and leaves the resampler some work.
fn choose_scale(jpeg: &Jpeg<'_>, target: (u32, u32), min_final_shrink: f64) -> Scale {
    if jpeg.is_lossless {
        return Scale::Full;
    }
    let longer = f64::from(jpeg.width.max(jpeg.height));
    let shorter = f64::from(jpeg.width.min(jpeg.height));
    let target = f64::from(target.0.max(target.1));
    for scale in [Scale::Eighth, Scale::Quarter, Scale::Half] {
        let divisor = f64::from(scale.divisor());
        // Less than one sample across would be mixed with whatever pads the block.
        let is_enough = longer / divisor >= target && shorter / divisor >= 1.0;
        if is_enough && longer / divisor / target >= min_final_shrink {
            return scale;
        }
    }
    Scale::Full
}

/// Keeps the pixels of a damaged picture with a warning, unless there are none.
fn note_damage(
    damage: Damage,
    is_blank: impl FnOnce() -> bool,
    warnings: &mut Vec<String>,
) -> Result<(), RenderError> {
    let Some(message) = damage else { return Ok(()) };
    let is_cut = message.to_lowercase().contains("premature end");
    if is_cut && is_blank() {
        return Err(RenderError::from_decoder(&message));
    }
    warnings.push(format!("damaged: {message}"));
    Ok(())
}

/// Whether nothing was decoded: libjpeg fills what is missing with middle grey, after one unit of
/// blocks that it made up.
fn is_blank(image: &YuvImage, scale: Scale) -> bool {
    const LARGEST_UNIT: u32 = 32;
    let made_up = (LARGEST_UNIT / scale.divisor()) as usize;
    let luma = &image.planes[0];
    let width = luma.width as usize;
    let is_larger = width > made_up || luma.height as usize > made_up;
    let rows = luma.data.chunks_exact(width).enumerate();
    is_larger
        && rows.into_iter().all(|(index, row)| {
            let start = if index < made_up {
                made_up.min(width)
            } else {
                0
            };
            row[start..].iter().all(|&sample| sample == 128)
        })
}

fn is_uniform(data: &[u8], format: PixelFormat) -> bool {
    let channels = format.channels() as usize;
    let first = data.get(..channels).unwrap_or_default();
    data.chunks_exact(channels).all(|pixel| pixel == first)
}
