//! Assets whose original is gone from its storage.

pub(crate) mod forget;
pub(crate) mod list;
pub(crate) mod restore;
