//! `PlanPurge`: take entries of the bin into a purge, and store what it will do before anything
//! is done.

use anyhow::anyhow;
use async_trait::async_trait;
use stowage_db::{
    DbError, Tx,
    repo::{Items, NewBatch},
};
use stowage_domain::{PurgeBatchId, WorkspaceId, purge::PurgeOrigin};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError, Priority};
use stowage_proto::job::PlanPurge;
use tracing::info;

use crate::Deps;

/// Entries planned in one transaction.
const BATCH: u32 = 500;

pub(crate) struct PlanPurgeHandler {
    deps: Deps,
}

impl PlanPurgeHandler {
    pub(crate) fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// Plans one stretch. Whatever is left is planned by the job that this one enqueues.
    async fn plan(
        &self,
        workspace: WorkspaceId,
        asked: Option<PurgeBatchId>,
        context: &JobContext,
    ) -> Result<usize, DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        tx.jobs().guard(context).await?;
        let (batch, items) = match asked {
            Some(batch) => (batch, Items::All),
            None => (
                self.new_batch(&tx).await?,
                Items::Due(self.deps.clock.now()),
            ),
        };
        let taken = tx
            .purges()
            .take_up(batch, items, BATCH, Priority::Background)
            .await?;
        if taken.is_empty() && asked.is_none() {
            // Dropped: a purge of nothing leaves no trace.
            return Ok(0);
        }
        if taken.len() == BATCH as usize {
            let next = PlanPurge {
                batch_id: asked.map(|id| id.to_string()).unwrap_or_default(),
            };
            tx.jobs().enqueue(&next).await?;
        }
        tx.commit().await?;
        Ok(taken.len())
    }

    async fn new_batch(&self, tx: &Tx) -> Result<PurgeBatchId, DbError> {
        let batch = NewBatch {
            id: self.deps.ids.next().into(),
            origin: PurgeOrigin::Deadline,
            by: None,
        };
        tx.purges().insert_batch(&batch).await?;
        Ok(batch.id)
    }
}

#[async_trait]
impl Handler for PlanPurgeHandler {
    type Job = PlanPurge;

    async fn run(&self, job: PlanPurge, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let asked = match job.batch_id.as_str() {
            "" => None,
            id => Some(
                id.parse::<PurgeBatchId>()
                    .map_err(|_| JobError::reject(anyhow!("the job names no purge")))?,
            ),
        };
        let planned = self.plan(workspace, asked, &context).await;
        let planned = planned.map_err(JobError::retry)?;
        if planned > 0 {
            failpoint(Failpoint::PurgePlanned).await?;
            info!(workspace.id = %workspace, purge.assets = planned, "planned a purge of {planned} assets");
        }
        Ok(())
    }
}
