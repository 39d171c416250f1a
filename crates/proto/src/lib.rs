//! The contracts between services: generated messages and gRPC services of `proto/`, and their
//! conversions to and from `stowage-domain`.
//!
//! To add a message: write it in `proto/stowage/<area>/<version>/`, then, where handlers should
//! see a domain type, its `TryFrom` in `convert.rs`.

mod convert;

pub use convert::ConvertError;

/// All descriptors, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

macro_rules! generated {
    ($(#[$meta:meta])* $area:ident, $package:literal) => {
        $(#[$meta])*
        pub mod $area {
            tonic::include_proto!($package);
        }
    };
}

generated!(
    /// Jobs and the envelope that they travel in.
    job, "stowage.job.v1alpha1"
);
generated!(
    /// Live events.
    event, "stowage.event.v1alpha1"
);
generated!(
    /// The storage connector's service.
    storage, "stowage.storage.v1alpha1"
);
generated!(
    /// The library's service for internal clients.
    library, "stowage.library.v1alpha1"
);
