//! The workspace's jobs.

pub(super) mod list;
pub(super) mod retry;
