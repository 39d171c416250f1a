//! `RenderAsset`: make the pictures of one version of an asset.

use std::time::Duration;

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use stowage_db::{
    DbError,
    repo::{Rendered as Outcome, RenditionRow},
};
use stowage_domain::{
    AssetId, ObjectRole, RECIPE, RenditionKind, StorageId, WorkspaceId, content_key, rendition_key,
};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError, announce};
use stowage_media::{DecodeError, Rendered};
use stowage_proto::{
    event::Topic,
    job::{ImportObject, RenderAsset},
};
use stowage_storage::{ObjectPath, StorageError, WriteMode, bytes_of};
use tracing::{debug, info, instrument, warn};

use crate::{Deps, ThumbnailerConfig, decoders::Decoders};

/// After how many crashes of the decoder a file counts as one that cannot be decoded.
const CRASHES: u32 = 3;

/// How long a rendering waits for central storage.
const WAIT: Duration = Duration::from_secs(10);

pub(crate) struct RenderAssetHandler {
    decoders: Decoders,
    max_original_bytes: u64,
    deps: Deps,
}

impl RenderAssetHandler {
    pub(crate) fn new(config: &ThumbnailerConfig, deps: Deps) -> anyhow::Result<Self> {
        let options = config
            .decoder()
            .context("could not find the program that decodes")?;
        Ok(Self {
            decoders: Decoders::new(config.decoders(), options, config.spec()),
            max_original_bytes: config.max_original_bytes,
            deps,
        })
    }

    /// Makes the pictures; `Err` only where another try may end differently.
    async fn render(
        &self,
        workspace: WorkspaceId,
        key: &str,
        sha256: &[u8],
        attempt: u32,
    ) -> Result<Outcome, JobError> {
        let path = ObjectPath::new(key).map_err(JobError::reject)?;
        let read = self
            .deps
            .central
            .read(&path, None)
            .await
            .map_err(central_error)?;
        let original = match read.into_bytes(self.max_original_bytes).await {
            Ok(original) => original,
            Err(error) if error.kind() == stowage_storage::ErrorKind::TooLarge => {
                return Ok(Outcome::Failed {
                    reason: "the file is too large to decode".into(),
                });
            }
            Err(error) => return Err(central_error(error)),
        };
        match self.decode(workspace, original).await {
            Ok(rendered) => {
                failpoint(Failpoint::RenderMade).await?;
                let content_key = content_key(sha256, RECIPE);
                let stored = self.store(workspace, content_key, rendered).await?;
                failpoint(Failpoint::RenderStored).await?;
                Ok(stored)
            }
            Err(
                error @ (DecodeError::Render(_)
                | DecodeError::HelperMissing { .. }
                | DecodeError::HelperUnsafe { .. }),
            ) => Ok(Outcome::Failed {
                reason: error.to_string(),
            }),
            Err(error) if attempt >= CRASHES => {
                warn!(%error, "a file brought the decoder down {CRASHES} times: giving it up");
                Ok(Outcome::Failed {
                    reason: format!("the file cannot be decoded: {error}"),
                })
            }
            Err(error) => Err(JobError::retry(error)),
        }
    }

    #[instrument(name = "render.decode", skip_all)]
    async fn decode(
        &self,
        workspace: WorkspaceId,
        original: bytes::Bytes,
    ) -> Result<Rendered, DecodeError> {
        self.decoders.render(workspace, original).await
    }

    /// Writes the pictures under their content's name; writing them twice changes nothing.
    #[instrument(name = "render.store", skip_all)]
    async fn store(
        &self,
        workspace: WorkspaceId,
        content_key: String,
        rendered: Rendered,
    ) -> Result<Outcome, JobError> {
        let mut renditions = Vec::with_capacity(rendered.renditions.len());
        for rendition in rendered.renditions {
            let kind: RenditionKind = rendition.name.parse().map_err(JobError::reject)?;
            let key = rendition_key(workspace, &content_key, kind);
            let path = ObjectPath::new(key.clone()).map_err(JobError::reject)?;
            let size = rendition.bytes.len() as u64;
            self.deps
                .central
                .write(&path, size, bytes_of(rendition.bytes), WriteMode::Replace)
                .await
                .map_err(central_error)?;
            renditions.push(RenditionRow {
                kind,
                key,
                width: rendition.width,
                height: rendition.height,
                size,
            });
        }
        Ok(Outcome::Ready {
            width: rendered.width,
            height: rendered.height,
            thumbhash: rendered.thumbhash,
            content_key,
            warnings: rendered.warnings,
            renditions,
        })
    }

    /// Records what came of it. False where that is not wanted any more, or is somebody else's to
    /// record: then the retention-purger takes the pictures away again.
    async fn commit(
        &self,
        workspace: WorkspaceId,
        asset: AssetId,
        version: i32,
        outcome: &Outcome,
        context: &JobContext,
    ) -> Result<bool, DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        let is_recorded = match tx.jobs().guard(context).await {
            Ok(()) => tx.renditions().put(asset, version, outcome).await?,
            Err(DbError::LeaseLost { .. }) => {
                tx.renditions().give_up(outcome).await?;
                false
            }
            Err(error) => return Err(error),
        };
        tx.commit().await?;
        Ok(is_recorded)
    }

    /// Returns the key in central storage of the bytes to render: the copy in the spool, or the
    /// original itself where it lies in central storage.
    async fn key(
        &self,
        workspace: WorkspaceId,
        asset: AssetId,
        version: i32,
    ) -> Result<Option<String>, DbError> {
        let tx = self.deps.db.read_in(workspace).await?;
        if let Some(blob) = tx.spool().find(asset, version).await? {
            return Ok(Some(blob.key));
        }
        let central = StorageId::central_of(workspace);
        let objects = tx.objects().of_asset(asset).await?;
        let original = objects.into_iter().find(|object| {
            // A copy, once it was delivered to the main storage; it stays until this is done.
            let is_original = matches!(object.role, ObjectRole::Original | ObjectRole::Copy);
            is_original && object.present && object.storage == central
        });
        Ok(original.map(|object| object.path))
    }

    /// The spool lost its copy: the original is read once more from where it lies.
    async fn import_again(&self, workspace: WorkspaceId, asset: AssetId) -> Result<(), DbError> {
        let tx = self.deps.db.begin_in(workspace).await?;
        let objects = tx.objects().of_asset(asset).await?;
        let original = objects
            .iter()
            .find(|object| object.present && object.role == ObjectRole::Original);
        if let Some(original) = original {
            let job = ImportObject {
                remote_object_id: original.id.to_string(),
                again: true,
                scan_run_id: String::new(),
            };
            tx.jobs().enqueue(&job).await?;
        }
        tx.commit().await
    }
}

#[async_trait]
impl Handler for RenderAssetHandler {
    type Job = RenderAsset;

    fn timeout(&self) -> Duration {
        Duration::from_mins(10)
    }

    async fn run(&self, job: RenderAsset, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let asset: AssetId = job.asset_id.parse().map_err(JobError::reject)?;
        let tx = self
            .deps
            .db
            .read_in(workspace)
            .await
            .map_err(JobError::retry)?;
        let known = tx
            .renditions()
            .to_render(asset)
            .await
            .map_err(JobError::retry)?;
        let Some(known) = known else { return Ok(()) };
        let is_done = known
            .rendered
            .is_some_and(|rendered| rendered >= job.version);
        if known.version != job.version || is_done {
            return Ok(());
        }
        drop(tx);
        let key = self.key(workspace, asset, job.version).await;
        let key = key.map_err(JobError::retry)?;
        let sha256 = known
            .sha256
            .ok_or_else(|| JobError::reject(anyhow!("asset {asset} was never read whole")))?;
        let rendered = match key {
            Some(key) => self.render(workspace, &key, &sha256, context.attempt).await,
            None => Err(JobError::reject(anyhow!(
                "central storage has no copy of asset {asset}"
            ))),
        };
        let outcome = match rendered {
            Ok(outcome) => outcome,
            Err(JobError::Reject(reason)) => {
                warn!(asset.id = %asset, "importing asset {asset} once more: {reason:#}");
                return self
                    .import_again(workspace, asset)
                    .await
                    .map_err(JobError::retry);
            }
            Err(error) => return Err(error),
        };
        let made = match &outcome {
            Outcome::Ready { renditions, .. } => renditions.len(),
            Outcome::Failed { .. } => 0,
        };
        let recorded = self
            .commit(workspace, asset, job.version, &outcome, &context)
            .await;
        if !recorded.map_err(JobError::retry)? {
            info!(asset.id = %asset, "pictures came too late");
            return Ok(());
        }
        failpoint(Failpoint::RenderRecorded).await?;
        debug!(asset.id = %asset, rendition.count = made, "made {made} renditions of asset {asset}");
        announce(self.deps.bus.as_ref(), workspace, Topic::Asset, asset).await;
        Ok(())
    }
}

/// Central storage is away, full, or has lost the copy.
fn central_error(error: StorageError) -> JobError {
    if error.is_not_found() {
        return JobError::reject(error);
    }
    if error.is_temporary() {
        return JobError::Snooze {
            after: WAIT,
            reason: error.to_string(),
        };
    }
    JobError::retry(error)
}
