//! Names in the target, and bytes under them.

use stowage_db::{DbError, repo::WorkspaceRow};
use stowage_domain::{
    RemoteObjectId, StorageId, TransferState, TransferTrouble,
    naming::{
        DEFAULT_PATTERN, Destination, FileNamePattern, NameValues, destination, split_ending,
        wall_time,
    },
};
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_jobs::JobContext;
use stowage_media::FileType;
use stowage_storage::{ErrorKind, Object, StorageError};
use stowage_storage_client::{Purpose, Target};

use super::{Begun, Failure, Side};
use crate::{
    Deps,
    intake::{Intake, Whole},
};

/// A copy that the target took.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) object: RemoteObjectId,
    pub(crate) written: Object,
    /// The hash of what lies there, where the target itself computed it; none: it is read back.
    pub(crate) told: Option<[u8; 32]>,
}

/// A content by which a copy is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) sha256: &'a [u8],
    pub(super) size: u64,
}

/// A name that is reserved for a copy.
#[derive(Debug, Clone)]
pub(super) struct Reserved {
    object: RemoteObjectId,
    pub(super) path: String,
    /// The number that the name has among those that would be the same.
    number: u32,
}

/// Why a copy was not placed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{}", .0.reason)]
    Failed(Failure),
}

impl From<Failure> for PlaceError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Failed> for PlaceError {
    fn from(failed: Failed) -> Self {
        let why = TransferTrouble::Unreachable;
        Self::Failed(Failure::new(why, Side::Target, failed.to_string()))
    }
}

impl Begun {
    fn is_to_central(&self) -> bool {
        self.target.id == StorageId::central_of(self.target.workspace)
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            workspace: self.target.workspace,
            storage: self.target.id,
        }
    }

    /// Writes the original under a name of its own. Files that no row knows are never replaced:
    /// the next number is taken. `may_be_ours`: something was tried under that name before.
    pub(crate) async fn place(
        &self,
        deps: &Deps,
        (intake, whole): (&Intake, &Whole),
        may_be_ours: bool,
        context: &JobContext,
    ) -> Result<Placed, PlaceError> {
        if self.is_to_central() {
            let key = self.central_key(whole);
            let reserved = self.reserve(deps, &key, None, context).await?;
            let written = self.keep(deps, &reserved.path, whole).await?;
            return Ok(placed(&reserved, written));
        }
        self.prove_target(deps).await?;
        let wanted = self.wanted_path(deps, intake.file_type).await?;
        let content = Content {
            sha256: &whole.sha256,
            size: whole.size,
        };
        let mut reserved = self.reserve(deps, &wanted, None, context).await?;
        loop {
            failpoint(Failpoint::TransferReserved).await?;
            let body = whole.body().map_err(|error| Failure::of_source(&error))?;
            let written = deps
                .storage
                .write(self.target(), &reserved.path, whole.size, body)
                .await;
            let error = match written {
                Ok(written) => return Ok(placed(&reserved, written)),
                Err(error) => error,
            };
            if error.kind() != ErrorKind::AlreadyExists {
                return Err(Failure::of_target(&error).into());
            }
            let may_be_ours = may_be_ours || self.attempt > 1;
            if let Some(written) = self.is_ours(deps, &reserved, content, may_be_ours).await? {
                return Ok(placed(&reserved, written));
            }
            reserved = self
                .reserve(deps, &wanted, Some(&reserved), context)
                .await?;
        }
    }

    /// Has the target prove that it is the place that was connected.
    pub(super) async fn prove_target(&self, deps: &Deps) -> Result<(), Failure> {
        let expected = self.identity.as_deref();
        let identified = deps.storage.identify(self.target(), expected).await;
        identified.map_err(|error| Failure::of_target(&error))?;
        Ok(())
    }

    /// Returns the path that the target's pattern gives this original.
    pub(super) async fn wanted_path(
        &self,
        deps: &Deps,
        file_type: FileType,
    ) -> Result<String, DbError> {
        let tx = deps.db.read_in(self.target.workspace).await?;
        let workspace = tx.workspaces().get().await?;
        drop(tx);
        let name = self.file_name(&workspace, file_type.extension);
        Ok(destination(&Destination {
            prefix: &self.target.delivery.path_prefix,
            tenant: &workspace.short_id,
            request: None,
            folder: self.asset.folder.as_deref().unwrap_or_default(),
            name: &name,
        }))
    }

    fn file_name(&self, workspace: &WorkspaceRow, sniffed: &str) -> String {
        let (stem, ending) = split_ending(&self.asset.name);
        let received_at = self.row.received_at;
        let values = NameValues {
            original: stem,
            received_at: wall_time(received_at, &workspace.time_zone),
            received_unix: received_at.seconds(),
            ending: if sniffed.is_empty() { ending } else { sniffed },
            ..NameValues::default()
        };
        let pattern = match self.target.delivery.file_name_pattern.as_str() {
            "" => DEFAULT_PATTERN,
            pattern => pattern,
        };
        // One that was checked by a former version may not be good any more.
        let pattern: FileNamePattern = pattern
            .parse()
            .or_else(|_| DEFAULT_PATTERN.parse())
            .unwrap_or_else(|_| unreachable!("the default pattern is good"));
        pattern.fill(&values)
    }

    /// Reserves a name: the one that an earlier attempt has, or the first free one; or the next, in
    /// the place of one that somebody else's file has.
    pub(super) async fn reserve(
        &self,
        deps: &Deps,
        wanted: &str,
        instead_of: Option<&Reserved>,
        context: &JobContext,
    ) -> Result<Reserved, DbError> {
        let tx = deps.db.begin_in(self.target.workspace).await?;
        tx.jobs().guard(context).await?;
        let row = tx.transfers().lock(self.row.id).await?;
        let row =
            row.filter(|row| row.state == TransferState::Copying && row.attempt == self.attempt);
        let row = row.ok_or_else(|| DbError::LeaseLost {
            what: format!("transfer {}", self.row.id),
        })?;
        if let Some(taken) = instead_of {
            tx.transfers().give_name_back(taken.object).await?;
        } else if let (Some(object), Some(path)) = (row.target_object, row.path.clone()) {
            return Ok(Reserved {
                object,
                path,
                number: 1,
            });
        }
        let from = instead_of.map_or(1, |taken| taken.number + 1);
        let object = RemoteObjectId(deps.ids.next());
        let (path, number) = tx.transfers().reserve(&row, object, (wanted, from)).await?;
        tx.commit_quietly().await?;
        Ok(Reserved {
            object,
            path,
            number,
        })
    }

    /// Returns what lies under a reserved name if an earlier attempt wrote it there.
    pub(super) async fn is_ours(
        &self,
        deps: &Deps,
        reserved: &Reserved,
        content: Content<'_>,
        may_be_ours: bool,
    ) -> Result<Option<Object>, Failure> {
        if !may_be_ours {
            return Ok(None);
        }
        let path = &reserved.path;
        let found = deps.storage.stat(self.target(), path).await;
        let found = found.map_err(|error| Failure::of_target(&error))?;
        if found.size != content.size {
            return Ok(None);
        }
        let hash = self.read_back(deps, path).await?;
        Ok((content.sha256 == hash).then_some(found))
    }

    /// Returns the hash of what the target has at a path.
    pub(crate) async fn read_back(&self, deps: &Deps, path: &str) -> Result<[u8; 32], Failure> {
        let hashed = async {
            if self.is_to_central() {
                return self.hash_of_kept(deps, path).await;
            }
            let read = deps
                .storage
                .read(self.target(), path, None, Purpose::Transfer)
                .await?;
            read.sha256().await
        };
        let hashed: Result<[u8; 32], StorageError> = hashed.await;
        hashed.map_err(|error| {
            if error.is_not_found() {
                let why = TransferTrouble::Different;
                Failure::new(why, Side::Target, "the copy is not where it was written")
            } else {
                Failure::of_target(&error)
            }
        })
    }
}

pub(super) fn placed(reserved: &Reserved, written: Object) -> Placed {
    Placed {
        object: reserved.object,
        written,
        told: None,
    }
}
