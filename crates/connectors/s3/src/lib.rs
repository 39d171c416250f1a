//! Amazon S3, and everything that speaks like it, as a storage.
//!
//! Owns: the settings of such a connection with what is to be said about wrong ones, the mapping
//! of keys to paths below a prefix, uploads in one piece and in parts. Does not own: retries,
//! rate limits, metrics (decorators in `stowage-storage`), and which addresses may be reached
//! (`stowage-egress`).
//!
//! What a server really does with conditions is found out by a probe and handed in as
//! [`Capability`](stowage_storage::Capability): many ignore `If-None-Match` and `If-Match`.
//!
//! To try it: `deploy/dev/services` starts two servers with different gaps, and
//! `tests/backends/storage/s3.rs` asks the whole contract of both. For another server, add a file
//! like `rclone.rs` there.

mod backend;
mod client;
mod config;
mod copy;
mod credentials;
mod endpoint;
mod error;
mod ground;
mod keys;
mod list;
mod parts;
mod read;
mod write;

pub use backend::{S3Options, S3Storage};
pub use client::{S3Http, S3Timeouts};
pub use config::{Provider, S3Settings, SettingProblem};
pub use copy::CopyLimits;
pub use credentials::S3Credentials;
pub use ground::S3Ground;
