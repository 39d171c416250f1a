//! An asset's states and whether its original can be had (SPEC D5, D8).

use std::fmt::Write;

use crate::{StorageStatus, WorkspaceId, string_enum::string_enum};

string_enum!(
    /// Where an asset is in its life; moves only by compare-and-set.
    Lifecycle {
        Live = "live",
        Trashed = "trashed",
        Purging = "purging",
        Purged = "purged",
    }
);

string_enum!(
    /// How far an asset's pictures are.
    AssetStatus {
        /// Imported; its renditions are being made.
        Processing = "processing",
        Ready = "ready",
        /// The file is damaged or could not be decoded; the reason says how.
        Failed = "failed",
        /// Stored and downloadable, shown by a typed placeholder.
        Unsupported = "unsupported",
    }
);

string_enum!(
    /// What reading an original came to; what rendering came to is the thumbnailer's to say.
    ReadState {
        /// Its pictures can be made.
        Renderable = "renderable",
        /// Stored and downloadable, shown by a typed placeholder.
        Unsupported = "unsupported",
        /// Nothing can be made of it, for the reason given.
        Broken = "broken",
    }
);

string_enum!(
    /// Where a tag comes from.
    TagOrigin {
        /// A folder of the path, kept in step with it.
        Folder = "folder",
        /// A keyword that the file carries.
        Keyword = "keyword",
        Person = "person",
    }
);

string_enum!(
    /// The renditions that are made of every original that can be decoded (D26).
    RenditionKind {
        Thumbnail = "thumbnail",
        Preview = "preview",
        Fullscreen = "fullscreen",
    }
);

/// Rises when the same original would give other pictures, so that their addresses change.
pub const RECIPE: u32 = 1;

/// Returns what names the pictures that a recipe makes of a content.
pub fn content_key(sha256: &[u8], recipe: u32) -> String {
    let mut key = String::with_capacity(sha256.len() * 2 + 4);
    for byte in sha256 {
        let _ = write!(key, "{byte:02x}");
    }
    let _ = write!(key, "-{recipe}");
    key
}

/// Returns the key of a picture in central storage.
pub fn rendition_key(workspace: WorkspaceId, content_key: &str, kind: RenditionKind) -> String {
    format!("w/{workspace}/renditions/{content_key}/{kind}.jpg")
}

string_enum!(
    /// Whether the original can be had now; anything but `Available` is the red mark (D8).
    Availability {
        Available = "available",
        /// The file is gone from its storage.
        Missing = "missing",
        /// The storage lost its authorisation.
        Disconnected = "disconnected",
        /// The storage cannot be reached.
        Failed = "failed",
        /// The storage is off and its owner asked that this hide the originals.
        Disabled = "disabled",
    }
);

/// What is known of one place where an asset's original lies.
#[derive(Debug, Clone, Copy)]
pub struct OriginalFacts {
    pub present: bool,
    pub storage_on: bool,
    /// `off_means = inaccessible` of D8.
    pub off_hides_originals: bool,
    pub status: StorageStatus,
}

impl Availability {
    /// Returns whether the original can be had from this place, and if not, why.
    pub fn of(facts: OriginalFacts) -> Self {
        if !facts.present {
            return Self::Missing;
        }
        if !facts.storage_on && facts.off_hides_originals {
            return Self::Disabled;
        }
        match facts.status {
            StorageStatus::Disconnected => Self::Disconnected,
            StorageStatus::Failed => Self::Failed,
            StorageStatus::NotTested
            | StorageStatus::Connected
            | StorageStatus::Degraded
            | StorageStatus::Off => Self::Available,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEALTHY: OriginalFacts = OriginalFacts {
        present: true,
        storage_on: true,
        off_hides_originals: false,
        status: StorageStatus::Connected,
    };

    #[test]
    fn p25_a_storage_that_cannot_be_reached_marks_its_assets() {
        let facts = OriginalFacts {
            status: StorageStatus::Failed,
            ..HEALTHY
        };
        assert_eq!(Availability::of(facts), Availability::Failed);
    }

    #[test]
    fn p27_a_file_that_is_gone_is_told_apart_from_a_storage_that_is_gone() {
        let facts = OriginalFacts {
            present: false,
            status: StorageStatus::Disconnected,
            ..HEALTHY
        };
        assert_eq!(Availability::of(facts), Availability::Missing);
    }

    #[test]
    fn v34_a_storage_that_is_off_hides_originals_only_when_asked_to() {
        let off = OriginalFacts {
            storage_on: false,
            ..HEALTHY
        };
        assert_eq!(Availability::of(off), Availability::Available);
        let hiding = OriginalFacts {
            off_hides_originals: true,
            ..off
        };
        assert_eq!(Availability::of(hiding), Availability::Disabled);
    }

    #[test]
    fn a_degraded_storage_puts_no_mark_on_its_assets() {
        let facts = OriginalFacts {
            status: StorageStatus::Degraded,
            ..HEALTHY
        };
        assert_eq!(Availability::of(facts), Availability::Available);
    }
}
