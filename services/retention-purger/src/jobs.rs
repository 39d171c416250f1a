//! The jobs that the retention-purger does.

pub(crate) mod apply_retention;
pub(crate) mod back_up_originals;
pub(crate) mod delete_original;
pub(crate) mod delete_workspace;
pub(crate) mod plan_purge;
pub(crate) mod purge_asset;
pub(crate) mod reap_orphans;
