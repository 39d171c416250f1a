//! The section `[thumbnailer]`.

use std::{num::NonZero, path::PathBuf, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Section, duration};
use stowage_media::{DecoderOptions, RenderSpec, Size};

/// How renditions are made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ThumbnailerConfig {
    /// Pictures decoded at once, each in a child of its own. 0: as many as the machine has cores.
    pub concurrency: usize,
    /// The thumbnail fits into a square of this side. Pixels.
    pub thumbnail_pixels: u32,
    /// The preview fits into a square of this side. Pixels.
    pub preview_pixels: u32,
    /// The full-screen picture fits into a square of this side. Pixels.
    pub fullscreen_pixels: u32,
    /// The largest original that is decoded. Bytes.
    pub max_original_bytes: u64,
    /// How long one picture may take.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub wall_limit: Duration,
    /// Processor time that one picture may take.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub cpu_limit: Duration,
    /// Memory that a decoder may map. Bytes.
    pub memory_bytes: u64,
    /// The program that decodes, called with `decode`. Empty: this one.
    pub program: PathBuf,
    /// The program that converts HEIC and AVIF: `heif-convert` or `heif-dec` of libheif. Empty:
    /// looked for on the search path.
    pub heif_program: PathBuf,
}

impl Default for ThumbnailerConfig {
    fn default() -> Self {
        Self {
            concurrency: 0,
            thumbnail_pixels: 320,
            preview_pixels: 1280,
            fullscreen_pixels: 2560,
            max_original_bytes: 512 * 1024 * 1024,
            wall_limit: Duration::from_mins(1),
            cpu_limit: Duration::from_secs(20),
            memory_bytes: 2 * 1024 * 1024 * 1024,
            program: PathBuf::new(),
            heif_program: PathBuf::new(),
        }
    }
}

impl ThumbnailerConfig {
    pub(crate) fn decoders(&self) -> usize {
        match self.concurrency {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            count => count,
        }
    }

    pub(crate) fn spec(&self) -> RenderSpec {
        let size = |name: &str, fit, quality| Size {
            name: name.to_owned(),
            fit,
            quality,
        };
        RenderSpec {
            sizes: vec![
                size("thumbnail", self.thumbnail_pixels, 80),
                size("preview", self.preview_pixels, 80),
                size("fullscreen", self.fullscreen_pixels, 85),
            ],
            ..RenderSpec::default()
        }
    }

    pub(crate) fn decoder(&self) -> std::io::Result<DecoderOptions> {
        let program = if self.program.as_os_str().is_empty() {
            std::env::current_exe()?
        } else {
            self.program.clone()
        };
        let mut options = DecoderOptions::new(program);
        options.wall_limit = self.wall_limit;
        options.cpu_limit = self.cpu_limit;
        options.address_space = self.memory_bytes;
        options.heif_program.clone_from(&self.heif_program);
        Ok(options)
    }
}

impl Section for ThumbnailerConfig {
    const NAME: &'static str = "thumbnailer";

    fn validate(&self) -> Result<(), ConfigError> {
        let sizes = [
            self.thumbnail_pixels,
            self.preview_pixels,
            self.fullscreen_pixels,
        ];
        if !sizes.is_sorted() || sizes[0] < 16 || sizes[2] > 16_384 {
            return Err(ConfigError::invalid(
                "thumbnailer.thumbnail_pixels",
                "sizes must rise from thumbnail to full screen, from 16 to 16384 pixels",
            ));
        }
        Ok(())
    }
}
