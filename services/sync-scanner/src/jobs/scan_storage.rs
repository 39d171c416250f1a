//! `ScanStorage`: follow one storage once.

use std::time::Duration;

use async_trait::async_trait;
use stowage_db::{
    DbError,
    repo::{NewScanRun, ScanLease, StorageRow},
};
use stowage_domain::{ScanTrigger, StorageId, WorkspaceId};
use stowage_jobs::{Handler, JobContext, JobError};
use stowage_proto::job::{self, ScanStorage};

use crate::{
    Deps, ScannerConfig,
    scan::{Scan, ScanError},
};

/// How soon to come again when another process scans the same storage.
const BUSY: Duration = Duration::from_secs(5);

pub(crate) struct ScanStorageHandler {
    config: ScannerConfig,
    deps: Deps,
}

impl ScanStorageHandler {
    pub(crate) fn new(config: ScannerConfig, deps: Deps) -> Self {
        Self { config, deps }
    }

    /// Takes the storage's lease and opens a run; none when the storage is gone or off.
    async fn begin(&self, workspace: WorkspaceId, job: &ScanStorage) -> Result<Begun, DbError> {
        let Ok(id) = job.storage_id.parse::<StorageId>() else {
            return Ok(Begun::Nothing);
        };
        let tx = self.deps.db.begin_in(workspace).await?;
        let Some(storage) = tx
            .storages()
            .find(id)
            .await?
            .filter(|storage| storage.is_on)
        else {
            return Ok(Begun::Nothing);
        };
        let Some(lease) = tx.scans().claim(id, self.config.lease).await? else {
            return Ok(Begun::Busy);
        };
        let run = NewScanRun {
            id: self.deps.ids.next().into(),
            storage: id,
            trigger: trigger_of(job),
            folder: job.folder.clone(),
        };
        tx.scans().start(&run).await?;
        tx.commit().await?;
        Ok(Begun::Run(Box::new(Started {
            storage,
            lease,
            run,
        })))
    }
}

/// A scan that holds its lease.
struct Started {
    storage: StorageRow,
    lease: ScanLease,
    run: NewScanRun,
}

enum Begun {
    Run(Box<Started>),
    Busy,
    Nothing,
}

fn trigger_of(job: &ScanStorage) -> ScanTrigger {
    match job.trigger() {
        job::ScanTrigger::Connect => ScanTrigger::Connect,
        job::ScanTrigger::Request => ScanTrigger::Request,
        job::ScanTrigger::Recheck => ScanTrigger::Recheck,
        job::ScanTrigger::Schedule | job::ScanTrigger::Unspecified => ScanTrigger::Schedule,
    }
}

#[async_trait]
impl Handler for ScanStorageHandler {
    type Job = ScanStorage;

    /// A first scan of millions of objects takes hours; its lease is what guards it.
    fn timeout(&self) -> Duration {
        Duration::from_hours(24)
    }

    async fn run(&self, job: ScanStorage, context: JobContext) -> Result<(), JobError> {
        let workspace = context.workspace()?;
        match self.begin(workspace, &job).await.map_err(JobError::retry)? {
            Begun::Nothing => Ok(()),
            Begun::Busy => Err(JobError::Snooze {
                after: BUSY,
                reason: "the storage is being scanned".into(),
            }),
            Begun::Run(started) => {
                let Started {
                    storage,
                    lease,
                    run,
                } = *started;
                let scan = Scan::new(&self.config, &self.deps, storage, lease, run);
                match scan.run(&context).await {
                    // What the storage answered is in the run's row and in the storage's health;
                    // the schedule tries again.
                    Ok(()) => Ok(()),
                    Err(ScanError::Db(error)) => Err(JobError::retry(error)),
                    Err(ScanError::Cancelled) => Err(JobError::Snooze {
                        after: Duration::ZERO,
                        reason: "the process stopped".into(),
                    }),
                }
            }
        }
    }
}
