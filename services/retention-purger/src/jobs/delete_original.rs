//! `DeleteOriginal`: ask a storage to delete an original whose intent is committed, and record what
//! it answers. Tried for ever, ever more seldom, until the storage confirms or a person lets it be.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use serde_json::json;
use stowage_db::{
    DbError, Tx,
    repo::{AuditEntry, ExternalOpRow},
};
use stowage_domain::{
    Access, Actor, AuditAction, AuditSubject, ExternalOpId, OnPurge, WorkspaceId,
    purge::{Answer, DeleteHow, Effect, Event, OpReason, OpState, backoff, step},
};
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError};
use stowage_proto::job::DeleteOriginal;
use stowage_storage::{DeleteCondition, ErrorKind, ObjectPath, StorageError};
use stowage_storage_client::{Deleted, Target};
use tracing::{info, instrument, warn};

use crate::{Deps, PurgerConfig};

/// How long a deletion waits for a hold on all of the workspace to be lifted.
const HELD: Duration = Duration::from_mins(10);

/// How long the source of a transfer waits at least until nobody reads from it any more.
const IN_USE: Duration = Duration::from_secs(5);

/// How long it waits for a storage to be switched on again.
const OFF: Duration = Duration::from_hours(1);

pub(crate) struct DeleteOriginalHandler {
    config: PurgerConfig,
    deps: Deps,
}

/// What the ledger and the storage's settings say before the storage is asked.
enum Before {
    /// There is nothing to do any more.
    Over,
    Wait(Duration, &'static str),
    /// Originals of the storage stay, since somebody said so.
    PolicyTurned,
    Ask {
        op: Box<ExternalOpRow>,
        identity: Option<String>,
    },
}

impl DeleteOriginalHandler {
    pub(crate) fn new(config: PurgerConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    /// Looks at everything once more and notes the attempt.
    async fn before(
        &self,
        workspace: WorkspaceId,
        id: ExternalOpId,
        context: &JobContext,
    ) -> Result<Before, DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        tx.jobs().guard(context).await?;
        let Some(op) = tx.external_ops().find(id).await? else {
            return Ok(Before::Over);
        };
        if step(op.state, Event::Attempt).1 != Some(Effect::Delete) {
            return Ok(Before::Over);
        }
        if tx.holds().holds_workspace().await? {
            return Ok(Before::Wait(HELD, "the workspace is under a legal hold"));
        }
        let storage = tx.storages().get(op.storage).await?;
        let is_kept = match op.reason {
            OpReason::Purge => storage.on_purge == OnPurge::Keep,
            OpReason::Transfer => false,
        };
        if is_kept || storage.access == Access::ReadOnly {
            return Ok(Before::PolicyTurned);
        }
        if op.reason == OpReason::Transfer {
            if !tx.objects().has_other_places(op.asset, op.object).await? {
                return Ok(Before::PolicyTurned);
            }
            if is_in_use(&tx, &op).await? {
                let age = tx.now_is().await?.since(op.intent_at);
                let wait = (age / 4).clamp(IN_USE, HELD);
                return Ok(Before::Wait(wait, "the original is still read from here"));
            }
        }
        if !storage.is_on {
            let reason = "the storage is switched off";
            tx.external_ops().put_off(id, reason, OFF).await?;
            tx.commit().await?;
            return Ok(Before::Wait(OFF, reason));
        }
        let identity = tx.scans().identity(op.storage).await?;
        tx.external_ops().begin_attempt(id).await?;
        tx.commit().await?;
        Ok(Before::Ask {
            op: Box::new(op),
            identity,
        })
    }

    /// Has the storage prove that it is the one that was scanned, and asks it.
    #[instrument(name = "purge.delete_original", skip_all)]
    async fn ask(
        &self,
        workspace: WorkspaceId,
        op: &ExternalOpRow,
        identity: Option<&str>,
    ) -> Result<Deleted, StorageError> {
        let target = Target {
            workspace,
            storage: op.storage,
        };
        if op.how == DeleteHow::Central {
            return self.release_hosted(op).await;
        }
        self.deps.storage.identify(target, identity).await?;
        failpoint(Failpoint::DeleteProven).await.map_err(failed)?;
        self.deps
            .storage
            .delete(target, &op.path, &op.revision)
            .await
    }

    /// Deletes a copy in central storage, which nobody else writes to.
    async fn release_hosted(&self, op: &ExternalOpRow) -> Result<Deleted, StorageError> {
        let key = ObjectPath::new(op.path.clone());
        let key = key.map_err(|_| StorageError::not_found(&op.path))?;
        let condition = DeleteCondition::OwnKey;
        self.deps.central.delete(&key, condition).await?;
        Ok(Deleted::Now)
    }

    async fn record(
        &self,
        workspace: WorkspaceId,
        op: &ExternalOpRow,
        (event, error): (Event, Option<String>),
        context: &JobContext,
    ) -> Result<OpState, DbError> {
        let (state, effect) = step(op.state, event);
        let tx = self.deps.db.begin_in(workspace).await?;
        tx.jobs().guard(context).await?;
        if state == op.state {
            let wait = self.wait(op);
            let error = error.unwrap_or_default();
            tx.external_ops().put_off(op.id, &error, wait).await?;
        } else {
            let way = (op.state, state);
            let is_ours = tx
                .external_ops()
                .settle(op.id, way, error.as_deref())
                .await?;
            if is_ours && effect == Some(Effect::Forget) {
                tx.objects()
                    .delete_purged(op.object, op.asset, &op.revision)
                    .await?;
                if op.how != DeleteHow::Central {
                    let entry = deleted(op, state);
                    tx.audit()
                        .record(self.deps.ids.next().into(), &entry)
                        .await?;
                }
            }
            if is_ours && op.reason == OpReason::Transfer {
                settle_transfer(&tx, op, state).await?;
            }
        }
        tx.commit().await?;
        Ok(state)
    }

    fn wait(&self, op: &ExternalOpRow) -> Duration {
        backoff(op.attempts + 1).min(self.config.retry_delete_at_most)
    }
}

#[async_trait]
impl Handler for DeleteOriginalHandler {
    type Job = DeleteOriginal;

    async fn run(&self, job: DeleteOriginal, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let Ok(id) = job.external_op_id.parse::<ExternalOpId>() else {
            return Err(JobError::reject(anyhow!("the job names no deletion")));
        };
        failpoint(Failpoint::DeleteBegun).await?;
        let before = self.before(workspace, id, &context).await;
        let (op, identity) = match before.map_err(JobError::retry)? {
            Before::Over => return Ok(()),
            Before::Wait(after, reason) => {
                return Err(JobError::Snooze {
                    after,
                    reason: reason.to_owned(),
                });
            }
            Before::PolicyTurned => return self.keep(workspace, id, &context).await,
            Before::Ask { op, identity } => (op, identity),
        };
        failpoint(Failpoint::DeleteNoted).await?;
        let answered = self.ask(workspace, &op, identity.as_deref()).await;
        failpoint(Failpoint::DeleteAnswered).await?;
        let (answer, error) = answer_of(answered);
        let event = (Event::Answered(answer), error.clone());
        let state = self.record(workspace, &op, event, &context).await;
        let state = state.map_err(JobError::retry)?;
        failpoint(Failpoint::DeleteRecorded).await?;
        if state == OpState::Intent {
            let reason = error.unwrap_or_default();
            warn!(
                storage.id = %op.storage,
                attempt = op.attempts + 1,
                "could not delete an original: {reason}; it is tried again"
            );
            return Err(JobError::Snooze {
                after: self.wait(&op),
                reason,
            });
        }
        info!(storage.id = %op.storage, asset.id = %op.asset, "an original is settled: {answer:?}");
        Ok(())
    }
}

impl DeleteOriginalHandler {
    async fn keep(
        &self,
        workspace: WorkspaceId,
        id: ExternalOpId,
        context: &JobContext,
    ) -> Result<(), JobError> {
        let kept = async {
            let tx = self.deps.db.begin_in(workspace).await?;
            tx.jobs().guard(context).await?;
            let (state, _) = step(OpState::Intent, Event::PolicyTurned);
            let why = "originals of this storage stay";
            tx.external_ops()
                .settle(id, (OpState::Intent, state), Some(why))
                .await?;
            if let Some(op) = tx.external_ops().find(id).await?
                && op.reason == OpReason::Transfer
            {
                settle_transfer(&tx, &op, state).await?;
            }
            tx.commit().await
        };
        let kept: Result<(), DbError> = kept.await;
        kept.map_err(JobError::retry)
    }
}

fn failed(failed: Failed) -> StorageError {
    StorageError::new(ErrorKind::Unreachable, failed.to_string())
}

/// Returns whether a copy in central storage is still needed: pictures are made of it, or another
/// storage is to get it.
async fn is_in_use(tx: &Tx, op: &ExternalOpRow) -> Result<bool, DbError> {
    Ok(op.how == DeleteHow::Central
        && (tx.assets().waits_for_pictures(op.asset).await?
            || tx.transfers().is_open(op.asset).await?))
}

/// Ends the transfer whose source this was. A file that changed meanwhile is another one: the next
/// scan takes it as new.
async fn settle_transfer(tx: &Tx, op: &ExternalOpRow, state: OpState) -> Result<(), DbError> {
    let is_changed = match state {
        OpState::Intent | OpState::Planned | OpState::Refused => return Ok(()),
        OpState::Changed => true,
        _ => false,
    };
    tx.transfers()
        .settle_source(op.object, op.asset, !is_changed)
        .await?;
    if is_changed {
        tx.objects().detach(op.object, op.asset).await?;
    }
    Ok(())
}

/// Reads a storage's answer: what it is for the ledger, and what went wrong in words.
fn answer_of(answered: Result<Deleted, StorageError>) -> (Answer, Option<String>) {
    let error = match answered {
        Ok(Deleted::Now) => return (Answer::Deleted, None),
        Ok(Deleted::Before) => return (Answer::Absent, None),
        Err(error) => error,
    };
    let answer = match error.kind() {
        ErrorKind::Conflict => Answer::Changed,
        ErrorKind::Unsupported => Answer::Unsupported,
        _ => Answer::Failed,
    };
    (answer, Some(error.to_string()))
}

fn deleted(op: &ExternalOpRow, state: OpState) -> AuditEntry {
    AuditEntry {
        actor: Actor::System,
        action: AuditAction::OriginalDeleted,
        subject: AuditSubject::Asset,
        subject_id: op.asset.into(),
        detail: json!({
            "storage": op.storage,
            "path": op.path,
            "revision": op.revision,
            "outcome": state,
            "reason": op.reason,
        }),
    }
}
