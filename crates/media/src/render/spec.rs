use serde::{Deserialize, Serialize};

/// One rendition to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub name: String,
    /// The longer side in pixels, at most; smaller originals keep their size.
    pub fit: u32,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

impl Size {
    pub fn new(name: &str, fit: u32, quality: u8) -> Self {
        Self {
            name: name.to_owned(),
            fit,
            quality,
        }
    }
}

/// What to make of a picture, and how much a picture may cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderSpec {
    pub sizes: Vec<Size>,
    /// Pixels of a JPEG, at most. JPEGs are decoded at a scale, so that this is not memory.
    pub max_pixels_jpeg: u64,
    /// Bytes of decoded pixels, at most; of every other format, and of a progressive JPEG's
    /// coefficients.
    pub max_decoded_bytes: u64,
    /// When a scaled JPEG decode would leave a final shrink under this, the next larger scale is
    /// decoded: slower, and up to 0.8 dB nearer to the original.
    pub min_final_shrink: f64,
    /// Whether the pixels stand upright already, whatever the file's EXIF says.
    pub is_upright: bool,
}

impl Default for RenderSpec {
    fn default() -> Self {
        Self {
            sizes: vec![
                Size::new("thumbnail", 320, 80),
                Size::new("preview", 1280, 80),
                Size::new("fullscreen", 2560, 85),
            ],
            max_pixels_jpeg: 200_000_000,
            max_decoded_bytes: 512 << 20,
            min_final_shrink: 1.0,
            is_upright: false,
        }
    }
}

impl RenderSpec {
    pub(super) fn check(&self) -> Result<(), RenderError> {
        let is_sane = !self.sizes.is_empty()
            && self.sizes.len() <= 16
            && self
                .sizes
                .iter()
                .all(|size| (1..=16_384).contains(&size.fit));
        if is_sane {
            Ok(())
        } else {
            let reason = "between 1 and 16 sizes of at most 16384 pixels can be made".to_owned();
            Err(RenderError::Internal { reason })
        }
    }

    /// The longest side asked for.
    pub(super) fn largest(&self) -> u32 {
        self.sizes.iter().map(|size| size.fit).max().unwrap_or(1)
    }
}

/// One finished rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
    pub mime: &'static str,
}

/// Everything that was made of one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The size of the original after its orientation is applied.
    pub width: u32,
    pub height: u32,
    pub thumbhash: Vec<u8>,
    /// In the order of the spec; all of them, always.
    pub renditions: Vec<Rendition>,
    pub warnings: Vec<String>,
}

/// Why there is no rendition. Each reads as a sentence to the person whose file it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("files of type {mime} cannot be shown yet")]
    Unsupported { mime: String },
    #[error("this raw file holds no picture that can be shown")]
    NoPreview,
    #[error("{reason}")]
    Broken { reason: String },
    #[error("the picture is too large to show: {width} × {height} pixels, {limit}")]
    TooLarge {
        width: u32,
        height: u32,
        limit: String,
    },
    /// Our fault rather than the file's.
    #[error("the picture could not be shown: {reason}")]
    Internal { reason: String },
}

impl RenderError {
    pub(super) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken {
            reason: reason.into(),
        }
    }

    /// Puts a decoder's own words into a sentence.
    pub(super) fn from_decoder(message: &str) -> Self {
        let lower = message.to_lowercase();
        let ends_early = [
            "premature end",
            "unexpected end",
            "unexpectedeof",
            "failed to fill whole buffer",
        ]
        .iter()
        .any(|words| lower.contains(words));
        if ends_early {
            Self::broken("the file ends before its picture does")
        } else {
            Self::broken(format!(
                "the file is damaged: {}",
                message.trim_end_matches('.')
            ))
        }
    }
}
