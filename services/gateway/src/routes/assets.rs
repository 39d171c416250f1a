//! Assets.

pub(super) mod bulk;
pub(super) mod card;
mod changes;
pub(super) mod check;
mod detail;
pub(super) mod edit;
pub(super) mod facets;
mod filter;
pub(super) mod list;
mod look;
mod metadata;
pub(super) mod missing;
pub(super) mod original;
pub(super) mod reread;
pub(super) mod restore;
pub(super) mod retry;
pub(super) mod show;
pub(super) mod timeline;
pub(super) mod trash;
pub(super) mod update;
