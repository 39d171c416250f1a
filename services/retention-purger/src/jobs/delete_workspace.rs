//! `DeleteWorkspace`: remove what Stowage holds of a workspace that its owner deleted. What lies in
//! central storage goes first, then the rows, the workspace last. No customer's storage is asked
//! for anything: this job does not even know the way there.
//!
//! Everything may be done twice, so that a run that was killed begins anew where nothing is left of
//! what it did.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::json;
use stowage_db::{DbError, repo::OperatorEntry};
use stowage_domain::{OperatorAction, WorkspaceId};
use stowage_jobs::{Handler, JobContext, JobError};
use stowage_proto::job::DeleteWorkspace;
use stowage_storage::{DeleteCondition, ErrorKind, ObjectPath, PathError, Storage, StorageError};
use tracing::{info, instrument, warn};

use crate::{
    Deps,
    backup::{Unproven, prove},
};

/// Rows deleted in one transaction.
const BATCH: u32 = 500;

/// How long one run works before it lets others have their turn.
const STRETCH: Duration = Duration::from_mins(5);

/// How long the job waits when something that it needs is away. It is tried for ever.
const WAIT: Duration = Duration::from_secs(30);

/// How long it waits for a legal hold to be lifted.
const HELD: Duration = Duration::from_mins(10);

pub(crate) struct DeleteWorkspaceHandler {
    deps: Deps,
}

/// Why a run ended before everything was gone.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Central(#[from] StorageError),
    #[error(transparent)]
    Path(#[from] PathError),
    #[error("could not list {0} in central storage")]
    Unreadable(String),
    #[error("the cold backup cannot be emptied: {0}")]
    Backup(#[from] Unproven),
    #[error(
        "the cold backup has copies of the workspace, and [cold_backup] names no place any more"
    )]
    NoBackup,
    #[error("something of the workspace is under a legal hold")]
    Held,
    #[error("there is more to delete")]
    More,
}

/// One run of the job.
struct Run<'a> {
    deps: &'a Deps,
    context: &'a JobContext,
    workspace: WorkspaceId,
    since: Instant,
}

impl DeleteWorkspaceHandler {
    pub(crate) fn new(deps: Deps) -> Self {
        Self { deps }
    }
}

impl Run<'_> {
    async fn run(&self) -> Result<(), Unfinished> {
        let Some(name) = self.quiet().await? else {
            return Ok(());
        };
        self.empty(&*self.deps.central).await?;
        let has_copies = self.empty_backup().await?;
        self.delete_rows().await?;
        // Whoever was writing when the rows went had their bytes on the way.
        if self.empty(&*self.deps.central).await? > 0 {
            return Err(Unfinished::More);
        }
        if has_copies && let Some(backup) = &self.deps.backup {
            self.empty(&**backup).await?;
        }
        self.finish(&name).await?;
        info!(workspace.id = %self.workspace, "deleted workspace {}", self.workspace);
        Ok(())
    }

    /// Ends everybody else's work on the workspace. Returns its name; none when it is gone.
    async fn quiet(&self) -> Result<Option<String>, Unfinished> {
        let tx = self.deps.db.begin_in(self.workspace).await?;
        tx.jobs().guard(self.context).await?;
        let name = tx.deletions().name().await?;
        if name.is_some() && tx.holds().holds_anything().await? {
            return Err(Unfinished::Held);
        }
        tx.deletions().clear_jobs(self.context.id).await?;
        tx.commit_quietly().await?;
        Ok(name)
    }

    /// Deletes all objects of the workspace in a place of the operator's; says how many there were.
    #[instrument(name = "workspace.empty", skip_all)]
    async fn empty(&self, place: &dyn Storage) -> Result<u64, Unfinished> {
        let folder = ObjectPath::new(format!("w/{}", self.workspace))?;
        let mut listing = place.list(Some(&folder));
        let mut deleted = 0;
        while let Some(page) = listing.next().await {
            let page = match page {
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                page => page?,
            };
            for object in page.objects {
                let path = ObjectPath::new(object.path)?;
                place.delete(&path, DeleteCondition::OwnKey).await?;
                deleted += 1;
            }
            if let Some(part) = page.unreadable.into_iter().next() {
                return Err(Unfinished::Unreadable(part.path));
            }
            self.may_go_on()?;
        }
        metrics::counter!("stowage_deleted_workspace_objects_total").increment(deleted);
        Ok(deleted)
    }

    /// Empties the cold backup where it has, or may have, anything of the workspace. Its rows go
    /// after it, so that a place that is away is waited for.
    async fn empty_backup(&self) -> Result<bool, Unfinished> {
        let tx = self.deps.db.read_in(self.workspace).await?;
        let has_copies = tx.backups().has_copies().await?;
        drop(tx);
        if !has_copies {
            return Ok(false);
        }
        let backup = self.deps.backup.as_ref().ok_or(Unfinished::NoBackup)?;
        prove(self.deps, &**backup).await?;
        self.empty(&**backup).await?;
        Ok(true)
    }

    async fn delete_rows(&self) -> Result<(), Unfinished> {
        loop {
            let tx = self.deps.db.begin_in(self.workspace).await?;
            tx.jobs().guard(self.context).await?;
            let count = tx.deletions().delete_rows(BATCH).await?;
            tx.commit_quietly().await?;
            if count < u64::from(BATCH) {
                return Ok(());
            }
            self.may_go_on()?;
        }
    }

    async fn finish(&self, name: &str) -> Result<(), Unfinished> {
        let tx = self.deps.db.begin_in(self.workspace).await?;
        tx.jobs().guard(self.context).await?;
        tx.deletions().clear_jobs(self.context.id).await?;
        if tx.deletions().finish().await? {
            let entry = OperatorEntry {
                user: None,
                action: OperatorAction::WorkspaceDeleted,
                workspace: self.workspace,
                workspace_name: name.to_owned(),
                detail: json!({}),
            };
            let id = self.deps.ids.next().into();
            tx.operator_log().record(id, &entry).await?;
        }
        Ok(tx.commit_quietly().await?)
    }

    fn may_go_on(&self) -> Result<(), Unfinished> {
        let is_asked_to_stop =
            self.context.stopping.is_cancelled() || self.context.cancelled.is_cancelled();
        if is_asked_to_stop || self.since.elapsed() > STRETCH {
            return Err(Unfinished::More);
        }
        Ok(())
    }
}

#[async_trait]
impl Handler for DeleteWorkspaceHandler {
    type Job = DeleteWorkspace;

    async fn run(&self, _: DeleteWorkspace, context: JobContext) -> Result<(), JobError> {
        let run = Run {
            deps: &self.deps,
            context: &context,
            workspace: context.workspace()?,
            since: Instant::now(),
        };
        let unfinished = match run.run().await {
            Ok(()) => return Ok(()),
            Err(unfinished) => unfinished,
        };
        let after = match &unfinished {
            Unfinished::More => Duration::ZERO,
            Unfinished::Held => HELD,
            Unfinished::Db(_)
            | Unfinished::Central(_)
            | Unfinished::Backup(_)
            | Unfinished::NoBackup
            | Unfinished::Path(_)
            | Unfinished::Unreadable(_) => {
                warn!(
                    error = &unfinished as &dyn std::error::Error,
                    "could not go on with deleting a workspace; it is tried again"
                );
                WAIT
            }
        };
        Err(JobError::Snooze {
            after,
            reason: unfinished.to_string(),
        })
    }
}
