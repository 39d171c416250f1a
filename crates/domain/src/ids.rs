//! Typed ids: UUIDv7, so that they sort by age and never repeat across replicas.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id (a UUID)")]
pub struct ParseIdError {
    pub text: String,
}

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| ParseIdError { text: text.to_owned() })
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

id!(
    WorkspaceId,
    UserId,
    SessionId,
    InvitationId,
    ApiKeyId,
    StorageId,
    ScanRunId,
    /// One object that a storage listed.
    RemoteObjectId,
    AssetId,
    AuditId,
    HoldId,
    PurgeBatchId,
    ExternalOpId,
    JobId,
    /// An original on its way from one storage to another.
    TransferId,
    /// A move of many originals to another storage.
    MigrationId,
    /// A file that somebody sends.
    UploadId,
);

impl StorageId {
    /// Returns the id of central storage as one of the workspace's storages: there is one in each.
    pub const fn central_of(workspace: WorkspaceId) -> Self {
        Self(workspace.0)
    }
}

/// Where new ids come from.
pub trait Ids: Send + Sync + fmt::Debug {
    fn next(&self) -> Uuid;
}

/// The id source of every real process.
#[derive(Debug, Clone, Copy, Default)]
pub struct UuidV7;

impl Ids for UuidV7 {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the id source that others take"
    )]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
