//! The binding to libjpeg-turbo: the only `unsafe` code of this workspace.
//!
//! What every call below relies on:
//!
//! * A handle is made by `tj3Init`, used by one owner through `&mut`, and destroyed once, on drop.
//! * A [`Jpeg`] ties the bytes to the header that was read from them, and each buffer is sized
//!   here from that header just before the call that fills it. libjpeg-turbo reads the header
//!   again from the same bytes, so it arrives at the same sizes.
//! * Buffers are passed with explicit strides; each is as long as stride × rows.
//! * Output that libjpeg-turbo allocates is copied and then released with `tj3Free`, also on
//!   errors.
//! * Errors inside C return through `setjmp` within C; no Rust frame is ever jumped over, since
//!   no call takes a callback.
#![expect(
    unsafe_code,
    reason = "libjpeg-turbo is C; the invariants are listed above"
)]

mod compress;
mod decompress;
mod planes;

use std::ffi::{CStr, c_int};

use turbojpeg_sys as tj;

pub(crate) use compress::Compressor;
pub(crate) use decompress::{Damage, Decompressor, Jpeg, JpegColour, PixelFormat, Scale};
pub(crate) use planes::{Plane, Subsampling, YuvImage};

/// What libjpeg-turbo said when it gave up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct TurboError(pub(crate) String);

/// Owns one libjpeg-turbo instance.
struct Handle(tj::tjhandle);

// SAFETY: an instance has no ties to the thread that made it (its error text lives inside it when
// asked for with the handle), and `Handle` is not `Sync`, so one thread at a time uses it.
unsafe impl Send for Handle {}

impl Handle {
    fn new(kind: tj::TJINIT) -> Result<Self, TurboError> {
        // SAFETY: takes an integer and returns null or a new instance.
        let raw = unsafe { tj::tj3Init(kind as c_int) };
        if raw.is_null() {
            return Err(TurboError("libjpeg-turbo could not be started".into()));
        }
        Ok(Self(raw))
    }

    fn set(&mut self, parameter: tj::TJPARAM, value: c_int) -> Result<(), TurboError> {
        // SAFETY: the handle is live; unknown parameters and values are refused by the callee.
        let status = unsafe { tj::tj3Set(self.0, parameter as c_int, value) };
        if status == 0 {
            Ok(())
        } else {
            Err(self.error())
        }
    }

    fn get(&self, parameter: tj::TJPARAM) -> c_int {
        // SAFETY: the handle is live; reading a parameter has no other effect.
        unsafe { tj::tj3Get(self.0, parameter as c_int) }
    }

    fn error(&self) -> TurboError {
        // SAFETY: the handle is live, and the text is a C string inside it that stays until the
        // next call; it is copied at once.
        let text = unsafe { CStr::from_ptr(tj::tj3GetErrorStr(self.0)) };
        TurboError(text.to_string_lossy().into_owned())
    }

    /// Whether the last failed call nevertheless filled its output.
    fn was_only_a_warning(&self) -> bool {
        // SAFETY: the handle is live.
        let code = unsafe { tj::tj3GetErrorCode(self.0) };
        code == tj::TJERR_TJERR_WARNING as c_int
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle came from `tj3Init` and nobody uses it after this.
        unsafe { tj::tj3Destroy(self.0) }
    }
}

/// Makes sure that the planes are what libjpeg-turbo takes them for.
fn check_planes(
    subsampling: Subsampling,
    (width, height): (u32, u32),
    planes: [&Plane; 3],
) -> Result<(), TurboError> {
    let used = if subsampling == Subsampling::Grey {
        1
    } else {
        3
    };
    let raw = subsampling.raw();
    let is_whole = planes[..used].iter().enumerate().all(|(index, plane)| {
        // SAFETY: pure functions of their arguments.
        let (expected_width, expected_height) = unsafe {
            (
                tj::tj3YUVPlaneWidth(index as c_int, width as c_int, raw),
                tj::tj3YUVPlaneHeight(index as c_int, height as c_int, raw),
            )
        };
        plane.width as c_int == expected_width
            && plane.height as c_int == expected_height
            && plane.data.len() == plane.width as usize * plane.height as usize
    });
    if is_whole && width > 0 && height > 0 {
        Ok(())
    } else {
        Err(TurboError("the planes do not fit their size".into()))
    }
}
