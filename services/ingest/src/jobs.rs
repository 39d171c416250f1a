//! The jobs that ingest does.

pub(crate) mod import_object;
pub(crate) mod import_upload;
pub(crate) mod plan_transfers;
pub(crate) mod reread_asset;
pub(crate) mod transfer_original;
