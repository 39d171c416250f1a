//! Copies within one provider: it copies by itself, pinned to what was imported, and the bytes pass
//! through here once, when they are read back.

use stowage_db::DbError;
use stowage_domain::{StorageId, StorageKind, TransferTrouble};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::JobContext;
use stowage_media::{FileType, sniff};
use stowage_storage::{Capability, ErrorKind, Pinned, StorageError};
use stowage_storage_client::{Purpose, Source, Target};
use tracing::debug;

use super::{
    Begun, Failure, PlaceError, Placed, Side,
    place::{Content, placed},
};
use crate::Deps;

/// How much of a file's beginning tells its type. Bytes.
const HEAD: u64 = 4_096;

/// What asking the provider came to.
pub(crate) enum Within {
    Copied(Placed),
    /// It has to be read and written. `is_tried`: the provider was asked, and something of it may lie
    /// under the reserved name.
    Not {
        is_tried: bool,
    },
}

/// What a copy within a provider is pinned to.
struct Pin<'a> {
    sha256: &'a [u8],
    content: Pinned,
}

impl Begun {
    /// Has the provider copy the original, where it may be able to.
    pub(crate) async fn copy_within(
        &self,
        deps: &Deps,
        context: &JobContext,
    ) -> Result<Within, PlaceError> {
        let Some(pin) = self.pin() else {
            return Ok(Within::Not { is_tried: false });
        };
        if !self.may_copy_within(deps).await? {
            return Ok(Within::Not { is_tried: false });
        }
        let file_type = self.look_at_source(deps, &pin.content).await?;
        self.prove_target(deps).await?;
        let wanted = self.wanted_path(deps, file_type).await?;
        let mut reserved = self.reserve(deps, &wanted, None, context).await?;
        let content = Content {
            sha256: pin.sha256,
            size: pin.content.size,
        };
        loop {
            failpoint(Failpoint::TransferReserved).await?;
            let source = Source {
                storage: self.source.storage,
                path: &self.source.path,
                pinned: pin.content.clone(),
            };
            let path = &reserved.path;
            let error = match deps.storage.copy(self.target(), path, source).await {
                Ok(copied) => {
                    let told = copied.sha256;
                    let placed = placed(&reserved, copied.object);
                    return Ok(Within::Copied(Placed { told, ..placed }));
                }
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::AlreadyExists => {}
                ErrorKind::Unsupported => {
                    debug!(%error, "the original is read and written instead");
                    return Ok(Within::Not { is_tried: true });
                }
                _ => return Err(failure_of(&error).into()),
            }
            let is_ours = self.attempt > 1;
            if let Some(written) = self.is_ours(deps, &reserved, content, is_ours).await? {
                return Ok(Within::Copied(placed(&reserved, written)));
            }
            reserved = self
                .reserve(deps, &wanted, Some(&reserved), context)
                .await?;
        }
    }

    /// Returns what the copy has to be; none where nobody knows the content yet, or where one end is
    /// central storage, which the connector does not reach.
    fn pin(&self) -> Option<Pin<'_>> {
        let is_central = |storage| storage == StorageId::central_of(self.target.workspace);
        if is_central(self.target.id) || is_central(self.source.storage) {
            return None;
        }
        Some(Pin {
            sha256: self.row.sha256.as_deref()?,
            content: Pinned {
                revision: self.source.imported_revision.clone()?,
                size: self.source.size,
            },
        })
    }

    /// Returns whether the two may be of one provider that copies by itself; only the connector
    /// knows for sure.
    async fn may_copy_within(&self, deps: &Deps) -> Result<bool, DbError> {
        let tx = deps.db.read_in(self.target.workspace).await?;
        let source = tx.storages().find(self.source.storage).await?;
        if source.is_none_or(|source| source.kind != self.target.kind) {
            return Ok(false);
        }
        // A folder needs no test to tell.
        if self.target.kind == StorageKind::Fs {
            return Ok(true);
        }
        let found = tx.storages().capability(self.target.id).await?;
        let found = found.and_then(|json| serde_json::from_str::<Capability>(&json).ok());
        Ok(found.is_some_and(|found| found.copy))
    }

    /// Reads the beginning of the source, which tells the ending of the copy's name.
    async fn look_at_source(&self, deps: &Deps, pinned: &Pinned) -> Result<FileType, Failure> {
        let source = Target {
            workspace: self.target.workspace,
            storage: self.source.storage,
        };
        let (path, purpose) = (&self.source.path, Purpose::Transfer);
        let read = deps.storage.read(source, path, Some(0..HEAD), purpose);
        let read = read.await.map_err(|error| Failure::of_source(&error))?;
        if read.object.revision != pinned.revision {
            let reason = "the source changed since it was imported";
            let why = TransferTrouble::SourceChanged;
            return Err(Failure::new(why, Side::Source, reason));
        }
        let head = read.into_bytes(HEAD).await;
        let head = head.map_err(|error| Failure::of_source(&error))?;
        Ok(sniff(&head, &self.asset.name))
    }
}

/// Says whom a copy that failed is held against: both ends are one provider, and only what is gone
/// or changed is certainly the source's.
fn failure_of(error: &StorageError) -> Failure {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::Conflict => Failure::of_source(error),
        _ => Failure::of_target(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_or_changed_is_the_sources_and_the_rest_the_targets() {
        for (kind, why, side) in [
            (
                ErrorKind::NotFound,
                TransferTrouble::SourceGone,
                Side::Source,
            ),
            (
                ErrorKind::Conflict,
                TransferTrouble::SourceChanged,
                Side::Source,
            ),
            (ErrorKind::Full, TransferTrouble::TargetFull, Side::Target),
            (
                ErrorKind::Timeout,
                TransferTrouble::Unreachable,
                Side::Target,
            ),
        ] {
            let failure = failure_of(&StorageError::new(kind, "it broke"));
            assert_eq!((failure.why, failure.side), (why, side), "{kind:?}");
        }
    }
}
