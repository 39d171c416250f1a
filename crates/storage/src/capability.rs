//! What a connection can do.

use serde::{Deserialize, Serialize};

/// What one connection can do: probed at connect time and stored, not a property of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capability {
    pub write: bool,
    /// A write can insist that nothing is there yet.
    pub write_create_only: bool,
    /// An object of another place of the same provider can be copied here without its bytes passing
    /// through us: pinned to one content, and on the condition of `write_create_only` where that is
    /// honoured.
    pub copy: bool,
    /// A delete can insist that the object has not changed.
    pub delete_if_unchanged: bool,
    /// Listings come in the byte order of remote ids. Where they do not, the decorator sorts them.
    pub sorted_listing: bool,
    /// Listings give a digest of the content or an id that outlives a rename.
    pub stable_ids: bool,
    /// Listings tell each object's revision as exactly as a question about the object does. Where
    /// they do not, they give a vague one.
    pub exact_listing: bool,
    /// `usage` knows the free space.
    pub reports_free_space: bool,
    /// How long after its last change an object counts as completely written, in seconds.
    pub settle_seconds: u32,
    /// A deleted object can be had back from the place's own trash or versions.
    pub recoverable_delete: bool,
}

impl Capability {
    /// What to try before anybody knows what is honoured: everything.
    pub fn untested() -> Self {
        Self {
            write_create_only: true,
            copy: true,
            delete_if_unchanged: true,
            ..Self::default()
        }
    }
}

impl Default for Capability {
    fn default() -> Self {
        Self {
            write: true,
            write_create_only: false,
            copy: false,
            delete_if_unchanged: false,
            sorted_listing: true,
            stable_ids: false,
            exact_listing: true,
            reports_free_space: false,
            settle_seconds: 0,
            recoverable_delete: false,
        }
    }
}
