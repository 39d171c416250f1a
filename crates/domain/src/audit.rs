//! What the record of destructive acts is made of.

use crate::{UserId, string_enum::string_enum};

string_enum!(
    /// An act that takes something away, gives it back, or decides about it.
    AuditAction {
        AssetTrashed = "asset.trashed",
        AssetRestored = "asset.restored",
        AssetPurged = "asset.purged",
        /// The entry of a missing asset was dropped (D6).
        AssetForgotten = "asset.forgotten",
        /// Another asset took its place when its file was renamed (D7).
        AssetRecreated = "asset.recreated",
        /// A file that comes back to its path may be its asset's again (D6, `hold`).
        OriginalRestored = "original.restored",
        /// A person said that many files that vanished are meant to be gone (D5).
        AbsenceConfirmed = "absence.confirmed",
        HoldPlaced = "hold.placed",
        HoldLifted = "hold.lifted",
        /// Somebody asked for what is in the bin to go now.
        PurgeRequested = "purge.requested",
        /// An original outside was deleted for a committed reason.
        OriginalDeleted = "original.deleted",
        /// A copy outside that Stowage wrote and nobody wants any more was deleted.
        CopyDiscarded = "copy.discarded",
        /// Somebody said that a copy may stay where it could not be deleted (D22).
        CopyAcknowledged = "copy.acknowledged",
        /// How long deleted assets stay in the bin.
        BinDaysChanged = "bin.days_changed",
        StorageChanged = "storage.changed",
        StorageRemoved = "storage.removed",
        UploadCancelled = "upload.cancelled",
        /// A rule that bins by itself was made, changed or removed (D30).
        RetentionRuleChanged = "retention.rule_changed",
        /// A large batch of a rule may go.
        RetentionApproved = "retention.approved",
        RetentionRefused = "retention.refused",
    }
);

string_enum!(
    /// What an act was done to.
    AuditSubject {
        Asset = "asset",
        Storage = "storage",
        Upload = "upload",
        Workspace = "workspace",
    }
);

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    User(UserId),
    /// A rule or a deadline that a person set earlier.
    System,
}

impl Actor {
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::System => None,
        }
    }
}
