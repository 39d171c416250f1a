//! What a file is, what it says about itself, and how it looks.
//!
//! * [`sniff()`] names the type of a file by its first bytes.
//! * [`metadata::read`] collects EXIF, IPTC and XMP. It never fails: problems become warnings.
//! * [`Renderer`] makes the renditions and the ThumbHash from one decode.
//! * [`Decoder`] does the same in a child process that may touch neither files nor network, and
//!   HEIC and AVIF with a helper program; [`child_main`] is what that process runs.
//!
//! This crate stores nothing and knows no workspace, asset or job: bytes in, bytes out. To teach
//! it another format, name it in `sniff`, decode it in a file beside `render/raster.rs`, and add
//! the arm to `Renderer::render`. Codecs that need `unsafe` do not come here; `turbo.rs` is the
//! one exception.

mod decoder;
pub mod metadata;
mod render;
mod sniff;
mod turbo;

#[cfg(feature = "fuzzing")]
pub use decoder::fuzzing;
pub use decoder::{
    DecodeError, Decoder, DecoderOptions, Enforcement, SandboxReport, child_main, find_heif_program,
};
pub use metadata::{Field, Gps, Metadata};
pub use render::{RenderError, RenderSpec, Rendered, Renderer, Rendition, Size};
pub use sniff::{FileClass, FileType, sniff};
