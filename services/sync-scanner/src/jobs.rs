//! The jobs that the scanner does.

pub(crate) mod scan_storage;
