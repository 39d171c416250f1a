//! Rendering in a child process that can be killed and cannot do harm.
//!
//! The parent ([`Decoder`]) starts the child, hands it one picture at a time and takes back the
//! renditions. The child ([`child_main`]) locks itself in before it reads the first byte. What
//! travels between them is in `wire`; what locks the child in, in `sandbox`.

mod child;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod helper;
mod process;
mod sandbox;
mod wire;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;

use crate::render::{RenderError, RenderSpec, Rendered};
use crate::sniff::sniff;

pub use child::child_main;
pub use helper::find_heif_program;
pub use sandbox::{Enforcement, SandboxReport};

use helper::Places;
use process::Process;

/// How the child is started and how much it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecoderOptions {
    /// The program whose arguments `args` make it run [`child_main`].
    pub program: PathBuf,
    pub args: Vec<OsString>,
    /// From handing over a picture to having its renditions.
    pub wall_limit: Duration,
    /// Processor time for one picture.
    pub cpu_limit: Duration,
    /// Bytes of address space.
    pub address_space: u64,
    /// Pictures after which a child is replaced.
    pub recycle_after: u32,
    /// The program that converts HEIC and AVIF; empty: found on the search path.
    pub heif_program: PathBuf,
}

impl DecoderOptions {
    /// The limits in use, for a program that runs the child as `decode`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: vec![OsString::from("decode")],
            wall_limit: Duration::from_secs(30),
            cpu_limit: Duration::from_secs(20),
            address_space: 1 << 30,
            recycle_after: 100,
            heif_program: PathBuf::new(),
        }
    }
}

/// Why there is no rendition.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// About the picture; trying again changes nothing.
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the decoder crashed on this picture ({status})")]
    Crashed { status: ExitStatus },
    #[error("decoding this picture takes too long")]
    TimedOut,
    #[error("decoding this picture takes too much memory")]
    OutOfMemory,
    #[error("could not start the decoder")]
    Spawn(#[source] io::Error),
    /// Installing the helper and trying again helps.
    #[error(
        "files of type {mime} need the program heif-convert, which is not installed on the \
         server: install libheif's tools there (the package libheif-examples on Debian and \
         Ubuntu), then try again"
    )]
    HelperMissing { mime: String },
    #[error("the program heif-convert is not run because it cannot be locked in: {reason}")]
    HelperUnsafe { reason: String },
    #[error("the decoder answered nonsense: {reason}")]
    Protocol { reason: String },
}

impl DecodeError {
    /// Whether the same picture may render at another time: the machine was at fault, not the
    /// file.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Spawn(_) | Self::Render(RenderError::Internal { .. }) | Self::Protocol { .. } => {
                true
            }
            Self::Render(_)
            | Self::Crashed { .. }
            | Self::TimedOut
            | Self::OutOfMemory
            | Self::HelperMissing { .. }
            | Self::HelperUnsafe { .. } => false,
        }
    }
}

/// Renders in a child that is replaced after a hundred pictures, after any error, and when the
/// workspace changes, so that nothing of one workspace is in memory while another's file is
/// parsed. Dropping the decoder kills its child.
pub struct Decoder {
    options: DecoderOptions,
    running: Option<Running>,
    started: u64,
    /// Where the helper writes to, once there was need of it.
    places: Option<Places>,
}

struct Running {
    process: Process,
    workspace: String,
    served: u32,
}

impl Decoder {
    pub fn new(options: DecoderOptions) -> Self {
        Self {
            options,
            running: None,
            started: 0,
            places: None,
        }
    }

    /// Returns how many children have been started so far.
    pub fn children_started(&self) -> u64 {
        self.started
    }

    /// Returns the process id of the child that waits for the next picture.
    pub fn child_id(&self) -> Option<u32> {
        self.running
            .as_ref()
            .and_then(|running| running.process.id())
    }

    /// Starts a child if none runs and returns how well it is locked in.
    pub async fn probe(&mut self) -> Result<SandboxReport, DecodeError> {
        if let Some(running) = &self.running {
            return Ok(running.process.report().clone());
        }
        let running = self.start("").await?;
        let report = running.process.report().clone();
        self.running = Some(running);
        Ok(report)
    }

    /// Renders one picture.
    pub async fn render(
        &mut self,
        workspace: &str,
        bytes: Bytes,
        spec: &RenderSpec,
    ) -> Result<Rendered, DecodeError> {
        let head = &bytes[..bytes.len().min(crate::sniff::HEAD)];
        let mime = sniff(head, "").mime;
        if helper::is_needed(mime) {
            let places = match self.places.take() {
                Some(places) => places,
                None => Places::make().map_err(DecodeError::Spawn)?,
            };
            let places = self.places.insert(places);
            let converted = helper::convert(places, &self.options, mime, &bytes, spec).await?;
            let upright = RenderSpec {
                is_upright: true,
                ..spec.clone()
            };
            return self.render_in_child(workspace, converted, &upright).await;
        }
        self.render_in_child(workspace, bytes, spec).await
    }

    async fn render_in_child(
        &mut self,
        workspace: &str,
        bytes: Bytes,
        spec: &RenderSpec,
    ) -> Result<Rendered, DecodeError> {
        let mut running = self.child_for(workspace).await?;
        // While a picture is under way the child is owned by this call: when the caller gives up
        // in the middle, the child is dropped, and killed with it.
        let outcome = running.process.render(bytes, spec, &self.options).await;
        running.served += 1;
        match outcome {
            Ok(rendered) if running.served < self.options.recycle_after => {
                self.running = Some(running);
                Ok(rendered)
            }
            Ok(rendered) => {
                running.process.stop().await;
                Ok(rendered)
            }
            Err(error) => {
                running.process.stop().await;
                Err(error)
            }
        }
    }

    async fn child_for(&mut self, workspace: &str) -> Result<Running, DecodeError> {
        match self.running.take() {
            Some(mut running) if running.served == 0 => {
                workspace.clone_into(&mut running.workspace);
                Ok(running)
            }
            Some(running) if running.workspace == workspace => Ok(running),
            Some(mut other) => {
                other.process.stop().await;
                self.start(workspace).await
            }
            None => self.start(workspace).await,
        }
    }

    async fn start(&mut self, workspace: &str) -> Result<Running, DecodeError> {
        let process = Process::start(&self.options).await?;
        self.started += 1;
        Ok(Running {
            process,
            workspace: workspace.to_owned(),
            served: 0,
        })
    }
}
