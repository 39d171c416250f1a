//! Pictures drawn and encoded here, rendered, decoded by another decoder, and compared with a
//! plain Lanczos reduction.

mod colours;
mod failures;
mod fixtures;
mod geometry;
mod photographs;
mod rasters;
