use std::ffi::{c_int, c_uchar, c_void};

use turbojpeg_sys as tj;

use super::{Handle, Plane, Subsampling, TurboError, YuvImage, check_planes};

/// Writes JPEG files without any metadata.
pub(crate) struct Compressor {
    handle: Handle,
    /// The luma of an odd picture with its edge repeated.
    padded: Plane,
}

impl Compressor {
    pub(crate) fn new() -> Result<Self, TurboError> {
        Ok(Self {
            handle: Handle::new(tj::TJINIT_TJINIT_COMPRESS)?,
            padded: Plane::default(),
        })
    }

    /// Encodes the planes as they are.
    pub(crate) fn encode(&mut self, image: &YuvImage, quality: u8) -> Result<Vec<u8>, TurboError> {
        let quality = c_int::from(quality.clamp(1, 100));
        self.handle.set(tj::TJPARAM_TJPARAM_QUALITY, quality)?;
        self.handle
            .set(tj::TJPARAM_TJPARAM_SUBSAMP, image.subsampling.raw())?;
        let (width, height) = (image.width(), image.height());
        let (padded_width, padded_height) = image.subsampling.padded(width, height);
        let mut padded = std::mem::take(&mut self.padded);
        let luma = if (padded_width, padded_height) == (width, height) {
            &image.planes[0]
        } else {
            image.planes[0].extend_into(padded_width, padded_height, &mut padded);
            &padded
        };
        let planes = [luma, &image.planes[1], &image.planes[2]];
        let result = check_planes(image.subsampling, (width, height), planes).and_then(|()| {
            let strides = planes.map(|plane| plane.width as c_int);
            let pointers = planes.map(|plane| plane.data.as_ptr());
            self.collect(|handle, buffer, size| {
                // SAFETY: the handle is live; each used plane holds stride × rows samples as
                // `tj3YUVPlaneWidth/Height` ask for this picture (checked above); `buffer` starts
                // null, so that the callee allocates.
                unsafe {
                    tj::tj3CompressFromYUVPlanes8(
                        handle,
                        pointers.as_ptr(),
                        width as c_int,
                        strides.as_ptr(),
                        height as c_int,
                        buffer,
                        size,
                    )
                }
            })
        });
        self.padded = padded;
        result
    }

    /// Converts RGB pixels to planes at 4:2:0.
    pub(crate) fn convert(
        &mut self,
        rgb: &[u8],
        width: u32,
        height: u32,
        into: &mut YuvImage,
    ) -> Result<(), TurboError> {
        let pitch = width as usize * 3;
        if width == 0 || rgb.len() != pitch * height as usize {
            return Err(TurboError("the pixels do not fit their size".into()));
        }
        let (padded_width, padded_height) = Subsampling::S420.padded(width, height);
        into.reshape(padded_width, padded_height, Subsampling::S420);
        self.handle
            .set(tj::TJPARAM_TJPARAM_SUBSAMP, Subsampling::S420.raw())?;
        let mut strides = into.strides();
        let mut pointers = [0, 1, 2].map(|index| into.planes[index].data.as_mut_ptr());
        check_planes(Subsampling::S420, (width, height), into.planes.each_ref())?;
        // SAFETY: the handle is live; `rgb` is pitch × rows, and the planes hold stride × rows as
        // `tj3YUVPlaneWidth/Height` ask (both checked above).
        let status = unsafe {
            tj::tj3EncodeYUVPlanes8(
                self.handle.0,
                rgb.as_ptr(),
                width as c_int,
                pitch as c_int,
                height as c_int,
                tj::TJPF_TJPF_RGB,
                pointers.as_mut_ptr(),
                strides.as_mut_ptr(),
            )
        };
        if status != 0 {
            return Err(self.handle.error());
        }
        into.planes[0].crop(width, height);
        into.extent = (f64::from(width), f64::from(height));
        Ok(())
    }

    /// Encodes interleaved pixels, for fixtures.
    #[cfg(test)]
    pub(crate) fn encode_pixels(
        &mut self,
        pixels: &[u8],
        width: u32,
        height: u32,
        format: super::PixelFormat,
        subsampling: Subsampling,
        quality: u8,
    ) -> Vec<u8> {
        let pitch = width * format.channels();
        assert_eq!(pixels.len(), pitch as usize * height as usize);
        let raw_format = match format {
            super::PixelFormat::Rgb => tj::TJPF_TJPF_RGB,
            super::PixelFormat::Cmyk => tj::TJPF_TJPF_CMYK,
        };
        self.handle
            .set(tj::TJPARAM_TJPARAM_QUALITY, c_int::from(quality))
            .unwrap();
        self.handle
            .set(tj::TJPARAM_TJPARAM_SUBSAMP, subsampling.raw())
            .unwrap();
        self.collect(|handle, buffer, size| {
            // SAFETY: as in `encode`, with one buffer of pitch × rows (asserted above).
            unsafe {
                tj::tj3Compress8(
                    handle,
                    pixels.as_ptr(),
                    width as c_int,
                    pitch as c_int,
                    height as c_int,
                    raw_format,
                    buffer,
                    size,
                )
            }
        })
        .unwrap()
    }

    /// Sets a switch, for fixtures.
    #[cfg(test)]
    pub(crate) fn progressive(&mut self, on: bool) {
        self.handle
            .set(tj::TJPARAM_TJPARAM_PROGRESSIVE, c_int::from(on))
            .unwrap();
    }

    fn collect(
        &mut self,
        compress: impl FnOnce(tj::tjhandle, *mut *mut c_uchar, *mut tj::size_t) -> c_int,
    ) -> Result<Vec<u8>, TurboError> {
        let mut buffer: *mut c_uchar = std::ptr::null_mut();
        let mut size: tj::size_t = 0;
        let status = compress(self.handle.0, &raw mut buffer, &raw mut size);
        let result = if status == 0 && !buffer.is_null() {
            // SAFETY: on success `buffer` points to `size` bytes that the callee allocated.
            Ok(unsafe { std::slice::from_raw_parts(buffer, size as usize) }.to_vec())
        } else {
            Err(self.handle.error())
        };
        // SAFETY: null or allocated by libjpeg-turbo, and not used after this.
        unsafe { tj::tj3Free(buffer.cast::<c_void>()) };
        result
    }
}
