//! The marker file of a storage that Stowage writes to, and what to make of one that is there
//! (SPEC D9).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{StorageId, WorkspaceId};

/// What a marker file says: whose folder it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub installation: Uuid,
    pub workspace: Uuid,
    pub storage: Uuid,
    /// When it was written, as RFC 3339.
    pub created: String,
}

/// What the storage of a marker is to its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// It was removed, and its entries with it.
    Gone,
    /// It was removed, and its entries were kept.
    Parted,
    /// It is connected.
    InUse,
}

/// What connecting a place with this marker comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerVerdict {
    /// Write ours.
    Write,
    /// It is ours already.
    Keep,
    /// It is a storage that was here before: its entries are those of this place.
    Revive(StorageId),
    /// It belongs to a storage that is connected.
    InUse(StorageId),
    /// It belongs to another library.
    Foreign,
}

impl Marker {
    pub fn new(
        installation: Uuid,
        workspace: WorkspaceId,
        storage: StorageId,
        created: String,
    ) -> Self {
        Self {
            installation,
            workspace: workspace.0,
            storage: storage.0,
            created,
        }
    }

    pub fn is_of(&self, other: &Self) -> bool {
        self.is_of_library(other) && self.storage == other.storage
    }

    fn is_of_library(&self, other: &Self) -> bool {
        (self.installation, self.workspace) == (other.installation, other.workspace)
    }
}

/// Judges the marker that was found where one like `mine` is to be. `former` is what the storage
/// that it names is to the workspace; `take_over` says that a person wants a foreign place.
pub fn judge_marker(
    found: Option<&Marker>,
    mine: &Marker,
    former: Former,
    take_over: bool,
) -> MarkerVerdict {
    let Some(found) = found else {
        return MarkerVerdict::Write;
    };
    if found.is_of(mine) {
        return MarkerVerdict::Keep;
    }
    if !found.is_of_library(mine) {
        return if take_over {
            MarkerVerdict::Write
        } else {
            MarkerVerdict::Foreign
        };
    }
    let named = StorageId(found.storage);
    match former {
        Former::Gone => MarkerVerdict::Write,
        Former::Parted => MarkerVerdict::Revive(named),
        Former::InUse => MarkerVerdict::InUse(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(installation: u128, workspace: u128, storage: u128) -> Marker {
        Marker {
            installation: Uuid::from_u128(installation),
            workspace: Uuid::from_u128(workspace),
            storage: Uuid::from_u128(storage),
            created: "2026-11-28T12:00:00Z".into(),
        }
    }

    #[test]
    fn d9_w16_a_marker_decides_whose_a_folder_is() {
        use Former::{Gone, InUse, Parted};
        let mine = marker(1, 2, 3);
        let named = StorageId(Uuid::from_u128(9));
        for (found, former, take_over, expected) in [
            (None, Gone, false, MarkerVerdict::Write),
            (Some(marker(1, 2, 3)), InUse, false, MarkerVerdict::Keep),
            (Some(marker(1, 2, 9)), Gone, false, MarkerVerdict::Write),
            (
                Some(marker(1, 2, 9)),
                Parted,
                false,
                MarkerVerdict::Revive(named),
            ),
            (
                Some(marker(1, 2, 9)),
                InUse,
                false,
                MarkerVerdict::InUse(named),
            ),
            // Taking over is for other libraries: a storage of this one is never split in two.
            (
                Some(marker(1, 2, 9)),
                InUse,
                true,
                MarkerVerdict::InUse(named),
            ),
            (Some(marker(1, 7, 9)), Gone, false, MarkerVerdict::Foreign),
            (Some(marker(8, 2, 3)), InUse, false, MarkerVerdict::Foreign),
            (Some(marker(1, 7, 9)), Gone, true, MarkerVerdict::Write),
        ] {
            let judged = judge_marker(found.as_ref(), &mine, former, take_over);
            assert_eq!(judged, expected, "{found:?} {former:?} {take_over}");
        }
    }
}
