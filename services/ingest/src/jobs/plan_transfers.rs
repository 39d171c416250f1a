//! `PlanTransfers`: put the originals that lie in a storage on the ledger, for a migration or out of
//! a collector. A second run finds those that are left.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use stowage_db::{
    DbError, Tx,
    repo::{ImportedAsset, Movable},
};
use stowage_domain::{AssetId, MigrationId, MigrationState, StorageId, TransferKind, WorkspaceId};
use stowage_jobs::{Handler, JobContext, JobError};
use stowage_proto::job::PlanTransfers;

use crate::{
    Deps,
    transfer::{Going, plan_collection, plan_transfer},
};

/// Originals that are planned in one transaction.
const BATCH: u32 = 500;

pub(crate) struct PlanTransfersHandler {
    deps: Deps,
}

/// What the originals are to do.
#[derive(Debug, Clone, Copy)]
struct Plan {
    source: StorageId,
    target: StorageId,
    migration: Option<MigrationId>,
}

impl PlanTransfersHandler {
    pub(crate) fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// Plans a stretch. Returns the last asset of it; none when there are no more.
    async fn batch(
        &self,
        workspace: WorkspaceId,
        (source, migration): (StorageId, Option<MigrationId>),
        after: Option<AssetId>,
        context: &JobContext,
    ) -> Result<Option<AssetId>, DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        tx.jobs().guard(context).await?;
        let Some(plan) = plan_of(&tx, source, migration).await? else {
            return Ok(None);
        };
        let way = (plan.source, plan.target);
        let found = tx.migrations().movable(way, after, BATCH).await?;
        for original in &found {
            self.plan(&tx, plan, original).await?;
        }
        let is_last = found.len() < BATCH as usize;
        if let (Some(migration), true) = (migration, is_last) {
            let (from, to) = (MigrationState::Planning, MigrationState::Running);
            tx.migrations().become_state(migration, &[from], to).await?;
        }
        tx.commit().await?;
        let last = found.last().map(|original| original.asset);
        Ok(last.filter(|_| !is_last))
    }

    async fn plan(&self, tx: &Tx, plan: Plan, original: &Movable) -> Result<(), DbError> {
        let going = Going {
            kind: match plan.migration {
                Some(_) => TransferKind::Migrate,
                None => TransferKind::Collect,
            },
            asset: ImportedAsset {
                id: original.asset,
                version: original.version,
            },
            source: (plan.source, original.object),
            size: original.size,
            sha256: original.sha256.as_deref(),
            received_at: original.created_at,
            migration: plan.migration,
        };
        let ids = self.deps.ids.as_ref();
        match plan.migration {
            Some(_) => plan_transfer(tx, ids, &going, plan.target).await,
            None => plan_collection(tx, ids, &going).await,
        }
    }
}

/// Returns where the originals of a storage are to go; none where they are not, any more.
async fn plan_of(
    tx: &Tx,
    source: StorageId,
    migration: Option<MigrationId>,
) -> Result<Option<Plan>, DbError> {
    let target = match migration {
        Some(id) => {
            let row = tx.migrations().find(id).await?;
            let row = row.filter(|row| row.state == MigrationState::Planning);
            row.map(|row| row.target)
        }
        None => {
            let storage = tx.storages().find(source).await?;
            let collects = storage.is_some_and(|row| row.delivery.moves_to_main && row.is_on);
            match tx.main_storage().effective().await? {
                Some(main) => collects.then_some(main),
                None => collects.then_some(tx.storages().ensure_central().await?),
            }
        }
    };
    Ok(target.map(|target| Plan {
        source,
        target,
        migration,
    }))
}

#[async_trait]
impl Handler for PlanTransfersHandler {
    type Job = PlanTransfers;

    fn timeout(&self) -> Duration {
        Duration::from_hours(6)
    }

    async fn run(&self, job: PlanTransfers, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let Ok(source) = job.storage_id.parse::<StorageId>() else {
            return Err(JobError::reject(anyhow!("the job names no storage")));
        };
        let migration = match job.migration_id.as_str() {
            "" => None,
            id => match id.parse::<MigrationId>() {
                Ok(id) => Some(id),
                Err(_) => return Err(JobError::reject(anyhow!("the job names no migration"))),
            },
        };
        let mut after = None;
        loop {
            let planned = self
                .batch(workspace, (source, migration), after, &context)
                .await;
            after = planned.map_err(JobError::retry)?;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
