//! The storage port: what Stowage asks of any place that keeps objects.
//!
//! Owns the [`Storage`] trait, its words ([`ObjectPath`], [`Capability`], [`StorageError`]), the
//! decorators that every connector is wrapped in (timeouts, retries, metrics) and the conformance
//! suite that every connector must pass. A connector contains none of those.

mod capability;
pub mod conformance;
pub mod decorate;
mod error;
pub mod names;
mod path;
mod port;
pub mod probe;
pub mod sorted;
#[cfg(test)]
mod test_storage;

pub use capability::Capability;
pub use error::{ErrorKind, StorageError};
pub use path::{ObjectPath, PathError};
pub use port::{
    ByteStream, Copied, DeleteCondition, Identity, ListPage, Listing, Object, Origin, Pinned, Read,
    Skipped, Storage, Usage, WriteMode, bytes_of,
};
