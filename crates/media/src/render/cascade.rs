//! The renditions, largest first, each made from the one before.

use crate::turbo::{Compressor, Subsampling, YuvImage};

use super::resample::Resampler;
use super::spec::{RenderError, RenderSpec, Rendered, Rendition};
use super::{Decoded, Parts, fit_into, orient};

/// The longer side that a ThumbHash is computed from.
const THUMBHASH_SIDE: u32 = 100;

/// Two pictures that take turns.
pub(super) struct Cascade {
    /// What the next size is made from.
    pub(super) current: YuvImage,
    pub(super) next: YuvImage,
}

impl Cascade {
    pub(super) fn new() -> Self {
        Self {
            current: YuvImage::new(),
            next: YuvImage::new(),
        }
    }

    /// Brings the planes of a decode to the largest size, upright.
    pub(super) fn start(
        &mut self,
        resampler: &mut Resampler,
        decoded: &YuvImage,
        size: (u32, u32),
        orientation: u8,
    ) -> Result<(), RenderError> {
        let flips = orient::flips(orientation);
        resampler.resize_planes(decoded, size, flips, &mut self.current)?;
        if orientation == 1 {
            return Ok(());
        }
        let (width, height) = orient::oriented(size.0, size.1, orientation);
        self.next.reshape(width, height, self.current.subsampling);
        let used = self.current.used();
        for (from, to) in self
            .current
            .planes
            .iter()
            .zip(&mut self.next.planes)
            .take(used)
        {
            orient::orient_plane(from, orientation, to);
        }
        std::mem::swap(&mut self.current, &mut self.next);
        Ok(())
    }
}

impl Parts {
    /// Encodes every size and the ThumbHash from what the decode left in the cascade.
    pub(super) fn finish(
        &mut self,
        decoded: Decoded,
        spec: &RenderSpec,
    ) -> Result<Rendered, RenderError> {
        let Decoded {
            width,
            height,
            orientation,
            warnings,
        } = decoded;
        let (width, height) = orient::oriented(width, height, orientation);
        let Self {
            compressor,
            resampler,
            cascade,
            ..
        } = self;
        let mut order: Vec<usize> = (0..spec.sizes.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(spec.sizes[index].fit));
        let mut finished: Vec<(usize, Rendition)> = Vec::with_capacity(order.len());
        for index in order {
            let size = &spec.sizes[index];
            let target = fit_into(width, height, size.fit);
            cascade.step(resampler, target)?;
            let bytes = encode(compressor, &cascade.current, size.quality)?;
            let rendition = Rendition {
                name: size.name.clone(),
                width: target.0,
                height: target.1,
                bytes,
                mime: "image/jpeg",
            };
            finished.push((index, rendition));
        }
        finished.sort_by_key(|(index, _)| *index);
        let target = fit_into(width, height, THUMBHASH_SIDE);
        cascade.step(resampler, target)?;
        let thumbhash = thumbhash_of(&cascade.current);
        let renditions = finished
            .into_iter()
            .map(|(_, rendition)| rendition)
            .collect();
        Ok(Rendered {
            width,
            height,
            thumbhash,
            renditions,
            warnings,
        })
    }
}

impl Cascade {
    fn step(&mut self, resampler: &mut Resampler, target: (u32, u32)) -> Result<(), RenderError> {
        if (self.current.width(), self.current.height()) == target {
            return Ok(());
        }
        resampler.resize_planes(&self.current, target, (false, false), &mut self.next)?;
        std::mem::swap(&mut self.current, &mut self.next);
        Ok(())
    }
}

fn encode(
    compressor: &mut Compressor,
    image: &YuvImage,
    quality: u8,
) -> Result<Vec<u8>, RenderError> {
    compressor
        .encode(image, quality)
        .map_err(|error| RenderError::Internal { reason: error.0 })
}

fn thumbhash_of(image: &YuvImage) -> Vec<u8> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut rgba = Vec::with_capacity(width * height * 4);
    let is_grey = image.subsampling == Subsampling::Grey;
    let [luma, blue, red] = &image.planes;
    for y in 0..height {
        for x in 0..width {
            let brightness = f32::from(luma.data[y * width + x]);
            let [red, green, blue] = if is_grey {
                [brightness; 3]
            } else {
                let chroma = (y / 2) * blue.width as usize + x / 2;
                let blue_difference = f32::from(blue.data[chroma]) - 128.0;
                let red_difference = f32::from(red.data[chroma]) - 128.0;
                [
                    brightness + 1.402 * red_difference,
                    brightness - 0.344_136 * blue_difference - 0.714_136 * red_difference,
                    brightness + 1.772 * blue_difference,
                ]
            };
            let byte = |value: f32| value.round().clamp(0.0, 255.0) as u8;
            rgba.extend_from_slice(&[byte(red), byte(green), byte(blue), 255]);
        }
    }
    thumbhash::rgba_to_thumb_hash(width, height, &rgba)
}
