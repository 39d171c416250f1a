//! `ImportObject`: read one object of a storage and make an asset of it.

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use stowage_db::{
    DbError, Scope, Tx,
    repo::{ImportedFile, ObjectRow, StagedBlob, StorageRow},
};
use stowage_domain::{
    AssetId, OnMove, ReadState, RemoteObjectId, ScanRunId, StorageId, StorageKind, StorageStatus,
    Timestamp, WorkspaceId,
    scan::{is_vague, settled_at},
};
use stowage_failpoints::{Failpoint, failpoint};
use stowage_jobs::{Handler, JobContext, JobError, announce};
use stowage_media::{Metadata, metadata};
use stowage_proto::{
    event::Topic,
    job::{ImportObject, RenderAsset},
};
use stowage_storage::{ErrorKind, Object, ObjectPath, StorageError, WriteMode};
use stowage_storage_client::{Purpose, Target};
use tracing::{debug, instrument};

use crate::{
    Deps, IngestConfig,
    collect::{collect, duplicate, keep_names},
    complete::is_cut_off,
    describe::describe,
    intake::{Intake, Whole, take_in},
    record::{MovedFrom, record},
    source,
};

/// How long an import waits for room in the spool, or for central storage.
const WAIT: Duration = Duration::from_secs(10);

/// How long an import waits for a file that changed while it was read.
const SETTLE: Duration = Duration::from_secs(5);

/// How long a file whose end is missing is waited for.
const GIVEN_UP: Duration = Duration::from_hours(1);

/// Of how many percent of the spool on imports wait, so that uploads still find room.
const SPOOL_PERCENT: u64 = 60;

/// Assets of the same content that are asked whether their original is still in its place.
const CANDIDATES: usize = 3;

pub(crate) struct ImportObjectHandler {
    config: IngestConfig,
    deps: Deps,
}

/// What an import begins with.
struct Subject {
    object: ObjectRow,
    storage: StorageRow,
}

/// All that one read came to.
#[derive(Clone, Copy)]
struct Import<'a> {
    subject: &'a Subject,
    /// Of the content that was read.
    revision: &'a str,
    file: &'a ImportedFile,
    moved_from: Option<MovedFrom>,
    blob: Option<&'a StagedBlob>,
    again: bool,
    /// The scan that found the object.
    run: Option<ScanRunId>,
}

impl ImportObjectHandler {
    pub(crate) fn new(config: IngestConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    /// Looks up the object; none when there is nothing to import any more.
    async fn subject(
        &self,
        workspace: WorkspaceId,
        job: &ImportObject,
    ) -> Result<Option<Subject>, JobError> {
        let Ok(id) = job.remote_object_id.parse::<RemoteObjectId>() else {
            return Err(JobError::reject(anyhow!("the job names no object")));
        };
        let tx = self
            .deps
            .db
            .read_in(workspace)
            .await
            .map_err(JobError::retry)?;
        let object = tx.objects().find(id).await.map_err(JobError::retry)?;
        let Some(object) = object.filter(|object| object.present) else {
            return Ok(None);
        };
        let is_imported =
            object.asset.is_some() && object.imported_revision.as_ref() == Some(&object.revision);
        if is_imported && !job.again {
            return Ok(None);
        }
        let storage = tx
            .storages()
            .get(object.storage)
            .await
            .map_err(JobError::retry)?;
        let health = tx
            .storages()
            .health(object.storage)
            .await
            .map_err(JobError::retry)?;
        if !storage.is_on {
            return Ok(None);
        }
        if matches!(
            health.status,
            StorageStatus::Failed | StorageStatus::Disconnected
        ) {
            return Err(snooze(
                self.config.retry_away_after,
                "the storage cannot be reached",
            ));
        }
        Ok(Some(Subject { object, storage }))
    }

    /// Asks how a file stands that may not be complete yet. Returns whether there is anything to
    /// read: what a vague listing shows as changed may be what was imported.
    async fn is_worth_reading(&self, subject: &Subject, again: bool) -> Result<bool, JobError> {
        let (object, kind) = (&subject.object, subject.storage.kind);
        if !kind.is_asked_first() {
            return Ok(true);
        }
        let asked = self
            .deps
            .storage
            .stat(target_of(subject), &object.path)
            .await;
        let now = match asked {
            Ok(facts) => facts,
            // The next scan sees that it is gone.
            Err(error) if error.is_not_found() => return Ok(false),
            Err(error) => return Err(storage_error(error, self.config.retry_away_after)),
        };
        let is_imported =
            object.asset.is_some() && object.imported_revision.as_ref() == Some(&now.revision);
        if is_imported && !again {
            return Ok(false);
        }
        match settles_in(object, &now, kind.settle(), self.deps.clock.now()) {
            Some(wait) => Err(snooze(wait, "the file is still being written")),
            None => Ok(true),
        }
    }

    /// Puts a file off whose end is missing: its upload broke off, and will most likely be tried
    /// again. It is looked at after ever longer times, and after an hour taken as it is.
    async fn check_whole(&self, subject: &Subject, intake: &Intake) -> Result<(), JobError> {
        let (Some(whole), true) = (&intake.read, subject.storage.kind.is_asked_first()) else {
            return Ok(());
        };
        let modified = intake.object.modified_at.unwrap_or_default();
        let age = self.deps.clock.now().since(modified);
        if age > GIVEN_UP {
            return Ok(());
        }
        let file_type = intake.file_type;
        let judged = whole.inspect(move |mut reader| is_cut_off(&mut reader, file_type));
        if judged.await.map_err(central_error)? {
            let wait = age.max(subject.storage.kind.settle()) * 3;
            return Err(snooze(wait, "the end of the file is missing"));
        }
        Ok(())
    }

    async fn check_room(&self) -> Result<(), JobError> {
        if self.deps.spool_bytes == 0 {
            return Ok(());
        }
        let tx = self
            .deps
            .db
            .read(Scope::System)
            .await
            .map_err(JobError::retry)?;
        let held = tx.spool().bytes().await.map_err(JobError::retry)?;
        metrics::gauge!("stowage_spool_bytes").set(held as f64);
        if held >= self.deps.spool_bytes / 100 * SPOOL_PERCENT {
            return Err(snooze(
                WAIT,
                "the spool is full; imports go on when there is room",
            ));
        }
        Ok(())
    }

    /// Reads the object once, to its end.
    #[instrument(name = "import.read", skip_all)]
    async fn read(&self, subject: &Subject) -> Result<Intake, StorageError> {
        let target = target_of(subject);
        let path = &subject.object.path;
        let read = source::open(&self.deps, &subject.object, Purpose::Import).await?;
        let name = read.object.path.clone();
        let limits = source::limits(&self.config, &subject.object);
        let intake = take_in(read, &name, limits).await?;
        if subject.storage.kind.changes_under_readers() {
            let after = self.deps.storage.stat(target, path).await?;
            if after.revision != intake.object.revision {
                return Err(StorageError::new(
                    ErrorKind::Conflict,
                    format!("object {path:?} changed while it was read"),
                ));
            }
        }
        metrics::counter!("stowage_import_bytes_total").increment(intake.object.size);
        Ok(intake)
    }

    /// Copies an original into the spool, its row first.
    #[instrument(name = "import.spool", skip_all)]
    async fn spool(&self, workspace: WorkspaceId, whole: &Whole) -> Result<StagedBlob, JobError> {
        let id = self.deps.ids.next();
        let key = format!("w/{workspace}/spool/{id}");
        let blob = StagedBlob {
            id,
            workspace,
            key,
            size: whole.size,
        };
        let announce = async {
            let tx = self.deps.db.begin_in(workspace).await?;
            tx.spool().insert(&blob).await?;
            tx.commit().await
        };
        announce.await.map_err(JobError::retry)?;
        failpoint(Failpoint::ImportAnnounced).await?;
        let path = ObjectPath::new(blob.key.clone()).map_err(JobError::reject)?;
        let body = whole.body().map_err(central_error)?;
        self.deps
            .central
            .write(&path, whole.size, body, WriteMode::Replace)
            .await
            .map_err(central_error)?;
        failpoint(Failpoint::ImportSpooled).await?;
        Ok(blob)
    }

    /// Looks for an asset with this content whose original is no longer where it was (D7).
    async fn moved_from(
        &self,
        subject: &Subject,
        whole: &Whole,
    ) -> Result<Option<MovedFrom>, JobError> {
        if subject.object.asset.is_some() {
            return Ok(None);
        }
        let workspace = subject.storage.workspace;
        let tx = self
            .deps
            .db
            .read_in(workspace)
            .await
            .map_err(JobError::retry)?;
        let candidates = tx
            .objects()
            .originals_with_content(subject.storage.id, &whole.sha256, subject.object.id)
            .await
            .map_err(JobError::retry)?;
        drop(tx);
        for candidate in candidates.into_iter().take(CANDIDATES) {
            let Some(asset) = candidate.asset else {
                continue;
            };
            // Asked even where the catalog has it marked: it may be back, waiting to be restored.
            let stat = self
                .deps
                .storage
                .stat(target_of(subject), &candidate.path)
                .await;
            let is_gone = match stat {
                Ok(_) => false,
                Err(error) if error.is_not_found() => true,
                Err(error) => return Err(storage_error(error, self.config.retry_away_after)),
            };
            if is_gone {
                return Ok(Some(MovedFrom {
                    object: candidate.id,
                    asset,
                    on_move: subject.storage.behaviour.on_move,
                }));
            }
        }
        Ok(None)
    }

    /// Writes the asset and the job that comes next, all or nothing.
    #[instrument(name = "import.record", skip_all)]
    async fn commit(&self, import: Import<'_>, context: &JobContext) -> Result<AssetId, DbError> {
        let Import { subject, .. } = import;
        let tx = self.deps.db.begin_in(subject.storage.workspace).await?;
        tx.jobs().guard(context).await?;
        let object = tx.objects().find(subject.object.id).await?;
        let object = object.ok_or_else(|| DbError::LeaseLost {
            what: format!("object {}", subject.object.id),
        })?;
        let ids = self.deps.ids.as_ref();
        let place = (&subject.storage, &object);
        if import.moved_from.is_none()
            && let Some(known) =
                duplicate(&tx, ids, place, (import.file, import.revision), import.run).await?
        {
            tx.commit().await?;
            return Ok(known);
        }
        let file = keep_names(&tx, &object, import.file).await?;
        let recorded = record(&tx, ids, &object, &file, import.moved_from, import.again).await?;
        let asset = recorded.asset;
        tx.objects()
            .set_imported(object.id, import.revision, asset.id)
            .await?;
        if let Some(from) = import.moved_from
            && from.asset == asset.id
        {
            let way = (from.object, object.id);
            tx.bin().follow(way, import.revision).await?;
            tx.external_ops()
                .follow(way, (&object.path, import.revision))
                .await?;
        }
        if asset.version == 1 && recorded.is_new_content {
            credit(&tx, subject.storage.id, asset.id).await?;
        }
        if recorded.is_new_content
            && let Some(blob) = import.blob
        {
            tx.spool().adopt(blob.id, asset.id, asset.version).await?;
            if file.read_state == ReadState::Renderable {
                let job = RenderAsset {
                    asset_id: asset.id.to_string(),
                    version: asset.version,
                };
                tx.jobs().enqueue(&job).await?;
            }
        }
        collect(&tx, ids, place, asset, (&file, self.deps.clock.now())).await?;
        tx.commit().await?;
        Ok(asset.id)
    }
}

/// Returns whether files of a storage are wanted once more right after their import, and reading them
/// again has its price: those of collectors, but for folders of this server.
fn goes_on(storage: &StorageRow) -> bool {
    storage.delivery.moves_to_main && storage.kind != StorageKind::Fs
}

/// Records a new asset under whom its storage names, as long as they may import (D23).
async fn credit(tx: &Tx, storage: StorageId, asset: AssetId) -> Result<(), DbError> {
    let named = tx.importers().find(storage).await?;
    match named.and_then(|named| named.importer().credited()) {
        Some(user) => tx.importers().credit(asset, user).await,
        None => Ok(()),
    }
}

#[async_trait]
impl Handler for ImportObjectHandler {
    type Job = ImportObject;

    fn timeout(&self) -> Duration {
        Duration::from_hours(6)
    }

    async fn run(&self, job: ImportObject, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        let Some(subject) = self.subject(workspace, &job).await? else {
            return Ok(());
        };
        self.check_room().await?;
        if !self.is_worth_reading(&subject, job.again).await? {
            return Ok(());
        }
        let intake = match self.read(&subject).await {
            Ok(intake) => intake,
            // The next scan sees that it is gone.
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) => return Err(storage_error(error, self.config.retry_away_after)),
        };

        self.check_whole(&subject, &intake).await?;
        failpoint(Failpoint::ImportRead).await?;
        let metadata = metadata_of(&intake).await?;
        let file = describe(&intake, &metadata, self.deps.clock.now());
        let mut moved_from = None;
        let mut blob = None;
        if let Some(whole) = &intake.read {
            moved_from = self.moved_from(&subject, whole).await?;
            let follows = moved_from.is_some_and(|from| from.on_move == OnMove::Follow);
            let is_renderable = file.read_state == ReadState::Renderable;
            if (is_renderable || goes_on(&subject.storage)) && !follows {
                blob = Some(self.spool(workspace, whole).await?);
            }
        }
        let import = Import {
            subject: &subject,
            revision: &intake.object.revision,
            file: &file,
            moved_from,
            blob: blob.as_ref(),
            again: job.again,
            run: job.scan_run_id.parse().ok(),
        };
        let asset = self
            .commit(import, &context)
            .await
            .map_err(JobError::retry)?;
        failpoint(Failpoint::ImportRecorded).await?;
        debug!(asset.id = %asset, asset.bytes = file.size, "imported asset {asset}");
        metrics::counter!("stowage_imports_total", "state" => file.read_state.as_str())
            .increment(1);
        announce(self.deps.bus.as_ref(), workspace, Topic::Asset, asset).await;
        Ok(())
    }
}

/// Returns how long to wait until a file counts as complete. Where the other clock is ahead of
/// ours, its time says nothing: then the file has to be what the listing showed, which was at least
/// as long ago.
fn settles_in(
    listed: &ObjectRow,
    now: &Object,
    settle: Duration,
    clock: Timestamp,
) -> Option<Duration> {
    let is_as_listed = if is_vague(&listed.revision) {
        listed.size == now.size
    } else {
        listed.revision == now.revision
    };
    match now.modified_at {
        Some(modified) if modified <= clock => {
            let due = settled_at(Some(modified), settle, clock);
            (due > clock).then(|| due.since(clock))
        }
        _ => (!is_as_listed).then_some(settle),
    }
}

fn target_of(subject: &Subject) -> Target {
    Target {
        workspace: subject.storage.workspace,
        storage: subject.storage.id,
    }
}

/// A storage that is away costs its files no attempts; what is wrong with one file does.
pub(super) fn storage_error(error: StorageError, retry_away_after: Duration) -> JobError {
    match error.kind() {
        ErrorKind::Conflict => snooze(SETTLE, "the file is still being written"),
        ErrorKind::RootNotFound
        | ErrorKind::Unauthenticated
        | ErrorKind::Throttled
        | ErrorKind::Timeout
        | ErrorKind::Unreachable
        | ErrorKind::InvalidSettings => JobError::Snooze {
            after: error.retry_after().unwrap_or(retry_away_after),
            reason: error.to_string(),
        },
        _ => JobError::retry(error),
    }
}

pub(super) async fn metadata_of(intake: &Intake) -> Result<Metadata, JobError> {
    let Some(whole) = &intake.read else {
        return Ok(Metadata::default());
    };
    let file_type = intake.file_type;
    let read = whole.inspect(move |mut reader| metadata::read(&mut reader, &file_type));
    read.await.map_err(central_error)
}

pub(super) fn snooze(after: Duration, reason: &str) -> JobError {
    JobError::Snooze {
        after,
        reason: reason.to_owned(),
    }
}

/// Central storage failed: the original is still in its place, the import waits.
pub(super) fn central_error(error: StorageError) -> JobError {
    if error.is_temporary() {
        snooze(WAIT, &error.to_string())
    } else {
        JobError::retry(error)
    }
}
