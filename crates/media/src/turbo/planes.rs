use std::ffi::c_int;

use turbojpeg_sys as tj;

/// One component of a picture, rows without gaps.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: Vec<u8>,
}

impl Plane {
    /// Makes the plane `width` × `height`; the samples are whatever they were.
    pub(crate) fn reshape(&mut self, width: u32, height: u32) {
        self.width = width;
        self.height = height;
        self.data.resize(width as usize * height as usize, 0);
    }

    /// Keeps the upper left `width` × `height`, which is not larger than the plane.
    pub(crate) fn crop(&mut self, width: u32, height: u32) {
        let (from, to) = (self.width as usize, width as usize);
        if from != to {
            for row in 1..height as usize {
                self.data.copy_within(row * from..row * from + to, row * to);
            }
        }
        self.reshape(width, height);
    }

    /// Copies this plane with its last column and row repeated until it is `width` × `height`.
    pub(crate) fn extend_into(&self, width: u32, height: u32, to: &mut Self) {
        to.reshape(width, height);
        let source_width = self.width as usize;
        for (index, row) in to.data.chunks_exact_mut(width as usize).enumerate() {
            let source_row = index.min(self.height as usize - 1);
            let source = &self.data[source_row * source_width..][..source_width];
            row[..source_width].copy_from_slice(source);
            row[source_width..].fill(source[source_width - 1]);
        }
    }
}

/// How many luma samples one chroma sample covers, across and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subsampling {
    S444,
    S422,
    S420,
    S440,
    S411,
    S441,
    Grey,
}

impl Subsampling {
    pub(super) fn from_raw(raw: c_int) -> Option<Self> {
        Some(match raw {
            tj::TJSAMP_TJSAMP_444 => Self::S444,
            tj::TJSAMP_TJSAMP_422 => Self::S422,
            tj::TJSAMP_TJSAMP_420 => Self::S420,
            tj::TJSAMP_TJSAMP_440 => Self::S440,
            tj::TJSAMP_TJSAMP_411 => Self::S411,
            tj::TJSAMP_TJSAMP_441 => Self::S441,
            tj::TJSAMP_TJSAMP_GRAY => Self::Grey,
            _ => return None,
        })
    }

    pub(super) fn raw(self) -> c_int {
        match self {
            Self::S444 => tj::TJSAMP_TJSAMP_444,
            Self::S422 => tj::TJSAMP_TJSAMP_422,
            Self::S420 => tj::TJSAMP_TJSAMP_420,
            Self::S440 => tj::TJSAMP_TJSAMP_440,
            Self::S411 => tj::TJSAMP_TJSAMP_411,
            Self::S441 => tj::TJSAMP_TJSAMP_441,
            Self::Grey => tj::TJSAMP_TJSAMP_GRAY,
        }
    }

    /// The size of the luma plane that libjpeg-turbo reads and writes for a picture: whole chroma
    /// samples, so that odd pictures have a column or a row more than they show.
    pub(crate) fn padded(self, width: u32, height: u32) -> (u32, u32) {
        let (across, down) = self.factors().unwrap_or((1, 1));
        (
            width.next_multiple_of(across),
            height.next_multiple_of(down),
        )
    }

    /// Luma samples under one chroma sample; `None` where there is no chroma.
    pub(crate) fn factors(self) -> Option<(u32, u32)> {
        match self {
            Self::S444 => Some((1, 1)),
            Self::S422 => Some((2, 1)),
            Self::S420 => Some((2, 2)),
            Self::S440 => Some((1, 2)),
            Self::S411 => Some((4, 1)),
            Self::S441 => Some((1, 4)),
            Self::Grey => None,
        }
    }
}

/// A picture as luma and two chroma planes, full range as in JFIF.
#[derive(Debug, Clone)]
pub(crate) struct YuvImage {
    pub(crate) subsampling: Subsampling,
    /// How much of the luma plane is picture: less than its size after a decode that had to round
    /// up, else all of it.
    pub(crate) extent: (f64, f64),
    /// Luma, then the two chroma planes (empty when grey).
    pub(crate) planes: [Plane; 3],
}

impl YuvImage {
    pub(crate) fn new() -> Self {
        Self {
            subsampling: Subsampling::Grey,
            extent: (0.0, 0.0),
            planes: Default::default(),
        }
    }

    /// Makes room for a picture of `width` × `height`.
    pub(crate) fn reshape(&mut self, width: u32, height: u32, subsampling: Subsampling) {
        self.subsampling = subsampling;
        self.extent = (f64::from(width), f64::from(height));
        let [luma, blue, red] = &mut self.planes;
        luma.reshape(width, height);
        let (chroma_width, chroma_height) = match subsampling.factors() {
            Some((across, down)) => (width.div_ceil(across), height.div_ceil(down)),
            None => (0, 0),
        };
        blue.reshape(chroma_width, chroma_height);
        red.reshape(chroma_width, chroma_height);
    }

    pub(crate) fn width(&self) -> u32 {
        self.planes[0].width
    }

    pub(crate) fn height(&self) -> u32 {
        self.planes[0].height
    }

    /// The planes that hold something.
    pub(crate) fn used(&self) -> usize {
        if self.subsampling == Subsampling::Grey {
            1
        } else {
            3
        }
    }

    pub(super) fn strides(&self) -> [c_int; 3] {
        [0, 1, 2].map(|index| self.planes[index].width as c_int)
    }
}
