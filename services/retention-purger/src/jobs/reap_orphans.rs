//! `ReapOrphans`: remove from the spool what rows say nobody needs, then look through central
//! storage for objects that no row knows, and report them. Those are never removed: whatever a row
//! does not know, a backup of the database that was restored may still have to find.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use stowage_db::{DbError, Scope, repo::OrphanReport};
use stowage_jobs::{Handler, JobContext, JobError};
use stowage_proto::job::ReapOrphans;
use stowage_storage::{ErrorKind, ObjectPath, PathError, StorageError};
use tracing::{info, instrument, warn};

use crate::{Deps, PurgerConfig, reaper};

/// Below this everything is ours.
const PREFIX: &str = "w";

/// What is younger may be on its way to a row.
const YOUNG: Duration = Duration::from_hours(24);

/// Keys that are asked for at once.
const ASKED: usize = 200;

/// Orphans that a report names.
const NAMED: usize = 100;

pub(crate) struct ReapOrphansHandler {
    config: PurgerConfig,
    deps: Deps,
}

#[derive(Debug, thiserror::Error)]
enum Unseen {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Central(#[from] StorageError),
    #[error(transparent)]
    Path(#[from] PathError),
    #[error("could not list {0} in central storage")]
    Unreadable(String),
    #[error("the process stops")]
    Stopping,
}

impl ReapOrphansHandler {
    pub(crate) fn new(config: PurgerConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    #[instrument(name = "orphans.look", skip_all)]
    async fn look(&self, context: &JobContext) -> Result<OrphanReport, Unseen> {
        let began_at = self.deps.clock.now();
        let mut report = OrphanReport::begun(self.deps.ids.next(), began_at);
        let mut listing = self.deps.central.list(Some(&ObjectPath::new(PREFIX)?));
        while let Some(page) = listing.next().await {
            let page = match page {
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                page => page?,
            };
            if let Some(part) = page.unreadable.into_iter().next() {
                return Err(Unseen::Unreadable(part.path));
            }
            for some in page.objects.chunks(ASKED) {
                let keys: Vec<String> = some.iter().map(|object| object.path.clone()).collect();
                let tx = self.deps.db.read(Scope::System).await?;
                let known = tx.orphans().known(&keys).await?;
                drop(tx);
                for object in some {
                    report.objects += 1;
                    let is_old = object.modified_at.is_some_and(|at| at <= began_at - YOUNG);
                    if is_old && !known.contains(&object.path) {
                        report.add(&object.path, object.size, NAMED);
                    }
                }
            }
            if context.stopping.is_cancelled() || context.cancelled.is_cancelled() {
                return Err(Unseen::Stopping);
            }
        }
        Ok(report)
    }

    async fn save(&self, report: &OrphanReport, context: &JobContext) -> Result<(), DbError> {
        let tx = self.deps.db.begin(Scope::System).await?;
        tx.jobs().guard(context).await?;
        tx.orphans().save(report).await?;
        tx.commit_quietly().await
    }
}

#[async_trait]
impl Handler for ReapOrphansHandler {
    type Job = ReapOrphans;

    fn timeout(&self) -> Duration {
        Duration::from_hours(12)
    }

    async fn run(&self, _: ReapOrphans, context: JobContext) -> Result<(), JobError> {
        reaper::reap(&self.config, &self.deps, &context.stopping).await;
        let report = match self.look(&context).await {
            Ok(report) => report,
            Err(Unseen::Stopping) => {
                return Err(JobError::Snooze {
                    after: Duration::ZERO,
                    reason: Unseen::Stopping.to_string(),
                });
            }
            Err(error) => return Err(JobError::retry(error)),
        };
        let saved = self.save(&report, &context).await;
        saved.map_err(JobError::retry)?;
        metrics::gauge!("stowage_orphan_objects").set(report.orphans as f64);
        metrics::gauge!("stowage_orphan_bytes").set(report.bytes as f64);
        if report.orphans > 0 {
            warn!(
                orphan.objects = report.orphans,
                orphan.bytes = report.bytes,
                "{} objects in central storage belong to no row; they are left alone",
                report.orphans
            );
        } else {
            info!(
                "all {} objects in central storage are known",
                report.objects
            );
        }
        Ok(())
    }
}
