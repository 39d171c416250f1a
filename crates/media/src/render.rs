//! From the bytes of one picture to its renditions and its ThumbHash, with one decode.

mod cascade;
mod colour;
mod jpeg;
mod markers;
mod orient;
mod pixels;
mod preview;
mod raster;
mod raw;
mod resample;
mod spec;

#[cfg(test)]
mod tests;

use crate::sniff::{FileType, is_raw, sniff};
use crate::turbo::{Compressor, Decompressor, TurboError, YuvImage};

use cascade::Cascade;
use colour::Colours;
use pixels::Pixels;
use resample::Resampler;

pub use spec::{RenderError, RenderSpec, Rendered, Rendition, Size};

/// Above this, a buffer is given back after the picture that needed it.
const KEPT_BUFFER: usize = 64 << 20;

/// Renders pictures one after the other and keeps its buffers between them.
pub struct Renderer {
    parts: Option<Parts>,
}

/// What lives as long as the renderer.
struct Parts {
    decompressor: Decompressor,
    compressor: Compressor,
    resampler: Resampler,
    colours: Colours,
    decoded: YuvImage,
    pixels: Pixels,
    scratch: Pixels,
    cascade: Cascade,
}

/// A decoded picture on its way to the cascade.
struct Decoded {
    /// The size of the original, as stored.
    width: u32,
    height: u32,
    orientation: u8,
    warnings: Vec<String>,
}

impl Renderer {
    pub fn new() -> Self {
        Self { parts: None }
    }

    /// Renders one picture.
    pub fn render(&mut self, bytes: &[u8], spec: &RenderSpec) -> Result<Rendered, RenderError> {
        let head = &bytes[..bytes.len().min(crate::sniff::HEAD)];
        let file_type = sniff(head, "");
        let mut parts = match self.parts.take() {
            Some(parts) => parts,
            None => Parts::new().map_err(|error| RenderError::Internal { reason: error.0 })?,
        };
        let result = parts.render(bytes, &file_type, spec);
        // After a failure the parts are made anew: nothing half-done reaches the next picture.
        if result.is_ok() {
            parts.shrink();
            self.parts = Some(parts);
        }
        result
    }
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}

impl Parts {
    fn new() -> Result<Self, TurboError> {
        Ok(Self {
            decompressor: Decompressor::new()?,
            compressor: Compressor::new()?,
            resampler: Resampler::new(),
            colours: Colours::new(),
            decoded: YuvImage::new(),
            pixels: Pixels::default(),
            scratch: Pixels::default(),
            cascade: Cascade::new(),
        })
    }

    fn render(
        &mut self,
        bytes: &[u8],
        file_type: &FileType,
        spec: &RenderSpec,
    ) -> Result<Rendered, RenderError> {
        spec.check()?;
        let decoded = match file_type.mime {
            "image/jpeg" => self.decode_jpeg(bytes, spec.is_upright.then_some(1), spec)?,
            // Raw files of many cameras are told from other TIFFs by their names only.
            "image/tiff" if preview::is_raw(bytes) => self.decode_raw(bytes, spec)?,
            "image/png" | "image/gif" | "image/webp" | "image/tiff" | "image/bmp" => {
                self.decode_raster(bytes, file_type, spec)?
            }
            mime if is_raw(mime) => self.decode_raw(bytes, spec)?,
            mime => {
                return Err(RenderError::Unsupported {
                    mime: mime.to_owned(),
                });
            }
        };
        self.finish(decoded, spec)
    }

    fn shrink(&mut self) {
        for plane in &mut self.decoded.planes {
            give_back(&mut plane.data);
        }
        give_back(&mut self.pixels.data);
        give_back(&mut self.scratch.data);
        self.resampler.shrink(KEPT_BUFFER);
    }
}

fn give_back(buffer: &mut Vec<u8>) {
    if buffer.capacity() > KEPT_BUFFER {
        *buffer = Vec::new();
    }
}

/// The size that fits into `fit` × `fit`, never enlarged.
fn fit_into(width: u32, height: u32, fit: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= fit {
        return (width, height);
    }
    let scale = |side: u32| {
        let exact = f64::from(side) * f64::from(fit) / f64::from(longer);
        (exact.round() as u32).clamp(1, fit)
    };
    (scale(width), scale(height))
}
