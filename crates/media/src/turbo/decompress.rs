use std::ffi::c_int;

use turbojpeg_sys as tj;

use super::{Handle, Subsampling, TurboError, YuvImage};

/// What was wrong with a picture whose pixels we have all the same.
pub(crate) type Damage = Option<String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JpegColour {
    Rgb,
    YCbCr,
    Grey,
    Cmyk,
    Ycck,
}

/// The scales whose inverse transforms have SIMD code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Full,
    Half,
    Quarter,
    Eighth,
}

impl Scale {
    pub(crate) fn divisor(self) -> u32 {
        match self {
            Self::Full => 1,
            Self::Half => 2,
            Self::Quarter => 4,
            Self::Eighth => 8,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PixelFormat {
    Rgb,
    Cmyk,
}

impl PixelFormat {
    pub(crate) fn channels(self) -> u32 {
        match self {
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// Opens JPEG files, one after the other.
pub(crate) struct Decompressor {
    handle: Handle,
}

impl Decompressor {
    pub(crate) fn new() -> Result<Self, TurboError> {
        Ok(Self {
            handle: fresh_handle()?,
        })
    }

    /// Reads the header. `max_memory` bounds what libjpeg-turbo takes for itself, which is much
    /// only for progressive files.
    pub(crate) fn open<'a>(
        &'a mut self,
        bytes: &'a [u8],
        max_memory: u64,
    ) -> Result<Jpeg<'a>, TurboError> {
        // A handle keeps the size and the state of its last file wherever the next has no header
        // of its own, and would then give out that file's picture: each file gets a fresh one.
        self.handle = fresh_handle()?;
        let megabytes = c_int::try_from(max_memory >> 20)
            .unwrap_or(c_int::MAX)
            .max(1);
        self.handle.set(tj::TJPARAM_TJPARAM_MAXMEMORY, megabytes)?;
        // SAFETY: the handle is live, and pointer and length describe `bytes`.
        let status = unsafe {
            tj::tj3DecompressHeader(self.handle.0, bytes.as_ptr(), bytes.len() as tj::size_t)
        };
        if status != 0 && !self.handle.was_only_a_warning() {
            return Err(self.handle.error());
        }
        let width = self.handle.get(tj::TJPARAM_TJPARAM_JPEGWIDTH);
        let height = self.handle.get(tj::TJPARAM_TJPARAM_JPEGHEIGHT);
        let (Ok(width @ 1..), Ok(height @ 1..)) = (u32::try_from(width), u32::try_from(height))
        else {
            return Err(TurboError("the header gives no size".into()));
        };
        let colour = match self.handle.get(tj::TJPARAM_TJPARAM_COLORSPACE) as tj::TJCS {
            tj::TJCS_TJCS_RGB => JpegColour::Rgb,
            tj::TJCS_TJCS_YCbCr => JpegColour::YCbCr,
            tj::TJCS_TJCS_GRAY => JpegColour::Grey,
            tj::TJCS_TJCS_CMYK => JpegColour::Cmyk,
            tj::TJCS_TJCS_YCCK => JpegColour::Ycck,
            _ => return Err(TurboError("the colour space is not known".into())),
        };
        let subsampling = Subsampling::from_raw(self.handle.get(tj::TJPARAM_TJPARAM_SUBSAMP));
        let precision = self.handle.get(tj::TJPARAM_TJPARAM_PRECISION);
        let is_lossless = self.handle.get(tj::TJPARAM_TJPARAM_LOSSLESS) == 1;
        let is_progressive = self.handle.get(tj::TJPARAM_TJPARAM_PROGRESSIVE) == 1;
        let handle = &mut self.handle;
        Ok(Jpeg {
            handle,
            bytes,
            width,
            height,
            colour,
            subsampling,
            precision,
            is_lossless,
            is_progressive,
        })
    }
}

fn fresh_handle() -> Result<Handle, TurboError> {
    let mut handle = Handle::new(tj::TJINIT_TJINIT_DECOMPRESS)?;
    // Honest progressive files have about ten scans; a crafted one has thousands, each of which
    // costs a pass over the picture.
    handle.set(tj::TJPARAM_TJPARAM_SCANLIMIT, 200)?;
    Ok(handle)
}

/// A JPEG file whose header has been read.
pub(crate) struct Jpeg<'a> {
    handle: &'a mut Handle,
    bytes: &'a [u8],
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colour: JpegColour,
    /// `None` for factors that libjpeg-turbo cannot give out as planes.
    pub(crate) subsampling: Option<Subsampling>,
    pub(crate) precision: c_int,
    pub(crate) is_lossless: bool,
    pub(crate) is_progressive: bool,
}

impl Jpeg<'_> {
    pub(crate) fn scaled(&self, scale: Scale) -> (u32, u32) {
        let divisor = scale.divisor();
        (self.width.div_ceil(divisor), self.height.div_ceil(divisor))
    }

    fn set_scale(&mut self, scale: Scale) -> Result<(), TurboError> {
        let factor = tj::tjscalingfactor {
            num: 1,
            denom: scale.divisor() as c_int,
        };
        // SAFETY: the handle is live; the factor is passed by value and checked by the callee.
        let status = unsafe { tj::tj3SetScalingFactor(self.handle.0, factor) };
        if status == 0 {
            Ok(())
        } else {
            Err(self.handle.error())
        }
    }

    fn outcome(&self, status: c_int) -> Result<Damage, TurboError> {
        if status == 0 {
            return Ok(None);
        }
        let error = self.handle.error();
        if self.handle.was_only_a_warning() {
            Ok(Some(error.0))
        } else {
            Err(error)
        }
    }

    /// Decodes the components as they are stored, without converting or upsampling.
    pub(crate) fn planes(
        &mut self,
        scale: Scale,
        into: &mut YuvImage,
    ) -> Result<Damage, TurboError> {
        let Some(subsampling) = self.subsampling else {
            return Err(TurboError(
                "the chroma layout cannot be given out as planes".into(),
            ));
        };
        self.set_scale(scale)?;
        let (width, height) = self.scaled(scale);
        let (padded_width, padded_height) = subsampling.padded(width, height);
        into.reshape(padded_width, padded_height, subsampling);
        let divisor = f64::from(scale.divisor());
        into.extent = (
            f64::from(self.width) / divisor,
            f64::from(self.height) / divisor,
        );
        super::check_planes(subsampling, (width, height), into.planes.each_ref())?;
        let mut strides = into.strides();
        let mut pointers = [0, 1, 2].map(|index| into.planes[index].data.as_mut_ptr());
        // SAFETY: the handle is live and the bytes are those whose header gave the sizes. Each
        // used plane holds stride × rows samples as `tj3YUVPlaneWidth/Height` ask (checked above);
        // for grey pictures the callee looks at the first pointer alone.
        let status = unsafe {
            tj::tj3DecompressToYUVPlanes8(
                self.handle.0,
                self.bytes.as_ptr(),
                self.bytes.len() as tj::size_t,
                pointers.as_mut_ptr(),
                strides.as_mut_ptr(),
            )
        };
        self.outcome(status)
    }

    /// Decodes to interleaved pixels.
    pub(crate) fn pixels(
        &mut self,
        scale: Scale,
        format: PixelFormat,
        into: &mut Vec<u8>,
    ) -> Result<Damage, TurboError> {
        self.set_scale(scale)?;
        let (width, height) = self.scaled(scale);
        let pitch = width * format.channels();
        into.resize(pitch as usize * height as usize, 0);
        let raw_format = match format {
            PixelFormat::Rgb => tj::TJPF_TJPF_RGB,
            PixelFormat::Cmyk => tj::TJPF_TJPF_CMYK,
        };
        // SAFETY: the handle is live, the bytes are those whose header gave the size, and the
        // buffer holds pitch × rows bytes of the format asked for.
        let status = unsafe {
            tj::tj3Decompress8(
                self.handle.0,
                self.bytes.as_ptr(),
                self.bytes.len() as tj::size_t,
                into.as_mut_ptr(),
                pitch as c_int,
                raw_format,
            )
        };
        self.outcome(status)
    }
}
