//! One scan of one storage, from its lease to its last batch.

mod absence;
mod batch;
mod walk;

use std::time::{Duration, Instant};

use futures::StreamExt;
use stowage_db::{
    DbError, Tx,
    repo::{NewScanRun, ScanCounts, ScanLease, SkippedRow, StorageRow},
};
use stowage_domain::{AssetId, RemoteObjectId, ScanRunState, scan::AbsentSet};
use stowage_jobs::{JobContext, announce, announce_all};
use stowage_proto::event::Topic;
use stowage_storage::{ErrorKind, Skipped, StorageError};
use stowage_storage_client::Target;
use tracing::{info, warn};

use crate::{Deps, ScannerConfig};

/// How many skipped files a run remembers by name.
const SKIPPED_REMEMBERED: usize = 1_000;

/// Assets named in one hint.
const ASSETS_TOLD: usize = 500;

/// What ends a scan without a verdict of its own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the process is stopping")]
    Cancelled,
}

/// What ends the walk over a listing early.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Scan(error.into())
    }
}

pub(crate) struct Scan<'a> {
    config: &'a ScannerConfig,
    deps: &'a Deps,
    storage: StorageRow,
    lease: ScanLease,
    run: NewScanRun,
    counts: ScanCounts,
    /// Objects that the listing did not show, as far as it has come.
    absent: Vec<RemoteObjectId>,
    absent_set: AbsentSet,
    /// Objects that had been back, waiting for an administrator, and are not listed any more.
    left_again: Vec<RemoteObjectId>,
    skipped: Vec<SkippedRow>,
    /// A part of the storage that could not be listed.
    unreadable: Option<Skipped>,
    /// When the lease was last prolonged.
    written_at: Instant,
}

/// How a scan ended and what that means for the next.
struct Ending {
    state: ScanRunState,
    error: Option<String>,
    next_in: Duration,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(
        config: &'a ScannerConfig,
        deps: &'a Deps,
        storage: StorageRow,
        lease: ScanLease,
        run: NewScanRun,
    ) -> Self {
        Self {
            config,
            deps,
            storage,
            lease,
            run,
            counts: ScanCounts::default(),
            absent: Vec::new(),
            absent_set: AbsentSet::default(),
            left_again: Vec::new(),
            skipped: Vec::new(),
            unreadable: None,
            written_at: Instant::now(),
        }
    }

    /// Scans, and writes down how that went. An error here says that nothing could be written.
    pub(crate) async fn run(mut self, context: &JobContext) -> Result<(), ScanError> {
        self.announce(Topic::Scan).await;
        let ending = match self.follow(context).await {
            Ok(ending) => ending,
            Err(Stop::Storage(error)) => self.failed(&error),
            Err(Stop::Scan(error)) => {
                self.give_up(&error).await;
                return Err(error);
            }
        };
        self.finish(&ending).await?;
        self.announce(Topic::Storage).await;
        Ok(())
    }

    fn target(&self) -> Target {
        Target {
            workspace: self.storage.workspace,
            storage: self.storage.id,
        }
    }

    fn is_whole(&self) -> bool {
        self.run.folder.is_empty()
    }

    async fn begin(&self) -> Result<Tx, DbError> {
        self.deps.db.begin_in(self.storage.workspace).await
    }

    async fn follow(&mut self, context: &JobContext) -> Result<Ending, Stop> {
        let expected = self.lease.identity.as_deref();
        let identity = self.deps.storage.identify(self.target(), expected).await?;
        let tx = self.begin().await?;
        let present = tx.objects().count_present(self.storage.id).await?;
        if self.lease.identity.as_ref() != Some(&identity) {
            tx.scans().set_identity(&self.lease, &identity).await?;
        }
        tx.commit().await?;

        self.walk(context).await?;
        if let Some(unreadable) = self.unreadable.take() {
            return Ok(Ending {
                state: ScanRunState::Incomplete,
                error: Some(format!(
                    "could not list {}: {}",
                    unreadable.path, unreadable.reason
                )),
                next_in: self.interval(),
            });
        }
        let mut ending = Ending {
            state: ScanRunState::Complete,
            error: None,
            next_in: self.interval(),
        };
        if self.is_whole() {
            // Asked once more, so that a place that changed under the listing proves nothing.
            self.deps
                .storage
                .identify(self.target(), Some(&identity))
                .await?;
            self.note_left_again().await?;
            if let Some(recheck) = self.judge(present).await? {
                ending.next_in = recheck;
            }
        }
        Ok(ending)
    }

    /// Walks the listing page by page.
    async fn walk(&mut self, context: &JobContext) -> Result<(), Stop> {
        let folder = self.run.folder.clone();
        let mut pages = self.deps.storage.list(self.target(), &folder).await?;
        let mut walk = walk::Walk::new(&folder);
        while let Some(page) = pages.next().await {
            if context.cancelled.is_cancelled() || context.stopping.is_cancelled() {
                return Err(ScanError::Cancelled.into());
            }
            let page = page?;
            self.note_skipped(page.skipped);
            self.unreadable = self
                .unreadable
                .take()
                .or(page.unreadable.into_iter().next());
            self.merge_page(&mut walk, &page.objects).await?;
        }
        if self.is_whole() && self.unreadable.is_none() {
            self.drain(&mut walk).await?;
        }
        Ok(())
    }

    fn note_skipped(&mut self, skipped: Vec<Skipped>) {
        self.counts.skipped += skipped.len() as i64;
        let room = SKIPPED_REMEMBERED.saturating_sub(self.skipped.len());
        let rows = skipped.into_iter().take(room);
        self.skipped.extend(rows.map(|row| SkippedRow {
            path: row.path,
            reason: row.reason,
            asset: None,
        }));
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.storage.scan_interval_seconds.max(1) as u64)
    }

    /// A storage that failed is asked again soon, so that it recovers by itself.
    fn failed(&self, error: &StorageError) -> Ending {
        warn!(
            storage.id = %self.storage.id,
            error.kind = error.kind().as_str(),
            "scan of storage {} failed: {error}", self.storage.id
        );
        let soon = self.interval().min(self.config.retry_failed_after);
        let never_listed = self.counts.listed == 0;
        let state = match error.kind() {
            _ if !never_listed => ScanRunState::Incomplete,
            ErrorKind::Throttled => ScanRunState::Incomplete,
            _ => ScanRunState::Aborted,
        };
        Ending {
            state,
            error: Some(error.to_string()),
            next_in: error
                .retry_after()
                .unwrap_or(soon)
                .max(Duration::from_secs(1)),
        }
    }

    async fn finish(&self, ending: &Ending) -> Result<(), DbError> {
        let tx = self.begin().await?;
        tx.scans()
            .hold_lease(&self.lease, self.config.lease)
            .await?;
        tx.scans()
            .add_skipped(self.run.id, 0, &self.skipped)
            .await?;
        tx.scans()
            .finish(
                self.run.id,
                &self.counts,
                ending.state,
                ending.error.as_deref(),
            )
            .await?;
        tx.scans().release(&self.lease, ending.next_in).await?;
        tx.commit().await?;
        metrics::counter!("stowage_scans_total", "state" => ending.state.as_str()).increment(1);
        metrics::counter!("stowage_scan_objects_listed_total").increment(self.counts.listed as u64);
        info!(
            storage.id = %self.storage.id,
            scan.listed = self.counts.listed,
            scan.new = self.counts.new,
            scan.changed = self.counts.changed,
            scan.missing = self.counts.missing,
            "scan of storage {} ended: {}", self.storage.id, ending.state
        );
        Ok(())
    }

    /// Leaves a stopped scan so that the next process may start at once.
    async fn give_up(&self, error: &ScanError) {
        let leave = async {
            let tx = self.begin().await?;
            let reason = error.to_string();
            tx.scans()
                .finish(
                    self.run.id,
                    &self.counts,
                    ScanRunState::Aborted,
                    Some(&reason),
                )
                .await?;
            tx.scans().release(&self.lease, Duration::ZERO).await?;
            tx.commit().await
        };
        if let Err(error) = leave.await {
            warn!(%error, "could not close scan {}; its lease will run out", self.run.id);
        }
    }

    /// Tells of assets whose mark was set or taken away, as many at once as a hint should have.
    async fn announce_assets(&self, assets: &[AssetId]) {
        for some in assets.chunks(ASSETS_TOLD) {
            let ids = some.iter().map(ToString::to_string).collect();
            let workspace = self.storage.workspace;
            announce_all(self.deps.bus.as_ref(), workspace, Topic::Asset, ids).await;
        }
    }

    async fn announce(&self, topic: Topic) {
        let StorageRow { workspace, id, .. } = self.storage;
        announce(self.deps.bus.as_ref(), workspace, topic, id).await;
    }
}
