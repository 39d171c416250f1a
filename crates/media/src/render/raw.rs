//! Raw files: shown by the picture that the camera made of them.

use crate::metadata::orientation_of_tiff;

use super::spec::{RenderError, RenderSpec};
use super::{Decoded, Parts, preview};

/// Where Canon's newest files keep the first of their EXIF blocks, and how far into them.
const CANON_BOX: &[u8] = b"CMT1";
const CANON_HEAD: usize = 64 << 10;

impl Parts {
    pub(super) fn decode_raw(
        &mut self,
        bytes: &[u8],
        spec: &RenderSpec,
    ) -> Result<Decoded, RenderError> {
        let Some(found) = preview::find(bytes) else {
            return Err(RenderError::NoPreview);
        };
        let mut decoded = self.decode_jpeg(found.jpeg, orientation(bytes), spec)?;
        let longer = found.width.max(found.height);
        if longer < spec.largest() {
            let (width, height) = (found.width, found.height);
            decoded.warnings.push(format!(
                "the largest picture inside this raw file has {width} × {height} pixels"
            ));
        }
        Ok(decoded)
    }
}

/// How the raw file says it is turned, which wins over its preview.
fn orientation(bytes: &[u8]) -> Option<u8> {
    let head = &bytes[..bytes.len().min(CANON_HEAD)];
    let canon = || {
        let at = head
            .windows(CANON_BOX.len())
            .position(|window| window == CANON_BOX)?;
        orientation_of_tiff(&head[at + CANON_BOX.len()..])
    };
    orientation_of_tiff(bytes).or_else(canon)
}
