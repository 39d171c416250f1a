//! The first start, when there is nobody yet.

pub(super) mod create;
pub(super) mod show;
