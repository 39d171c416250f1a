//! PNG, GIF, WebP, TIFF and BMP through the `image` crate, under our own limits.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::metadata::orientation_of_tiff;
use crate::sniff::FileType;
use crate::turbo::Subsampling;

use super::colour::{self, Conversion, PixelKind};
use super::jpeg::too_many_bytes;
use super::pixels::flatten;
use super::spec::{RenderError, RenderSpec};
use super::{Decoded, Parts, fit_into, orient};

/// What the converted picture needs beside the decoded one, at most: three bytes a pixel.
const CONVERTED_BYTES: u64 = 3;

impl Parts {
    pub(super) fn decode_raster(
        &mut self,
        bytes: &[u8],
        file_type: &FileType,
        spec: &RenderSpec,
    ) -> Result<Decoded, RenderError> {
        let mut warnings = Vec::new();
        let opened = open(bytes, file_type, spec)?;
        let (width, height) = (opened.image.width(), opened.image.height());
        flatten(opened.image, &mut self.pixels);
        let kind = if self.pixels.channels == 1 {
            PixelKind::Grey
        } else {
            PixelKind::Rgb
        };
        let conversion = match &opened.profile {
            None => Conversion::None,
            Some(profile) => self.colours.conversion(kind, profile),
        };
        if let Conversion::Ignored(reason) = &conversion {
            warnings.push(format!("the colour profile was ignored: {reason}"));
        }
        let target = fit_into(width, height, spec.largest());
        let extent = (f64::from(width), f64::from(height));
        if target == (width, height) {
            std::mem::swap(&mut self.pixels, &mut self.scratch);
        } else {
            self.resampler
                .resize_pixels(&self.pixels, extent, target, &mut self.scratch)?;
        }
        match &conversion {
            Conversion::Rgb(transform) => {
                colour::apply(transform.as_ref(), &self.scratch, &mut self.pixels)?;
                std::mem::swap(&mut self.pixels, &mut self.scratch);
            }
            Conversion::Grey(table) => {
                for sample in &mut self.scratch.data {
                    *sample = table[usize::from(*sample)];
                }
            }
            _ => {}
        }
        let orientation = if spec.is_upright {
            1
        } else {
            opened.orientation
        };
        if orientation != 1 {
            let channels = self.scratch.channels;
            let (upright_width, upright_height) = orient::oriented(target.0, target.1, orientation);
            self.pixels.reshape(upright_width, upright_height, channels);
            let (from, to) = (&self.scratch.data, &mut self.pixels.data);
            if channels == 1 {
                orient::orient::<1>(from, target.0, target.1, orientation, to);
            } else {
                orient::orient::<3>(from, target.0, target.1, orientation, to);
            }
            std::mem::swap(&mut self.pixels, &mut self.scratch);
        }
        let upright = &self.scratch;
        let current = &mut self.cascade.current;
        if upright.channels == 1 {
            current.reshape(upright.width, upright.height, Subsampling::Grey);
            current.planes[0].data.copy_from_slice(&upright.data);
        } else {
            self.compressor
                .convert(&upright.data, upright.width, upright.height, current)
                .map_err(|error| RenderError::Internal { reason: error.0 })?;
        }
        Ok(Decoded {
            width,
            height,
            orientation,
            warnings,
        })
    }
}

struct Opened {
    image: DynamicImage,
    orientation: u8,
    profile: Option<Vec<u8>>,
}

fn open(bytes: &[u8], file_type: &FileType, spec: &RenderSpec) -> Result<Opened, RenderError> {
    let format = match file_type.mime {
        "image/png" => ImageFormat::Png,
        "image/gif" => ImageFormat::Gif,
        "image/webp" => ImageFormat::WebP,
        "image/tiff" => ImageFormat::Tiff,
        _ => ImageFormat::Bmp,
    };
    // `into_decoder` applies no limits whatever the reader was told, so they are set below.
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format)
        .into_decoder()
        .map_err(|error| explain(error, file_type, stated_size(bytes), spec))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(RenderError::broken("the picture has no size"));
    }
    let pixels = u64::from(width) * u64::from(height);
    let needed = decoder
        .total_bytes()
        .saturating_add(pixels.saturating_mul(CONVERTED_BYTES));
    if decoder.total_bytes() > spec.max_decoded_bytes
        || needed > spec.max_decoded_bytes.saturating_mul(3) / 2
    {
        return Err(too_many_bytes(width, height, spec));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(spec.max_decoded_bytes);
    decoder
        .set_limits(limits)
        .map_err(|error| explain(error, file_type, (width, height), spec))?;
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = match format {
        ImageFormat::Tiff => decoder
            .orientation()
            .map_or(1, image::metadata::Orientation::to_exif),
        _ => decoder
            .exif_metadata()
            .ok()
            .flatten()
            .and_then(|block| orientation_of_tiff(&block))
            .unwrap_or(1),
    };
    let image = DynamicImage::from_decoder(decoder)
        .map_err(|error| explain(error, file_type, (width, height), spec))?;
    Ok(Opened {
        image,
        orientation,
        profile,
    })
}

/// The size by the header alone, for files that are refused before they are opened.
fn stated_size(bytes: &[u8]) -> (u32, u32) {
    let size = imagesize::blob_size(bytes).ok();
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    size.map_or((0, 0), |size| (side(size.width), side(size.height)))
}

fn explain(
    error: ImageError,
    file_type: &FileType,
    (width, height): (u32, u32),
    spec: &RenderSpec,
) -> RenderError {
    match error {
        ImageError::Limits(_) => too_many_bytes(width, height, spec),
        ImageError::Unsupported(_) => RenderError::Unsupported {
            mime: format!("{} in this variant", file_type.mime),
        },
        other => {
            let cause = std::error::Error::source(&other).map(ToString::to_string);
            let message = cause.unwrap_or_else(|| other.to_string());
            // BMP has a limit of its own and no error of its own for it.
            if message.starts_with("Image too large") {
                return too_many_bytes(width, height, spec);
            }
            RenderError::from_decoder(&message)
        }
    }
}
