//! A folder of the server itself, or of anything that is mounted there, as a storage.
//!
//! Owns: walking a folder in byte order, reading and writing files in it without ever following a
//! symbolic link out of it. Does not own: which folders may be connected (the operator's
//! allow-list is the caller's to check), retries, timeouts, metrics.
//!
//! Symbolic links are never followed, wherever they point: a listing names them as skipped.

mod backend;
mod config;
mod copy;
mod delete;
mod error;
mod ground;
mod list;
mod read;
mod tree;
mod write;

pub use backend::FsStorage;
pub use config::{FsOptions, FsSettings};
pub use ground::FsGround;
