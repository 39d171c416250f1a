//! `PurgeAsset`: take one asset out of the library for good.
//!
//! The transaction that does so commits an intent for each original outside that is to go; other
//! jobs ask the storages. What Stowage hosts itself goes here, the pictures last. A second run goes
//! on where the first stopped.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use serde_json::{Value, json};
use stowage_db::{
    DbError, Tx,
    repo::{AuditEntry, BinPlace, NewExternalOp, Taken},
};
use stowage_domain::{
    Actor, AssetId, AuditAction, AuditSubject, ExternalOpId, PurgeBatchId, WorkspaceId,
    purge::{DeleteHow, Due, Event, Fate, KeepReason, OpReason, OpState, step},
};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError, announce};
use stowage_proto::{
    event::Topic,
    job::{DeleteOriginal, PurgeAsset},
};
use stowage_storage::{DeleteCondition, ObjectPath, StorageError};
use tracing::{info, instrument};

use crate::Deps;

/// How long a purge waits for central storage, or for pictures that are just being made.
const WAIT: Duration = Duration::from_secs(10);

/// How long a purge that has begun waits for a hold on all of the workspace to be lifted.
const HELD: Duration = Duration::from_mins(10);

pub(crate) struct PurgeAssetHandler {
    deps: Deps,
}

/// What the job is about.
#[derive(Debug, Clone, Copy)]
struct Subject {
    workspace: WorkspaceId,
    batch: PurgeBatchId,
    asset: AssetId,
}

/// What Stowage itself holds of an asset.
struct Hosted {
    originals: Vec<String>,
    renditions: Vec<String>,
}

impl PurgeAssetHandler {
    pub(crate) fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// Decides, and takes the asset out of the library together with the intents. True where there
    /// is more to do.
    #[instrument(name = "purge.take", skip_all)]
    async fn take(&self, subject: Subject, context: &JobContext) -> Result<bool, DbError> {
        let Subject { batch, asset, .. } = subject;
        let tx = self.deps.db.begin_in(subject.workspace).await?;
        tx.jobs().guard(context).await?;
        let taken = tx
            .purges()
            .take(batch, asset, self.deps.clock.now())
            .await?;
        if taken == Taken::Now {
            let places = tx.bin().places(&[asset]).await?;
            let places = places.get(&asset).map_or(&[][..], Vec::as_slice);
            for place in places {
                self.intend(&tx, asset, place).await?;
            }
            let entry = AuditEntry {
                actor: Actor::System,
                action: AuditAction::AssetPurged,
                subject: AuditSubject::Asset,
                subject_id: asset.into(),
                detail: json!({ "batch": batch, "originals": summary(places) }),
            };
            tx.audit()
                .record(self.deps.ids.next().into(), &entry)
                .await?;
        }
        if let Some(reason) = refusal(taken) {
            tx.purges()
                .settle_item((batch, asset), "skipped", Some(reason))
                .await?;
        }
        tx.commit().await?;
        Ok(matches!(taken, Taken::Now | Taken::Before))
    }

    /// Writes down what is to be asked of a storage, and the job that asks.
    async fn intend(&self, tx: &Tx, asset: AssetId, place: &BinPlace) -> Result<(), DbError> {
        let (how, state, error) = match place.fate {
            Fate::Delete(DeleteHow::Central) => return Ok(()),
            Fate::Delete(how) => (how, step(OpState::Planned, Event::Commit).0, None),
            Fate::Keep(KeepReason::NoSafeDelete) => (
                DeleteHow::Permanent,
                OpState::Refused,
                Some("this storage cannot delete on condition that nothing has changed".to_owned()),
            ),
            Fate::Keep(_) => return Ok(()),
        };
        let op = NewExternalOp {
            id: ExternalOpId(self.deps.ids.next()),
            reason: OpReason::Purge,
            storage: place.storage,
            asset,
            object: place.object,
            path: place.path.clone(),
            revision: place.revision.clone().unwrap_or_default(),
            size: place.size,
            how,
            state,
            error,
        };
        tx.external_ops().insert(&op).await?;
        if state == OpState::Intent {
            let job = DeleteOriginal {
                external_op_id: op.id.to_string(),
            };
            tx.jobs().enqueue(&job).await?;
        }
        Ok(())
    }

    /// Returns what is Stowage's own to delete; an error where that has to wait.
    async fn hosted(&self, subject: Subject) -> Result<Hosted, JobError> {
        let found = async {
            let tx = self.deps.db.read_in(subject.workspace).await?;
            if tx.holds().holds_workspace().await? {
                return Ok(Err(snooze(HELD, "the workspace is under a legal hold")));
            }
            if tx.purges().is_being_rendered(subject.asset).await? {
                return Ok(Err(snooze(WAIT, "its pictures are just being made")));
            }
            let renditions = if tx.purges().is_content_shared(subject.asset).await? {
                Vec::new()
            } else {
                let keys = tx.purges().rendition_keys(subject.asset).await?;
                keys.into_iter().collect()
            };
            let originals = tx.purges().central_keys(subject.asset).await?;
            Ok(Ok(Hosted {
                originals,
                renditions,
            }))
        };
        let found: Result<Result<Hosted, JobError>, DbError> = found.await;
        found.map_err(JobError::retry)?
    }

    #[instrument(name = "purge.central", skip_all)]
    async fn delete_hosted(&self, hosted: &Hosted) -> Result<(), JobError> {
        for key in hosted.originals.iter().chain(&hosted.renditions) {
            let path = ObjectPath::new(key.clone()).map_err(JobError::reject)?;
            failpoint(Failpoint::PurgeDeleting).await?;
            let deleted = self.deps.central.delete(&path, DeleteCondition::OwnKey);
            deleted.await.map_err(central_error)?;
            failpoint(Failpoint::PurgeDeleted).await?;
        }
        Ok(())
    }

    #[instrument(name = "purge.finish", skip_all)]
    async fn finish(&self, subject: Subject, context: &JobContext) -> Result<(), DbError> {
        let Subject { batch, asset, .. } = subject;
        let tx = self.deps.db.begin_in(subject.workspace).await?;
        tx.jobs().guard(context).await?;
        tx.purges().finish(asset).await?;
        tx.purges()
            .settle_item((batch, asset), "purged", None)
            .await?;
        tx.commit().await
    }
}

#[async_trait]
impl Handler for PurgeAssetHandler {
    type Job = PurgeAsset;

    async fn run(&self, job: PurgeAsset, context: JobContext) -> Result<(), JobError> {
        let (Ok(batch), Ok(asset)) = (job.batch_id.parse(), job.asset_id.parse()) else {
            return Err(JobError::reject(anyhow!("the job names no asset")));
        };
        let subject = Subject {
            workspace: context.workspace()?,
            batch,
            asset,
        };
        failpoint(Failpoint::PurgeBegun).await?;
        let taken = self.take(subject, &context).await;
        if !taken.map_err(JobError::retry)? {
            return Ok(());
        }
        failpoint(Failpoint::PurgeTaken).await?;
        let hosted = self.hosted(subject).await?;
        self.delete_hosted(&hosted).await?;
        let finished = self.finish(subject, &context).await;
        finished.map_err(JobError::retry)?;
        failpoint(Failpoint::PurgeFinished).await?;
        metrics::counter!("stowage_purged_assets_total").increment(1);
        info!(asset.id = %asset, "purged asset {asset}");
        announce(
            self.deps.bus.as_ref(),
            subject.workspace,
            Topic::Asset,
            asset,
        )
        .await;
        Ok(())
    }
}

/// Says why an asset is left alone.
fn refusal(taken: Taken) -> Option<&'static str> {
    match taken {
        Taken::Now | Taken::Before | Taken::Done => None,
        Taken::Moved => Some("it was restored, or put in the bin anew"),
        Taken::No(Due::Held) => Some("it is under a legal hold"),
        Taken::No(Due::Never) => Some("it has no date"),
        Taken::No(Due::NotYet | Due::Now) => Some("its time is not over"),
    }
}

/// What becomes of each original, for the record.
fn summary(places: &[BinPlace]) -> Vec<Value> {
    let place = |place: &BinPlace| {
        json!({
            "storage": place.storage,
            "path": place.path,
            "revision": place.revision,
            "becomes": place.fate,
        })
    };
    places.iter().map(place).collect()
}

fn snooze(after: Duration, reason: &str) -> JobError {
    JobError::Snooze {
        after,
        reason: reason.to_owned(),
    }
}

fn central_error(error: StorageError) -> JobError {
    if error.is_temporary() {
        snooze(WAIT, &error.to_string())
    } else {
        JobError::retry(error)
    }
}
