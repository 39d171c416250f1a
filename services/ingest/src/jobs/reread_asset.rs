//! `RereadAsset`: read once more what an original says about itself (SPEC W14, P67).

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use stowage_db::{
    DbError,
    repo::{ImportedFile, ObjectRow},
};
use stowage_domain::{AssetId, StorageStatus, WorkspaceId};
use stowage_jobs::{Handler, JobContext, JobError, announce};
use stowage_proto::{
    event::Topic,
    job::{ImportObject, RereadAsset},
};
use stowage_storage_client::Purpose;
use tracing::{debug, instrument};

use super::import_object::{metadata_of, snooze, storage_error};
use crate::{
    Deps, IngestConfig,
    collect::keep_names,
    describe::describe,
    intake::{Intake, take_in},
    source,
};

pub(crate) struct RereadAssetHandler {
    config: IngestConfig,
    deps: Deps,
}

impl RereadAssetHandler {
    pub(crate) fn new(config: IngestConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    /// Finds the original to read; none when there is no such asset any more.
    async fn original(
        &self,
        workspace: WorkspaceId,
        asset: AssetId,
    ) -> Result<Option<ObjectRow>, JobError> {
        let tx = self
            .deps
            .db
            .read_in(workspace)
            .await
            .map_err(JobError::retry)?;
        let found = tx.assets().find_content(asset).await;
        if found.map_err(JobError::retry)?.is_none() {
            return Ok(None);
        }
        let objects = tx.objects().of_asset(asset).await;
        let objects = objects.map_err(JobError::retry)?;
        let original = objects.into_iter().find(|object| object.present);
        let original = original.ok_or_else(|| {
            JobError::reject(anyhow!(
                "the original is gone from its storage; put it back and scan"
            ))
        })?;
        let storage = tx.storages().get(original.storage).await;
        if !storage.map_err(JobError::retry)?.is_on {
            return Err(JobError::reject(anyhow!(
                "the storage of the original is off; switch it on first"
            )));
        }
        let health = tx.storages().health(original.storage).await;
        if matches!(
            health.map_err(JobError::retry)?.status,
            StorageStatus::Failed | StorageStatus::Disconnected
        ) {
            return Err(snooze(
                self.config.retry_away_after,
                "the storage cannot be reached",
            ));
        }
        Ok(Some(original))
    }

    #[instrument(name = "reread.read", skip_all)]
    async fn read(&self, original: &ObjectRow) -> Result<Intake, JobError> {
        let read = async {
            let read = source::open(&self.deps, original, Purpose::Import).await?;
            let name = read.object.path.clone();
            take_in(read, &name, source::limits(&self.config, original)).await
        };
        read.await.map_err(|error| {
            if error.is_not_found() {
                JobError::reject(anyhow!(
                    "the original is no longer in its storage; the next scan marks it as missing"
                ))
            } else {
                storage_error(error, self.config.retry_away_after)
            }
        })
    }

    /// Renews what the file says. Content that changed meanwhile is left to an import.
    #[instrument(name = "reread.record", skip_all)]
    async fn commit(
        &self,
        (asset, original): (AssetId, &ObjectRow),
        file: &ImportedFile,
        overwrite: bool,
        context: &JobContext,
    ) -> Result<(), DbError> {
        let tx = self.deps.db.begin_in(original.workspace).await?;
        tx.jobs().guard(context).await?;
        tx.edits().lock(&[asset]).await?;
        let Some((_, sha256)) = tx.assets().find_content(asset).await? else {
            return Ok(());
        };
        if sha256 == file.sha256 {
            let file = keep_names(&tx, original, file).await?;
            tx.assets().reread(asset, &file).await?;
        } else {
            let import = ImportObject {
                remote_object_id: original.id.to_string(),
                again: true,
                scan_run_id: String::new(),
            };
            tx.jobs().enqueue(&import).await?;
        }
        if overwrite {
            let metadata = serde_json::from_str(&file.metadata).unwrap_or_default();
            tx.edits().yield_to_file(asset, &metadata).await?;
        }
        tx.commit().await
    }
}

#[async_trait]
impl Handler for RereadAssetHandler {
    type Job = RereadAsset;

    fn timeout(&self) -> Duration {
        Duration::from_hours(6)
    }

    async fn run(&self, job: RereadAsset, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let Ok(asset) = job.asset_id.parse::<AssetId>() else {
            return Err(JobError::reject(anyhow!("the job names no asset")));
        };
        let Some(original) = self.original(workspace, asset).await? else {
            return Ok(());
        };
        let intake = self.read(&original).await?;
        let metadata = metadata_of(&intake).await?;
        let file = describe(&intake, &metadata, self.deps.clock.now());
        self.commit((asset, &original), &file, job.overwrite, &context)
            .await
            .map_err(JobError::retry)?;
        debug!(asset.id = %asset, "read asset {asset} again");
        metrics::counter!("stowage_rereads_total").increment(1);
        announce(self.deps.bus.as_ref(), workspace, Topic::Asset, asset).await;
        Ok(())
    }
}
