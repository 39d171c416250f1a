//! `TransferOriginal`: move one original on its way to another storage on: copy, verify, commit.
//!
//! A second run goes on where the first stopped. What was read is compared with the asset's hash
//! before a byte is written, and what a provider copies by itself is pinned to what was imported, so
//! that whoever writes under a transfer's name writes the same.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use stowage_db::DbError;
use stowage_domain::{TransferEvent, TransferId, TransferTrouble, WorkspaceId, delivery_wait};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError, announce};
use stowage_proto::{event::Topic, job::TransferOriginal};
use stowage_storage::{ObjectPath, StorageError};
use stowage_storage_client::Purpose;
use tracing::{info, instrument, warn};

use super::import_object::snooze;
use crate::{
    Deps, IngestConfig,
    intake::{Intake, Limits, Whole, take_in},
    source,
    transfer::{Begun, Committed, Failure, PlaceError, Placed, Side, Start, Within, begin, commit},
};

/// Attempts that a transfer may use up before it waits for a person.
const ATTEMPTS: u32 = 10;

pub(crate) struct TransferOriginalHandler {
    config: IngestConfig,
    deps: Deps,
}

impl TransferOriginalHandler {
    pub(crate) fn new(config: IngestConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    /// Reads the original: from its copy in central storage where there is one, so that the source
    /// is read once.
    #[instrument(name = "transfer.read", skip_all)]
    async fn read(&self, begun: &Begun) -> Result<Intake, Failure> {
        let intake = match self.spooled(begun).await? {
            Some(intake) => intake,
            None => self.read_source(begun).await?,
        };
        let whole = intake.read.as_ref();
        let is_same = |whole: &Whole| match &begun.row.sha256 {
            Some(sha256) => *sha256 == whole.sha256,
            None => true,
        };
        if whole.is_some_and(is_same) {
            return Ok(intake);
        }
        let reason = "the source is not what was imported";
        Err(Failure::new(
            TransferTrouble::SourceChanged,
            Side::Source,
            reason,
        ))
    }

    /// Reads the copy in the spool; none where there is none, or where it is going just now.
    async fn spooled(&self, begun: &Begun) -> Result<Option<Intake>, Failure> {
        let blob = async {
            let tx = self.deps.db.read_in(begun.target.workspace).await?;
            tx.spool().find(begun.row.asset, begun.asset.version).await
        };
        let blob: Result<_, DbError> = blob.await;
        let blob = blob.map_err(|error| {
            let why = TransferTrouble::Unreachable;
            Failure::new(why, Side::Source, error.to_string())
        })?;
        let Some(path) = blob.and_then(|blob| ObjectPath::new(blob.key).ok()) else {
            return Ok(None);
        };
        let taken = async {
            let read = self.deps.central.read(&path, None).await?;
            take_in(read, &begun.asset.name, self.limits()).await
        };
        let taken: Result<Intake, StorageError> = taken.await;
        match taken {
            Ok(intake) => Ok(Some(intake)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(Failure::of_source(&error)),
        }
    }

    async fn read_source(&self, begun: &Begun) -> Result<Intake, Failure> {
        let object = &begun.source;
        let read = source::open(&self.deps, object, Purpose::Transfer).await;
        let read = read.map_err(|error| Failure::of_source(&error))?;
        if object.imported_revision.as_ref() != Some(&read.object.revision) {
            let reason = "the source changed since it was imported";
            let why = TransferTrouble::SourceChanged;
            return Err(Failure::new(why, Side::Source, reason));
        }
        let intake = take_in(read, &begun.asset.name, self.limits()).await;
        intake.map_err(|error| Failure::of_source(&error))
    }

    fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.config.memory_bytes,
            unsupported_read_bytes: u64::MAX,
        }
    }

    /// Records that the target took all bytes. False when somebody else has the transfer.
    async fn copied(
        &self,
        begun: &Begun,
        placed: &Placed,
        hash: &[u8],
        context: &JobContext,
    ) -> Result<bool, DbError> {
        let tx = self.deps.db.begin_in(begun.target.workspace).await?;
        tx.jobs().guard(context).await?;
        let Some(row) = tx.transfers().lock(begun.row.id).await? else {
            return Ok(false);
        };
        let source = begun.source.imported_revision.as_deref();
        let event = TransferEvent::Copied {
            attempt: begun.attempt,
            source: source.unwrap_or_default(),
            hash,
        };
        let (after, effect) = row.standing().step(event);
        if effect.is_none() || !tx.transfers().save(&row, after).await? {
            return Ok(false);
        }
        tx.transfers()
            .note_written(placed.object, &placed.written)
            .await?;
        tx.commit_quietly().await?;
        Ok(true)
    }

    /// Records what stood against a copy, and says when it is tried again.
    async fn fail(
        &self,
        begun: &Begun,
        failure: &Failure,
        leaves_name: Option<&Placed>,
        context: &JobContext,
    ) -> Result<Option<Duration>, DbError> {
        let tx = self.deps.db.begin_in(begun.target.workspace).await?;
        tx.jobs().guard(context).await?;
        let Some(row) = tx.transfers().lock(begun.row.id).await? else {
            return Ok(Some(Duration::ZERO));
        };
        let event = TransferEvent::Failed {
            attempt: begun.attempt,
            why: failure.why,
        };
        let (after, _) = row.standing().step(event);
        tx.transfers().save(&row, after).await?;
        if let Some(placed) = leaves_name {
            tx.transfers().leave_name(placed.object).await?;
        }
        let uses_attempt = failure.why.uses_attempt();
        let used = row.failures + u32::from(uses_attempt);
        let mut failures = used.max(1);
        if failure.is_targets() {
            let target = row.target;
            failures = tx
                .transfers()
                .note_failure(target, failure.why, &failure.reason)
                .await?;
            tx.transfers()
                .leave_alone(target, delivery_wait(failures))
                .await?;
        }
        let wait = (used < ATTEMPTS).then(|| delivery_wait(failures));
        let told = (failure.why, failure.reason.as_str());
        tx.transfers()
            .note_trouble(row.id, told, uses_attempt, wait)
            .await?;
        tx.commit().await?;
        Ok(wait)
    }

    /// Forgets what stood against the target; what waits for it goes on at once.
    async fn note_success(&self, begun: &Begun) -> Result<(), DbError> {
        let tx = self.deps.db.begin_in(begun.target.workspace).await?;
        if tx.transfers().note_success(begun.row.target).await? {
            tx.transfers().wake(begun.row.target).await?;
            tx.commit().await?;
            self.tell_storage(begun).await;
        }
        Ok(())
    }

    async fn tell_storage(&self, begun: &Begun) {
        let (bus, workspace) = (self.deps.bus.as_ref(), begun.target.workspace);
        announce(bus, workspace, Topic::Storage, begun.row.target).await;
    }

    /// Brings the original to the target: its provider copies it, or it is read and written. Returns
    /// where it is, and the hash that it has to have.
    async fn bring(
        &self,
        begun: &Begun,
        context: &JobContext,
    ) -> Result<(Placed, Vec<u8>), PlaceError> {
        let may_be_ours = match begun.copy_within(&self.deps, context).await? {
            Within::Copied(placed) => {
                count_way("provider");
                return Ok((placed, begun.row.sha256.clone().unwrap_or_default()));
            }
            Within::Not { is_tried } => is_tried,
        };
        let intake = self.read(begun).await?;
        let Some(whole) = intake.read.as_ref() else {
            let reason = "the original was not read whole";
            let why = TransferTrouble::Unreachable;
            return Err(Failure::new(why, Side::Source, reason).into());
        };
        failpoint(Failpoint::TransferRead).await?;
        let read = (&intake, whole);
        let placed = begun.place(&self.deps, read, may_be_ours, context).await?;
        count_way("stowage");
        Ok((placed, whole.sha256.clone()))
    }

    /// Copies, verifies and commits what was begun.
    async fn go(&self, begun: &Begun, context: &JobContext) -> Result<(), JobError> {
        failpoint(Failpoint::TransferBegun).await?;
        let (placed, sha256) = match self.bring(begun, context).await {
            Ok(brought) => brought,
            Err(PlaceError::Failed(failure)) => {
                return self.put_off(begun, &failure, None, context).await;
            }
            Err(PlaceError::Db(error)) => return Err(JobError::retry(error)),
        };
        failpoint(Failpoint::TransferWritten).await?;
        let copied = self.copied(begun, &placed, &sha256, context).await;
        if !copied.map_err(JobError::retry)? {
            return Ok(());
        }
        failpoint(Failpoint::TransferCopied).await?;
        let hash = match placed.told {
            Some(told) => Ok(told),
            None => begun.read_back(&self.deps, &placed.written.path).await,
        };
        let hash = match hash {
            Ok(hash) => hash,
            Err(failure) => return self.put_off(begun, &failure, None, context).await,
        };
        failpoint(Failpoint::TransferCompared).await?;
        let committed = commit(&self.deps, begun, &placed, &hash, context).await;
        let committed = committed.map_err(JobError::retry)?;
        failpoint(Failpoint::TransferCommitted).await?;
        match committed {
            Committed::Yes => self.done(begun, placed.written.size).await,
            Committed::No => Ok(()),
            Committed::Different => {
                let reason = "the storage has something else than was sent";
                let failure = Failure::new(TransferTrouble::Different, Side::Target, reason);
                self.put_off(begun, &failure, Some(&placed), context).await
            }
        }
    }

    async fn done(&self, begun: &Begun, size: u64) -> Result<(), JobError> {
        let kind = begun.row.kind.as_str();
        metrics::counter!("stowage_transfers_total", "kind" => kind, "outcome" => "committed")
            .increment(1);
        metrics::counter!("stowage_transfer_bytes_total", "kind" => kind).increment(size);
        self.note_success(begun).await.map_err(JobError::retry)?;
        let asset = begun.row.asset;
        info!(
            asset.id = %asset,
            storage.id = %begun.row.target,
            "{kind}: the original of asset {asset} is in storage {}", begun.row.target
        );
        let (bus, workspace) = (self.deps.bus.as_ref(), begun.target.workspace);
        announce(bus, workspace, Topic::Asset, asset).await;
        Ok(())
    }

    async fn put_off(
        &self,
        begun: &Begun,
        failure: &Failure,
        leaves_name: Option<&Placed>,
        context: &JobContext,
    ) -> Result<(), JobError> {
        let why = failure.why.as_str();
        metrics::counter!(
            "stowage_transfers_total", "kind" => begun.row.kind.as_str(), "outcome" => why
        )
        .increment(1);
        let wait = self.fail(begun, failure, leaves_name, context).await;
        let wait = wait.map_err(JobError::retry)?;
        if failure.is_targets() {
            self.tell_storage(begun).await;
        }
        let reason = &failure.reason;
        warn!(
            storage.id = %begun.row.target,
            asset.id = %begun.row.asset,
            "an original could not be copied ({why}): {reason}"
        );
        match wait {
            Some(wait) => Err(snooze(wait, reason)),
            None => Err(JobError::reject(anyhow!("{reason}"))),
        }
    }
}

/// Counts by whom a copy was made: the provider itself, or by reading and writing.
fn count_way(by: &'static str) {
    metrics::counter!("stowage_transfer_copies_total", "by" => by).increment(1);
}

#[async_trait]
impl Handler for TransferOriginalHandler {
    type Job = TransferOriginal;

    fn timeout(&self) -> Duration {
        Duration::from_hours(24)
    }

    async fn run(&self, job: TransferOriginal, context: JobContext) -> Result<(), JobError> {
        let workspace: WorkspaceId = context.workspace()?;
        let Ok(id) = job.transfer_id.parse::<TransferId>() else {
            return Err(JobError::reject(anyhow!("the job names no transfer")));
        };
        let start = begin(&self.deps, (workspace, id), &context).await;
        match start.map_err(JobError::retry)? {
            Start::Over => Ok(()),
            Start::Wait(wait, reason) => Err(snooze(wait, &reason)),
            Start::Go(begun) => self.go(&begun, &context).await,
        }
    }
}
