//! `ApplyRetention`: plan what a retention rule means, and put in the recycle bin what a batch
//! named. A large batch waits for an administrator in between.
//!
//! What a batch names is looked at once more before it goes: what was restored, held, retagged or
//! deleted since is left alone. A second run goes on where the first stopped.

use anyhow::anyhow;
use async_trait::async_trait;
use serde_json::json;
use stowage_db::{
    DbError, Tx,
    repo::{AuditEntry, BatchRow, RuleRow},
};
use stowage_domain::{
    Actor, AssetId, AuditAction, AuditSubject, RetentionBatchId, RetentionRuleId, WorkspaceId,
    retention::{BatchEvent, BatchState},
};
use stowage_jobs::{Handler, JobContext, JobError, announce_all};
use stowage_proto::{event::Topic, job::ApplyRetention};
use tracing::{info, instrument};

use crate::Deps;

/// Assets put in the bin in one transaction.
const STRETCH: u32 = 100;

pub(crate) struct ApplyRetentionHandler {
    deps: Deps,
}

impl ApplyRetentionHandler {
    pub(crate) fn new(deps: Deps) -> Self {
        Self { deps }
    }

    #[instrument(name = "retention.plan", skip_all)]
    async fn plan(
        &self,
        workspace: WorkspaceId,
        id: RetentionRuleId,
        context: &JobContext,
    ) -> Result<(), DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        tx.jobs().guard(context).await?;
        let Some(rule) = tx.retention().find(id).await? else {
            return Ok(());
        };
        let now = tx.now_is().await?;
        tx.retention().note_run(id).await?;
        let matched = tx.retention().matched(&rule.terms, now).await?;
        let state = BatchState::of(matched.assets, matched.live);
        let batch = RetentionBatchId(self.deps.ids.next());
        let plan = (matched, state);
        if matched.assets > 0 && tx.retention().plan(batch, &rule, plan, now).await? {
            if state == BatchState::Running {
                tx.jobs().enqueue(&carry_out(batch)).await?;
            }
            info!(
                retention.rule = %id,
                retention.assets = matched.assets,
                "a retention rule means {} assets: {state}",
                matched.assets
            );
            metrics::counter!("stowage_retention_batches_total", "state" => state.as_str())
                .increment(1);
        }
        tx.commit().await
    }

    /// Puts a stretch of a batch in the bin. Returns what went; none when nothing is left to do.
    #[instrument(name = "retention.bin", skip_all)]
    async fn bin(
        &self,
        workspace: WorkspaceId,
        id: RetentionBatchId,
        context: &JobContext,
    ) -> Result<Option<Vec<AssetId>>, DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        tx.jobs().guard(context).await?;
        let Some(batch) = tx.retention().batch(id).await? else {
            return Ok(None);
        };
        let Some(done) = batch.state.step(BatchEvent::Exhaust) else {
            return Ok(None);
        };
        let items = tx.retention().items(id, STRETCH).await?;
        if items.is_empty() {
            tx.retention().settle(id, (batch.state, done), None).await?;
            tx.commit_quietly().await?;
            return Ok(None);
        }
        let rule = tx.retention().find(batch.rule).await?;
        let moved = match rule {
            Some(rule) => self.trash(&tx, &rule, &batch, &items).await?,
            None => Vec::new(),
        };
        tx.retention()
            .strike(id, &items, moved.len() as u64)
            .await?;
        tx.commit_quietly().await?;
        Ok(Some(moved))
    }

    async fn trash(
        &self,
        tx: &Tx,
        rule: &RuleRow,
        batch: &BatchRow,
        items: &[AssetId],
    ) -> Result<Vec<AssetId>, DbError> {
        let now = tx.now_is().await?;
        let locked = tx.edits().lock(items).await?;
        let facts = tx.retention().facts(&locked).await?;
        let meant = |id: &AssetId| {
            facts
                .get(id)
                .is_some_and(|asset| rule.terms.means(asset, now))
        };
        let meant: Vec<AssetId> = locked.iter().copied().filter(meant).collect();
        let days = tx.workspaces().bin_days().await?;
        let moved = tx.bin().trash(&meant, days, None).await?;
        for asset in &moved {
            let entry = AuditEntry {
                actor: Actor::System,
                action: AuditAction::AssetTrashed,
                subject: AuditSubject::Asset,
                subject_id: (*asset).into(),
                detail: json!({ "days": days, "rule": rule.name, "batch": batch.id }),
            };
            let id = self.deps.ids.next().into();
            tx.audit().record(id, &entry).await?;
        }
        Ok(moved)
    }

    async fn carry_out(
        &self,
        workspace: WorkspaceId,
        batch: RetentionBatchId,
        context: &JobContext,
    ) -> Result<(), DbError> {
        while let Some(moved) = self.bin(workspace, batch, context).await? {
            metrics::counter!("stowage_retention_binned_total").increment(moved.len() as u64);
            if !moved.is_empty() {
                let changed = moved.iter().map(ToString::to_string).collect();
                announce_all(self.deps.bus.as_ref(), workspace, Topic::Asset, changed).await;
            }
            if context.stopping.is_cancelled() {
                break;
            }
        }
        Ok(())
    }
}

fn carry_out(batch: RetentionBatchId) -> ApplyRetention {
    ApplyRetention {
        rule_id: String::new(),
        batch_id: batch.to_string(),
    }
}

#[async_trait]
impl Handler for ApplyRetentionHandler {
    type Job = ApplyRetention;

    async fn run(&self, job: ApplyRetention, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let done = if let Ok(batch) = job.batch_id.parse() {
            self.carry_out(workspace, batch, &context).await
        } else if let Ok(rule) = job.rule_id.parse() {
            self.plan(workspace, rule, &context).await
        } else {
            return Err(JobError::reject(anyhow!(
                "the job names no rule and no batch"
            )));
        };
        done.map_err(JobError::retry)?;
        if context.stopping.is_cancelled() {
            return Err(JobError::Snooze {
                after: std::time::Duration::ZERO,
                reason: "the process stops".to_owned(),
            });
        }
        Ok(())
    }
}
