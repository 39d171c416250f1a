//! `ImportUpload`: make an asset of an upload whose bytes are all there, its original in central
//! storage (SPEC D1, D10; ARCHITECTURE 4.11).
//!
//! A crash anywhere only repeats: the key of the original follows from the upload and its content,
//! and everything else is one transaction that moves the upload on.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use stowage_db::{
    DbError, Tx,
    repo::{ImportedFile, NewObject, UploadChunk, UploadRow},
};
use stowage_domain::{
    AssetId, ReadState, RemoteObjectId, TransferKind, UploadId, UploadState, WorkspaceId,
};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError, announce};
use stowage_proto::{
    event::Topic,
    job::{ImportUpload, RenderAsset},
};
use stowage_storage::{DeleteCondition, Object, ObjectPath, WriteMode};
use tracing::{debug, instrument};

use super::import_object::{central_error, metadata_of};
use crate::{
    Deps, IngestConfig,
    describe::describe,
    intake::{Intake, Limits, Whole, take_in},
    pieces,
    record::record,
    transfer::{Going, plan_copies, plan_transfer},
};

pub(crate) struct ImportUploadHandler {
    config: IngestConfig,
    deps: Deps,
}

/// What became of an upload.
struct Outcome {
    asset: AssetId,
    is_new: bool,
}

impl ImportUploadHandler {
    pub(crate) fn new(config: IngestConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    /// Looks up the upload and its pieces; none when there is nothing to do any more.
    async fn subject(
        &self,
        workspace: WorkspaceId,
        job: &ImportUpload,
    ) -> Result<Option<(UploadRow, Vec<UploadChunk>)>, JobError> {
        let Ok(id) = job.upload_id.parse::<UploadId>() else {
            return Err(JobError::reject(anyhow!("the job names no upload")));
        };
        let tx = self.deps.db.read_in(workspace).await;
        let tx = tx.map_err(JobError::retry)?;
        let upload = tx.uploads().find(id).await.map_err(JobError::retry)?;
        let Some(upload) = upload else {
            return Ok(None);
        };
        drop(tx);
        match upload.state {
            UploadState::Complete => {}
            // Killed a moment ago, perhaps before it had tidied up.
            UploadState::Duplicate => {
                self.forget(&upload).await?;
                return Ok(None);
            }
            _ => return Ok(None),
        }
        let tx = self.deps.db.read_in(workspace).await;
        let tx = tx.map_err(JobError::retry)?;
        let chunks = tx.upload_chunks().of_upload(id).await;
        Ok(Some((upload, chunks.map_err(JobError::retry)?)))
    }

    /// Reads all pieces once, in their order.
    #[instrument(name = "upload.read", skip_all)]
    async fn read(&self, upload: &UploadRow, chunks: Vec<UploadChunk>) -> Result<Intake, JobError> {
        let object = Object {
            remote_id: upload.id.to_string(),
            path: upload.name.clone(),
            size: upload.size,
            modified_at: upload.modified_at,
            revision: String::new(),
        };
        let limits = Limits {
            memory_bytes: self.config.memory_bytes,
            // The hash names the original, so all of it is read, whatever it is.
            unsupported_read_bytes: u64::MAX,
        };
        let read = pieces::joined(object, chunks, self.deps.central.clone());
        let intake = take_in(read, &upload.name, limits).await;
        intake.map_err(|error| {
            if error.is_temporary() {
                central_error(error)
            } else {
                JobError::retry(error)
            }
        })
    }

    /// Says which content it is before anything is kept under its name. Returns whether the
    /// original is to be kept at all.
    async fn announce_hash(&self, upload: &UploadRow, whole: &Whole) -> Result<bool, DbError> {
        let tx = self.deps.db.begin_in(upload.workspace).await?;
        tx.uploads().set_sha256(upload.id, &whole.sha256).await?;
        let (_, is_wanted) = judge(&tx, &whole.sha256).await?;
        tx.commit_quietly().await?;
        Ok(is_wanted)
    }

    /// Writes the original. Written twice, it is the same.
    #[instrument(name = "upload.keep", skip_all)]
    async fn keep(&self, upload: &UploadRow, whole: &Whole) -> Result<(), JobError> {
        let key = ObjectPath::new(key_of(upload, &whole.sha256)).map_err(JobError::reject)?;
        let body = whole.body().map_err(central_error)?;
        let durable = &self.deps.durable;
        let written = durable.write(&key, whole.size, body, WriteMode::Replace);
        written.await.map_err(central_error)?;
        Ok(())
    }

    /// Deletes an original that was kept while another upload of its content became the asset.
    async fn forget(&self, upload: &UploadRow) -> Result<(), JobError> {
        let Some(sha256) = &upload.sha256 else {
            return Ok(());
        };
        let key = ObjectPath::new(key_of(upload, sha256)).map_err(JobError::reject)?;
        let deleted = self.deps.durable.delete(&key, DeleteCondition::OwnKey);
        deleted.await.map_err(central_error)
    }

    /// Makes it an asset, or says which asset has its content; all or nothing. None when somebody
    /// else did.
    #[instrument(name = "upload.record", skip_all)]
    async fn commit(
        &self,
        upload: &UploadRow,
        file: &ImportedFile,
        whole: &Whole,
        is_kept: bool,
        context: &JobContext,
    ) -> Result<Option<Outcome>, DbError> {
        let tx = self.deps.db.begin_in(upload.workspace).await?;
        tx.jobs().guard(context).await?;
        let (known, is_wanted) = judge(&tx, &whole.sha256).await?;
        if is_wanted && !is_kept {
            // The asset that had it is gone, or the workspace changed its mind: once more.
            return Err(DbError::LeaseLost {
                what: format!("the content of upload {}", upload.id),
            });
        }
        let next = if is_wanted {
            UploadState::Stored
        } else {
            UploadState::Duplicate
        };
        let way = (UploadState::Complete, next);
        if !tx
            .uploads()
            .become_state(upload.id, way, self.deps.clock.now())
            .await?
        {
            return Ok(None);
        }
        let outcome = match known {
            Some(asset) if !is_wanted => Outcome {
                asset,
                is_new: false,
            },
            _ => Outcome {
                asset: self.store(&tx, upload, file, whole).await?,
                is_new: true,
            },
        };
        tx.uploads()
            .set_outcome(upload.id, outcome.asset, known)
            .await?;
        tx.commit().await?;
        Ok(Some(outcome))
    }

    async fn store(
        &self,
        tx: &Tx,
        upload: &UploadRow,
        file: &ImportedFile,
        whole: &Whole,
    ) -> Result<AssetId, DbError> {
        let storage = tx.storages().ensure_central().await?;
        let id = RemoteObjectId(upload.id.0);
        let key = key_of(upload, &whole.sha256);
        let revision = hex::encode(&whole.sha256);
        let seen = Object {
            remote_id: key.clone(),
            path: key,
            size: whole.size,
            modified_at: upload.modified_at,
            revision: revision.clone(),
        };
        let new = NewObject { id, seen };
        tx.objects()
            .insert_many(storage, &[new], self.deps.clock.now())
            .await?;
        let object = tx.objects().find(id).await?;
        let object = object.ok_or_else(|| DbError::LeaseLost {
            what: format!("object {id}"),
        })?;
        let ids = self.deps.ids.as_ref();
        let asset = record(tx, ids, &object, file, None, false).await?.asset;
        tx.objects().set_imported(id, &revision, asset.id).await?;
        if !upload.folder.is_empty() {
            tx.assets().set_folder(asset.id, &upload.folder).await?;
        }
        if file.read_state == ReadState::Renderable {
            let job = RenderAsset {
                asset_id: asset.id.to_string(),
                version: asset.version,
            };
            tx.jobs().enqueue(&job).await?;
        }
        let going = Going {
            kind: TransferKind::Deliver,
            asset,
            source: (storage, id),
            size: whole.size,
            sha256: Some(&whole.sha256),
            received_at: upload.created_at,
            migration: None,
        };
        if let Some(target) = upload.target {
            plan_transfer(tx, ids, &going, target).await?;
        }
        plan_copies(tx, ids, &going, upload.target.unwrap_or(storage)).await?;
        Ok(asset.id)
    }
}

/// Returns the asset that has this content already, and whether another one is wanted. One
/// transaction of a workspace decides at a time, so that two files sent at once are not both first.
async fn judge(tx: &Tx, sha256: &[u8]) -> Result<(Option<AssetId>, bool), DbError> {
    let checks = tx.workspaces().lock().await?;
    let known = tx.assets().find_with_content(sha256).await?;
    Ok((known, known.is_none() || !checks))
}

/// Named by its content, and by the upload too: no two assets share an object, so none takes
/// another's original along when it goes.
fn key_of(upload: &UploadRow, sha256: &[u8]) -> String {
    format!(
        "w/{}/originals/{}/{}",
        upload.workspace,
        hex::encode(sha256),
        upload.id
    )
}

#[async_trait]
impl Handler for ImportUploadHandler {
    type Job = ImportUpload;

    fn timeout(&self) -> Duration {
        Duration::from_hours(6)
    }

    async fn run(&self, job: ImportUpload, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let Some((upload, chunks)) = self.subject(workspace, &job).await? else {
            return Ok(());
        };
        let intake = self.read(&upload, chunks).await?;
        let metadata = metadata_of(&intake).await?;
        let file = describe(&intake, &metadata, self.deps.clock.now());
        let whole = intake.read.as_ref();
        let whole = whole.ok_or_else(|| JobError::reject(anyhow!("an upload is read whole")))?;
        failpoint(Failpoint::UploadRead).await?;
        let is_wanted = self.announce_hash(&upload, whole).await;
        let is_wanted = is_wanted.map_err(JobError::retry)?;
        failpoint(Failpoint::UploadHashed).await?;
        if is_wanted {
            self.keep(&upload, whole).await?;
        }
        failpoint(Failpoint::UploadWritten).await?;
        let outcome = self
            .commit(&upload, &file, whole, is_wanted, &context)
            .await;
        let Some(outcome) = outcome.map_err(JobError::retry)? else {
            return Ok(());
        };
        failpoint(Failpoint::UploadStored).await?;
        if is_wanted && !outcome.is_new {
            let kept = UploadRow {
                sha256: Some(whole.sha256.clone()),
                ..upload.clone()
            };
            self.forget(&kept).await?;
        }
        let (id, asset) = (upload.id, outcome.asset);
        debug!(upload.id = %id, asset.id = %asset, "upload {id} is asset {asset}");
        let became = if outcome.is_new { "asset" } else { "duplicate" };
        metrics::counter!("stowage_uploads_stored_total", "became" => became).increment(1);
        let bus = self.deps.bus.as_ref();
        announce(bus, workspace, Topic::Asset, asset).await;
        Ok(())
    }
}
