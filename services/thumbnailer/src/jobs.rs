//! The jobs that the thumbnailer does.

pub(crate) mod render_asset;
