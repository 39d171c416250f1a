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
        /// Somebody asked for a lingering copy to be deleted now (D22).
        CopyRetried = "copy.retried",
        /// How long deleted assets stay in the bin.
        BinDaysChanged = "bin.days_changed",
        StorageConnected = "storage.connected",
        /// Its name, its place, its credentials, or how it is followed.
        StorageChanged = "storage.changed",
        StorageSwitchedOn = "storage.switched_on",
        StorageSwitchedOff = "storage.switched_off",
        /// What a purge does to originals in a storage (D3).
        StorageDeletionChanged = "storage.deletion_changed",
        StorageRemoved = "storage.removed",
        /// Under whom new files of a storage come in (D23).
        ImportUserChosen = "import_user.chosen",
        /// They may no longer import: new files come in under the system.
        ImportUserLost = "import_user.lost",
        /// Where new originals go (D1, D12).
        MainStorageChosen = "main_storage.chosen",
        /// Files of a storage are moved to the main storage from then on (D11).
        CollectorStarted = "collector.started",
        CollectorStopped = "collector.stopped",
        /// A storage gets a copy of every new original from then on (D34).
        DeliveryCopyStarted = "delivery_copy.started",
        DeliveryCopyStopped = "delivery_copy.stopped",
        /// Somebody asked for what could not be delivered to be tried again.
        TransfersRetried = "transfers.retried",
        /// All originals of a storage begin to go to another (D12).
        MigrationStarted = "migration.started",
        MigrationCancelled = "migration.cancelled",
        MigrationResumed = "migration.resumed",
        MigrationFinished = "migration.finished",
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
