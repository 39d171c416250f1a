//! The operator's door: what concerns workspaces as a whole. It takes the operator's token, and no
//! session or API key opens it.

pub(super) mod backup;
pub(super) mod log;
pub(super) mod orphans;
pub(super) mod plan;
pub(super) mod workspaces;
