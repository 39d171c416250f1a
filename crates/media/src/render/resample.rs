//! Lanczos, on planes and on pixels, with chroma placed where its luma is.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{Filter, FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::turbo::{Plane, Subsampling, YuvImage};

use super::pixels::Pixels;
use super::spec::RenderError;

/// A stretch of one axis of a source, in its samples; may reach past both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    start: f64,
    end: f64,
}

/// Keeps the filter's buffers between pictures.
pub(super) struct Resampler {
    resizer: Resizer,
    filter: FilterType,
    padded: Plane,
}

impl Resampler {
    pub(super) fn new() -> Self {
        Self {
            resizer: Resizer::new(),
            filter: Filter::new("lanczos3", lanczos3, 3.0)
                .map_or(FilterType::Lanczos3, FilterType::Custom),
            padded: Plane::default(),
        }
    }

    pub(super) fn shrink(&mut self, keep: usize) {
        if self.resizer.size_of_internal_buffers() > keep {
            self.resizer.reset_internal_buffers();
        }
        if self.padded.data.capacity() > keep {
            self.padded = Plane::default();
        }
    }

    /// Resizes to `width` × `height` at 4:2:0 (grey stays grey). `flips` says which axes the
    /// caller turns round afterwards: on an odd side the chroma sample that hangs over the edge
    /// has to be at the other end then.
    pub(super) fn resize_planes(
        &mut self,
        from: &YuvImage,
        (width, height): (u32, u32),
        flips: (bool, bool),
        to: &mut YuvImage,
    ) -> Result<(), RenderError> {
        let subsampling = match from.subsampling {
            Subsampling::Grey => Subsampling::Grey,
            _ => Subsampling::S420,
        };
        to.reshape(width, height, subsampling);
        let [from_luma, from_chroma @ ..] = &from.planes;
        let [to_luma, to_chroma @ ..] = &mut to.planes;
        let across = Span {
            start: 0.0,
            end: from.extent.0,
        };
        let down = Span {
            start: 0.0,
            end: from.extent.1,
        };
        self.resize_plane(from_luma, across, down, to_luma)?;
        let Some((factor_across, factor_down)) = from.subsampling.factors() else {
            return Ok(());
        };
        let across = chroma_span(width, from.extent.0, factor_across, flips.0);
        let down = chroma_span(height, from.extent.1, factor_down, flips.1);
        for (source, target) in from_chroma.iter().zip(to_chroma) {
            self.resize_plane(source, across, down, target)?;
        }
        Ok(())
    }

    fn resize_plane(
        &mut self,
        from: &Plane,
        across: Span,
        down: Span,
        to: &mut Plane,
    ) -> Result<(), RenderError> {
        let is_whole = |span: Span, side: u32| {
            span.start.abs() < 1e-6 && (span.end - f64::from(side)).abs() < 1e-6
        };
        if is_whole(across, to.width) && is_whole(down, to.height) {
            let (from_width, to_width) = (from.width as usize, to.width as usize);
            let rows = from.data.chunks_exact(from_width);
            for (source, target) in rows.zip(to.data.chunks_exact_mut(to_width)) {
                target.copy_from_slice(&source[..to_width]);
            }
            return Ok(());
        }
        let (left, right) = overhang(across, from.width);
        let (top, bottom) = overhang(down, from.height);
        let mut padded = std::mem::take(&mut self.padded);
        let source = if left + right + top + bottom == 0 {
            from
        } else {
            pad(from, [left, right, top, bottom], &mut padded);
            &padded
        };
        let result = self.convolve(
            (&source.data, source.width, source.height),
            (across.start + f64::from(left), across.end - across.start),
            (down.start + f64::from(top), down.end - down.start),
            (&mut to.data, to.width, to.height),
            PixelType::U8,
        );
        self.padded = padded;
        result
    }

    /// Resizes interleaved pixels.
    pub(super) fn resize_pixels(
        &mut self,
        from: &Pixels,
        extent: (f64, f64),
        (width, height): (u32, u32),
        to: &mut Pixels,
    ) -> Result<(), RenderError> {
        let pixel_type = match from.channels {
            1 => PixelType::U8,
            3 => PixelType::U8x3,
            _ => PixelType::U8x4,
        };
        to.reshape(width, height, from.channels);
        self.convolve(
            (&from.data, from.width, from.height),
            (0.0, extent.0),
            (0.0, extent.1),
            (&mut to.data, width, height),
            pixel_type,
        )
    }

    fn convolve(
        &mut self,
        (from, from_width, from_height): (&[u8], u32, u32),
        (left, width): (f64, f64),
        (top, height): (f64, f64),
        (to, to_width, to_height): (&mut [u8], u32, u32),
        pixel_type: PixelType,
    ) -> Result<(), RenderError> {
        let source = ImageRef::new(from_width, from_height, from, pixel_type).map_err(internal)?;
        let mut target =
            Image::from_slice_u8(to_width, to_height, to, pixel_type).map_err(internal)?;
        // Sums of fractions may pass the edge by a rounding error, which would be refused.
        let width = width.min(f64::from(from_width) - left);
        let height = height.min(f64::from(from_height) - top);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(self.filter))
            .use_alpha(false)
            .crop(left, top, width, height);
        self.resizer
            .resize(&source, &mut target, &options)
            .map_err(internal)
    }
}

/// Where the chroma of a target `side` lies in the source's chroma samples.
///
/// The target has one chroma sample for two luma samples, the last of them hanging over the edge
/// when the side is odd. Stretching the source's chroma over all of them would shift colours by
/// up to a pixel, so the source is taken that little bit longer instead.
fn chroma_span(side: u32, extent: f64, factor: u32, is_flipped: bool) -> Span {
    let side = f64::from(side);
    let covered = (side / 2.0).ceil() * 2.0;
    let per_luma = extent / side / f64::from(factor);
    let (start, end) = if is_flipped {
        (side - covered, side)
    } else {
        (0.0, covered)
    };
    Span {
        start: start * per_luma,
        end: end * per_luma,
    }
}

/// Whole samples missing before and after.
fn overhang(span: Span, side: u32) -> (u32, u32) {
    let before = (-span.start - 1e-6).ceil().max(0.0) as u32;
    let after = (span.end - f64::from(side) - 1e-6).ceil().max(0.0) as u32;
    (before, after)
}

/// Repeats the edges.
fn pad(from: &Plane, [left, right, top, bottom]: [u32; 4], to: &mut Plane) {
    to.reshape(from.width + left + right, from.height + top + bottom);
    let width = to.width as usize;
    let (left, right, top) = (left as usize, right as usize, top as usize);
    for (index, row) in to.data.chunks_exact_mut(width).enumerate() {
        let source_row = index.saturating_sub(top).min(from.height as usize - 1);
        let source = &from.data[source_row * from.width as usize..][..from.width as usize];
        row[..left].fill(source[0]);
        row[left..width - right].copy_from_slice(source);
        row[width - right..].fill(source[source.len() - 1]);
    }
}

/// Lanczos with three lobes. The coefficients are computed anew for every plane, and with the sine
/// of the standard library, which is exact to the last bit, they cost a fifteenth of a rendition.
fn lanczos3(x: f64) -> f64 {
    if x.abs() < 1e-8 {
        return 1.0;
    }
    if x.abs() >= 3.0 {
        return 0.0;
    }
    let third = std::f64::consts::PI * x / 3.0;
    let sine = sine(third);
    // sin 3a = 3 sin a − 4 sin³ a
    let sine_of_all = sine * (3.0 - 4.0 * sine * sine);
    sine_of_all * sine / (3.0 * third * third)
}

/// The sine of at most ± π, to nine digits.
fn sine(angle: f64) -> f64 {
    use std::f64::consts::{FRAC_PI_2, PI};
    let folded = if angle.abs() > FRAC_PI_2 {
        PI.copysign(angle) - angle
    } else {
        angle
    };
    let square = folded * folded;
    // The series up to the thirteenth power.
    let terms = [156.0, 110.0, 72.0, 42.0, 20.0, 6.0];
    folded
        * terms
            .iter()
            .fold(1.0, |sum, divisor| 1.0 - square / divisor * sum)
}

fn internal(error: impl std::fmt::Display) -> RenderError {
    RenderError::Internal {
        reason: format!("it could not be resized: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chroma_of_an_odd_side_reaches_past_the_edge_it_hangs_over() {
        assert_eq!(
            chroma_span(5, 10.0, 2, false),
            Span {
                start: 0.0,
                end: 6.0
            }
        );
        assert_eq!(
            chroma_span(5, 10.0, 2, true),
            Span {
                start: -1.0,
                end: 5.0
            }
        );
        assert_eq!(
            chroma_span(4, 10.0, 1, true),
            Span {
                start: 0.0,
                end: 10.0
            }
        );
        assert_eq!(
            overhang(
                Span {
                    start: -0.5,
                    end: 6.2
                },
                6
            ),
            (1, 1)
        );
    }

    #[test]
    fn the_quick_filter_is_lanczos() {
        let sinc = |x: f64| (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x);
        for step in -310..310 {
            let x = f64::from(step) / 100.0 + 0.005;
            let exact = if x.abs() < 3.0 {
                sinc(x) * sinc(x / 3.0)
            } else {
                0.0
            };
            assert!((lanczos3(x) - exact).abs() < 1e-8, "{x}");
        }
        assert!((lanczos3(0.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn padding_repeats_the_edges() {
        let from = Plane {
            width: 2,
            height: 2,
            data: vec![1, 2, 3, 4],
        };
        let mut to = Plane::default();
        pad(&from, [1, 0, 0, 1], &mut to);
        assert_eq!((to.width, to.height), (3, 3));
        assert_eq!(to.data, [1, 1, 2, 3, 3, 4, 3, 3, 4]);
    }
}
