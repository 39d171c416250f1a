//! Finds the JPEG that a camera put into its raw file to be looked at.
//!
//! Most raw files are TIFF structures whose directories name their previews. Others, and those
//! that hide the good one in a maker's note, are searched for the beginning of a JPEG.

mod jpeg;
mod tiff;

use jpeg::Frame;

/// A preview this long needs no search for a better one. Pixels.
const GOOD: u32 = 1000;

/// A JPEG inside a raw file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preview<'a> {
    /// From its first byte; may go on behind its end where nothing states its length.
    pub(super) jpeg: &'a [u8],
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Preview<'_> {
    fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Finds the largest preview.
pub(super) fn find(raw: &[u8]) -> Option<Preview<'_>> {
    let named = tiff::previews(raw)
        .into_iter()
        .filter_map(|(start, length)| {
            let jpeg = raw.get(start..start.checked_add(length)?)?;
            let Frame { width, height } = jpeg::frame(jpeg)?;
            Some(Preview {
                jpeg,
                width,
                height,
            })
        })
        .max_by_key(Preview::area);
    if named.is_some_and(|preview| preview.width.max(preview.height) >= GOOD) {
        return named;
    }
    let searched = jpeg::starts(raw).filter_map(|start| {
        let jpeg = &raw[start..];
        let Frame { width, height } = jpeg::frame(jpeg)?;
        Some(Preview {
            jpeg,
            width,
            height,
        })
    });
    named.into_iter().chain(searched).max_by_key(Preview::area)
}

/// Whether a TIFF holds what a sensor saw rather than a picture.
pub(super) fn is_raw(tiff: &[u8]) -> bool {
    tiff::has_sensor_data(tiff)
}

#[cfg(test)]
mod tests;
