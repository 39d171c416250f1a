//! `BackUpOriginals`: copy what a workspace has in central storage to the cold backup, and remove
//! from there what has left central storage (SPEC V57, D4).
//!
//! A row is committed before the first byte, and a copy counts when it was read back and is the
//! original. What is to go is deleted, and its row forgotten when the place has confirmed. Both may
//! be done twice, so that a run that was killed is simply done again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use stowage_db::{
    DbError,
    repo::{BackedUp, ToBackUp},
};
use stowage_domain::WorkspaceId;
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError};
use stowage_proto::job::BackUpOriginals;
use stowage_storage::{
    ByteStream, DeleteCondition, ErrorKind, ObjectPath, PathError, Storage, StorageError, WriteMode,
};
use tracing::{debug, instrument, warn};

use crate::{
    Deps, PurgerConfig,
    backup::{Unproven, hash_of, note, prove},
};

/// Rows looked up in one transaction.
const BATCH: u32 = 100;

/// How long one run works before it lets other workspaces have their turn.
const STRETCH: Duration = Duration::from_mins(5);

/// How long an original that central storage cannot show is left alone.
const UNREADABLE: Duration = Duration::from_hours(1);

/// How long a run waits when central storage is away.
const WAIT: Duration = Duration::from_secs(30);

pub(crate) struct BackUpOriginalsHandler {
    config: PurgerConfig,
    deps: Deps,
}

/// Why a run ended before everything was done.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{0}")]
    Place(String),
    #[error("central storage does not work: {0}")]
    Central(StorageError),
    #[error(transparent)]
    Path(#[from] PathError),
    #[error(transparent)]
    Failed(#[from] Failed),
    #[error("there is more to back up")]
    More,
}

/// One run of the job.
struct Run<'a> {
    deps: &'a Deps,
    context: &'a JobContext,
    workspace: WorkspaceId,
    place: &'a Arc<dyn Storage>,
    since: Instant,
}

/// What central storage has to say of an original.
enum Source {
    Whole,
    Unreadable(&'static str),
}

impl BackUpOriginalsHandler {
    pub(crate) fn new(config: PurgerConfig, deps: Deps) -> Self {
        Self { config, deps }
    }
}

impl Run<'_> {
    /// Removes first: a place that is full gets room by it.
    async fn run(&self) -> Result<(), Unfinished> {
        self.remove_left().await?;
        let mut after = String::new();
        loop {
            let tx = self.deps.db.read_in(self.workspace).await?;
            let missing = tx.backups().missing_after(&after, BATCH).await?;
            drop(tx);
            let Some(last) = missing.last() else {
                return Ok(());
            };
            after.clone_from(&last.key);
            for original in &missing {
                self.back_up(original).await?;
                self.may_go_on()?;
            }
        }
    }

    #[instrument(name = "backup.remove", skip_all)]
    async fn remove_left(&self) -> Result<(), Unfinished> {
        loop {
            let tx = self.deps.db.read_in(self.workspace).await?;
            let left = tx.backups().left(BATCH).await?;
            drop(tx);
            if left.is_empty() {
                return Ok(());
            }
            for copy in &left {
                self.remove(copy).await?;
                self.may_go_on()?;
            }
        }
    }

    async fn remove(&self, copy: &BackedUp) -> Result<(), Unfinished> {
        let key = ObjectPath::new(copy.key.clone())?;
        self.prove().await?;
        let condition = DeleteCondition::OwnKey;
        self.place.delete(&key, condition).await.map_err(of_place)?;
        match self.place.stat(&key).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(of_place(error)),
            Ok(_) => {
                let still = format!("{key} was deleted and is there still");
                return Err(Unfinished::Place(still));
            }
        }
        failpoint(Failpoint::BackupDeleted).await?;
        let tx = self.deps.db.begin_in(self.workspace).await?;
        tx.jobs().guard(self.context).await?;
        tx.backups().forget(copy.object).await?;
        tx.commit_quietly().await?;
        metrics::counter!("stowage_backup_removed_total").increment(1);
        Ok(())
    }

    #[instrument(name = "backup.copy", skip_all)]
    async fn back_up(&self, original: &ToBackUp) -> Result<(), Unfinished> {
        let key = ObjectPath::new(original.key.clone())?;
        let tx = self.deps.db.begin_in(self.workspace).await?;
        tx.jobs().guard(self.context).await?;
        let is_wanted = tx.backups().note(original).await?;
        tx.commit_quietly().await?;
        if !is_wanted {
            return Ok(());
        }
        failpoint(Failpoint::BackupNoted).await?;
        self.prove().await?;
        // A run that was killed may have done it, and a copy that is good is never written over.
        if self.hash_of_copy(&key).await?.as_ref() != Some(&original.sha256) {
            if let Source::Unreadable(why) = self.look_at_source(original, &key).await? {
                return self.put_off(original, why).await;
            }
            self.copy(original, &key).await?;
            failpoint(Failpoint::BackupWritten).await?;
            if self.hash_of_copy(&key).await?.as_ref() != Some(&original.sha256) {
                let differs = format!("what was written of {key} is not what was read back");
                return Err(Unfinished::Place(differs));
            }
        }
        self.record(original).await?;
        failpoint(Failpoint::BackupRecorded).await?;
        Ok(())
    }

    async fn hash_of_copy(&self, key: &ObjectPath) -> Result<Option<String>, Unfinished> {
        let hash = hash_of(self.place, key).await.map_err(of_place)?;
        Ok(hash.map(hex::encode))
    }

    /// Reads an original once before it is copied, so that a damaged one is never backed up.
    async fn look_at_source(
        &self,
        original: &ToBackUp,
        key: &ObjectPath,
    ) -> Result<Source, Unfinished> {
        let hash = hash_of(&self.deps.central, key).await;
        Ok(match hash.map_err(Unfinished::Central)? {
            None => Source::Unreadable("central storage has lost the original"),
            Some(hash) if hex::encode(&hash) != original.sha256 => {
                Source::Unreadable("the original in central storage is damaged")
            }
            Some(_) => Source::Whole,
        })
    }

    async fn copy(&self, original: &ToBackUp, key: &ObjectPath) -> Result<(), Unfinished> {
        let read = self.deps.central.read(key, None).await;
        let (body, has_failed) = watched(read.map_err(Unfinished::Central)?.body);
        let mode = WriteMode::Replace;
        let written = self.place.write(key, original.size, body, mode).await;
        match written {
            Ok(_) => Ok(()),
            Err(error) if has_failed.load(Ordering::Relaxed) => Err(Unfinished::Central(error)),
            Err(error) => Err(of_place(error)),
        }
    }

    async fn record(&self, original: &ToBackUp) -> Result<(), Unfinished> {
        let tx = self.deps.db.begin_in(self.workspace).await?;
        tx.jobs().guard(self.context).await?;
        tx.backups().copied(original.object).await?;
        tx.commit_quietly().await?;
        metrics::counter!("stowage_backup_copied_total").increment(1);
        metrics::counter!("stowage_backup_copied_bytes_total").increment(original.size);
        debug!(object.id = %original.object, "backed up {}", original.key);
        Ok(())
    }

    async fn put_off(&self, original: &ToBackUp, why: &str) -> Result<(), Unfinished> {
        let tx = self.deps.db.begin_in(self.workspace).await?;
        tx.jobs().guard(self.context).await?;
        let backups = tx.backups();
        let is_there = backups.put_off(original.object, why, UNREADABLE).await?;
        tx.commit_quietly().await?;
        if is_there {
            warn!(
                object.id = %original.object,
                "could not back up {}: {why}; restore it from the backup if an older copy is there",
                original.key
            );
        }
        Ok(())
    }

    async fn prove(&self) -> Result<(), Unfinished> {
        match prove(self.deps, self.place.as_ref()).await {
            Ok(()) => Ok(()),
            Err(Unproven::Db(error)) => Err(error.into()),
            Err(unproven) => Err(Unfinished::Place(unproven.to_string())),
        }
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
impl Handler for BackUpOriginalsHandler {
    type Job = BackUpOriginals;

    fn timeout(&self) -> Duration {
        Duration::from_hours(12)
    }

    async fn run(&self, _: BackUpOriginals, context: JobContext) -> Result<(), JobError> {
        let Some(place) = &self.deps.backup else {
            return Ok(());
        };
        let run = Run {
            deps: &self.deps,
            context: &context,
            workspace: context.workspace()?,
            place,
            since: Instant::now(),
        };
        let unfinished = run.run().await.err();
        let after = match &unfinished {
            None | Some(Unfinished::More) => {
                note(&self.deps, None).await.map_err(JobError::retry)?;
                Duration::ZERO
            }
            Some(Unfinished::Place(error)) => {
                let noted = note(&self.deps, Some(error)).await;
                noted.map_err(JobError::retry)?;
                self.config.backup_every
            }
            Some(Unfinished::Central(_) | Unfinished::Db(_) | Unfinished::Failed(_)) => WAIT,
            Some(Unfinished::Path(_)) => UNREADABLE,
        };
        match unfinished {
            None => Ok(()),
            Some(unfinished) => Err(JobError::Snooze {
                after,
                reason: unfinished.to_string(),
            }),
        }
    }
}

fn of_place(error: StorageError) -> Unfinished {
    Unfinished::Place(error.to_string())
}

/// Remembers whether it was the source that failed: the place says only that a write did.
fn watched(body: ByteStream) -> (ByteStream, Arc<AtomicBool>) {
    let has_failed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&has_failed);
    let body = body.inspect_err(move |_| seen.store(true, Ordering::Relaxed));
    (body.boxed(), has_failed)
}
