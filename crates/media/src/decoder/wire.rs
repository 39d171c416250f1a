//! What parent and child say to each other: a length of four bytes, little-endian, then a message;
//! after a job's message, the bytes of the picture as they are.

use prost::{Message, Oneof};

use crate::render::{RenderError, RenderSpec, Rendered, Rendition, Size};

/// Messages are longer than this only when something is wrong.
pub(super) const MAX_MESSAGE: u32 = 256 << 20;

/// First thing to the child: how to lock itself in.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Limits {
    #[prost(uint64, tag = "1")]
    pub(super) address_space: u64,
    #[prost(uint64, tag = "2")]
    pub(super) cpu_seconds_per_job: u64,
    #[prost(uint32, tag = "3")]
    pub(super) jobs: u32,
}

/// First thing from the child.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Hello {
    #[prost(message, repeated, tag = "1")]
    pub(super) measures: Vec<Measure>,
}

/// One measure of the sandbox.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Measure {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(bool, tag = "2")]
    pub(super) is_enforced: bool,
    #[prost(string, tag = "3")]
    pub(super) detail: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Job {
    #[prost(uint64, tag = "1")]
    pub(super) length: u64,
    #[prost(message, repeated, tag = "2")]
    pub(super) sizes: Vec<WireSize>,
    #[prost(uint64, tag = "3")]
    pub(super) max_pixels_jpeg: u64,
    #[prost(uint64, tag = "4")]
    pub(super) max_decoded_bytes: u64,
    #[prost(double, tag = "5")]
    pub(super) min_final_shrink: f64,
    #[prost(bool, tag = "6")]
    pub(super) is_upright: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct WireSize {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(uint32, tag = "2")]
    pub(super) fit: u32,
    #[prost(uint32, tag = "3")]
    pub(super) quality: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Reply {
    #[prost(oneof = "Outcome", tags = "1, 2")]
    pub(super) outcome: Option<Outcome>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Outcome {
    #[prost(message, tag = "1")]
    Rendered(WireRendered),
    #[prost(message, tag = "2")]
    Failed(Failure),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct WireRendered {
    #[prost(uint32, tag = "1")]
    width: u32,
    #[prost(uint32, tag = "2")]
    height: u32,
    #[prost(bytes = "vec", tag = "3")]
    thumbhash: Vec<u8>,
    #[prost(message, repeated, tag = "4")]
    renditions: Vec<WireRendition>,
    #[prost(string, repeated, tag = "5")]
    warnings: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct WireRendition {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(uint32, tag = "2")]
    width: u32,
    #[prost(uint32, tag = "3")]
    height: u32,
    #[prost(bytes = "vec", tag = "4")]
    bytes: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Failure {
    #[prost(enumeration = "FailureKind", tag = "1")]
    kind: i32,
    #[prost(string, tag = "2")]
    text: String,
    #[prost(uint32, tag = "3")]
    width: u32,
    #[prost(uint32, tag = "4")]
    height: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum FailureKind {
    Internal = 0,
    Unsupported = 1,
    Broken = 2,
    TooLarge = 3,
    NoPreview = 4,
}

impl Job {
    pub(super) fn new(length: usize, spec: &RenderSpec) -> Self {
        let sizes = spec.sizes.iter().map(|size| WireSize {
            name: size.name.clone(),
            fit: size.fit,
            quality: u32::from(size.quality),
        });
        Self {
            length: length as u64,
            sizes: sizes.collect(),
            max_pixels_jpeg: spec.max_pixels_jpeg,
            max_decoded_bytes: spec.max_decoded_bytes,
            min_final_shrink: spec.min_final_shrink,
            is_upright: spec.is_upright,
        }
    }

    pub(super) fn spec(self) -> RenderSpec {
        let sizes = self.sizes.into_iter().map(|size| Size {
            name: size.name,
            fit: size.fit,
            quality: size.quality.min(100) as u8,
        });
        RenderSpec {
            sizes: sizes.collect(),
            max_pixels_jpeg: self.max_pixels_jpeg,
            max_decoded_bytes: self.max_decoded_bytes,
            min_final_shrink: self.min_final_shrink,
            is_upright: self.is_upright,
        }
    }
}

impl From<Result<Rendered, RenderError>> for Reply {
    fn from(result: Result<Rendered, RenderError>) -> Self {
        let outcome = match result {
            Ok(rendered) => Outcome::Rendered(rendered.into()),
            Err(error) => Outcome::Failed(error.into()),
        };
        Self {
            outcome: Some(outcome),
        }
    }
}

impl Reply {
    pub(super) fn into_result(self) -> Option<Result<Rendered, RenderError>> {
        Some(match self.outcome? {
            Outcome::Rendered(rendered) => Ok(rendered.into()),
            Outcome::Failed(failure) => Err(failure.into()),
        })
    }
}

impl From<Rendered> for WireRendered {
    fn from(rendered: Rendered) -> Self {
        let renditions = rendered
            .renditions
            .into_iter()
            .map(|rendition| WireRendition {
                name: rendition.name,
                width: rendition.width,
                height: rendition.height,
                bytes: rendition.bytes,
            });
        Self {
            width: rendered.width,
            height: rendered.height,
            thumbhash: rendered.thumbhash,
            renditions: renditions.collect(),
            warnings: rendered.warnings,
        }
    }
}

impl From<WireRendered> for Rendered {
    fn from(wire: WireRendered) -> Self {
        let renditions = wire.renditions.into_iter().map(|rendition| Rendition {
            name: rendition.name,
            width: rendition.width,
            height: rendition.height,
            bytes: rendition.bytes,
            mime: "image/jpeg",
        });
        Self {
            width: wire.width,
            height: wire.height,
            thumbhash: wire.thumbhash,
            renditions: renditions.collect(),
            warnings: wire.warnings,
        }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        let (kind, text, width, height) = match error {
            RenderError::Unsupported { mime } => (FailureKind::Unsupported, mime, 0, 0),
            RenderError::NoPreview => (FailureKind::NoPreview, String::new(), 0, 0),
            RenderError::Broken { reason } => (FailureKind::Broken, reason, 0, 0),
            RenderError::TooLarge {
                width,
                height,
                limit,
            } => (FailureKind::TooLarge, limit, width, height),
            RenderError::Internal { reason } => (FailureKind::Internal, reason, 0, 0),
        };
        Self {
            kind: kind.into(),
            text,
            width,
            height,
        }
    }
}

impl From<Failure> for RenderError {
    fn from(failure: Failure) -> Self {
        let kind = failure.kind();
        let Failure {
            text,
            width,
            height,
            ..
        } = failure;
        match kind {
            FailureKind::Unsupported => Self::Unsupported { mime: text },
            FailureKind::NoPreview => Self::NoPreview,
            FailureKind::Broken => Self::Broken { reason: text },
            FailureKind::TooLarge => Self::TooLarge {
                width,
                height,
                limit: text,
            },
            FailureKind::Internal => Self::Internal { reason: text },
        }
    }
}

/// A message with its length before it.
pub(super) fn frame(message: &impl Message) -> Vec<u8> {
    let length = message.encoded_len();
    let mut bytes = Vec::with_capacity(length + 4);
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    message.encode(&mut bytes).expect("a Vec takes any length");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_survives_the_way() {
        let errors = [
            RenderError::Unsupported {
                mime: "image/heic".into(),
            },
            RenderError::NoPreview,
            RenderError::Broken {
                reason: "cut".into(),
            },
            RenderError::TooLarge {
                width: 65_500,
                height: 65_500,
                limit: "no".into(),
            },
            RenderError::Internal {
                reason: "odd".into(),
            },
        ];
        for error in errors {
            let bytes = Reply::from(Err(error.clone())).encode_to_vec();
            let back = Reply::decode(bytes.as_slice()).unwrap().into_result();
            assert_eq!(back, Some(Err(error)));
        }
    }

    #[test]
    fn a_spec_survives_the_way() {
        let spec = RenderSpec::default();
        assert_eq!(Job::new(7, &spec).spec(), spec);
    }
}
