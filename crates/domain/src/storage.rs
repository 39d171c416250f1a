//! What a storage is and how it stands (SPEC D1, D2, D3, D18).

use std::time::Duration;

use crate::{scan::Proof, string_enum::string_enum};

string_enum!(
    /// The kinds of storage that can be connected.
    StorageKind {
        /// The operator's own store, present in every workspace.
        Central = "central",
        Fs = "fs",
        S3 = "s3",
        Gcs = "gcs",
        GoogleDrive = "gdrive",
        Dropbox = "dropbox",
        OneDrive = "onedrive",
        YandexDisk = "yandex-disk",
        Ftp = "ftp",
    }
);

string_enum!(
    /// How a connection stands, in the words users see (D18).
    StorageStatus {
        NotTested = "not_tested",
        Connected = "connected",
        /// It works on and off: the last attempts failed in a way that may pass.
        Degraded = "degraded",
        /// It cannot be reached or is not what it was; the reason says which.
        Failed = "failed",
        /// The authorisation was lost; it is probed until it works again.
        Disconnected = "disconnected",
        /// Switched off by a person.
        Off = "off",
    }
);

string_enum!(
    /// Whether Stowage may change anything in a storage.
    Access { ReadOnly = "read_only", ReadWrite = "read_write" }
);

string_enum!(
    /// What a purge does to originals in a customer's storage (D3).
    OnPurge { Keep = "keep", Delete = "delete" }
);

string_enum!(
    /// What becomes of an asset whose file comes back to its storage (D6).
    OnReturn {
        /// It is the same asset again at the next scan.
        Relink = "relink",
        /// It stays marked until an administrator restores it.
        Hold = "hold",
    }
);

string_enum!(
    /// What becomes of an asset whose file is renamed or moved in its storage (D7).
    OnMove {
        /// It stays the same asset, with all that people added to it.
        Follow = "follow",
        /// It is dropped from the library, and the file becomes a new asset.
        Recreate = "recreate",
    }
);

string_enum!(
    /// What switching a storage off means for the originals in it (D8).
    OffMeans {
        /// No scans and no new files; originals can still be had.
        NoNewFiles = "no_new_files",
        /// Originals cannot be had either until it is on again.
        Inaccessible = "inaccessible",
    }
);

/// How a storage treats files that leave, come back or are in the library already, and what
/// switching it off means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour {
    pub on_return: OnReturn,
    pub on_move: OnMove,
    pub off_means: OffMeans,
    /// A file whose content the library has already becomes no asset (D14).
    pub check_duplicates: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            on_return: OnReturn::Relink,
            on_move: OnMove::Follow,
            off_means: OffMeans::NoNewFiles,
            check_duplicates: false,
        }
    }
}

string_enum!(
    /// Why an object of a storage is known.
    ObjectRole {
        /// The original of an asset.
        Original = "original",
        /// A further copy of an asset's original.
        Copy = "copy",
        /// Skipped because its content is in the workspace already (D14).
        Duplicate = "duplicate",
        /// Written by Stowage itself: marker, probes, deliveries.
        Own = "own",
    }
);

impl StorageKind {
    /// Returns how long after its last change a file of such a storage counts as completely
    /// written. Zero where an object appears only when it is whole.
    pub fn settle(self) -> Duration {
        match self {
            Self::Fs => Duration::from_secs(2),
            Self::Ftp => Duration::from_mins(1),
            _ => Duration::ZERO,
        }
    }

    /// Returns whether an import asks how a file stands before it reads it: where files arrive
    /// slowly, and a listing may be too old or too vague to tell whether one is complete.
    pub fn is_asked_first(self) -> bool {
        matches!(self, Self::Ftp)
    }

    /// Returns how such a storage shows that it is the place that was connected.
    pub fn proof(self) -> Proof {
        match self {
            Self::Ftp => Proof::Address,
            _ => Proof::Own,
        }
    }

    /// Returns whether content may change under a reader, so that it is compared before and after.
    pub fn changes_under_readers(self) -> bool {
        matches!(self, Self::Fs | Self::Ftp)
    }
}
