//! What a service writes to do a kind of job.

use std::time::Duration;

use async_trait::async_trait;
use stowage_domain::{JobId, WorkspaceId};
use stowage_failpoints::Failed;
use tokio_util::sync::CancellationToken;

use crate::Job;

/// Why a job did not end. The handler decides, the loop obeys.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The world may change: try again later; counts as an attempt.
    #[error("{0:#}")]
    Retry(anyhow::Error),
    /// Told to wait; does not count as an attempt.
    #[error("waiting {after:?}: {reason}")]
    Snooze { after: Duration, reason: String },
    /// It never will work: parked with its reason until a person asks for another try.
    #[error("{0:#}")]
    Reject(anyhow::Error),
}

impl JobError {
    pub fn retry(error: impl Into<anyhow::Error>) -> Self {
        Self::Retry(error.into())
    }

    pub fn reject(error: impl Into<anyhow::Error>) -> Self {
        Self::Reject(error.into())
    }
}

impl From<Failed> for JobError {
    fn from(failed: Failed) -> Self {
        Self::retry(failed)
    }
}

/// What a handler knows of the job besides its message.
#[derive(Debug, Clone)]
pub struct JobContext {
    pub id: JobId,
    /// The workspace of the row, never of the message; none for jobs of the system.
    pub workspace: Option<WorkspaceId>,
    /// 1 at the first try.
    pub attempt: u32,
    /// Every write of the handler checks that the row still has this fence.
    pub fence: i64,
    /// Cancelled when the lease is lost or the time is up: stop, write nothing more.
    pub cancelled: CancellationToken,
    /// Cancelled when the process is asked to stop: a long job may end early with `Snooze`.
    pub stopping: CancellationToken,
}

impl JobContext {
    /// Returns the workspace that the job belongs to; a job of the system is refused.
    pub fn workspace(&self) -> Result<WorkspaceId, JobError> {
        self.workspace
            .ok_or_else(|| JobError::reject(anyhow::anyhow!("the job belongs to no workspace")))
    }
}

/// Does one kind of job. May run twice for the same row; its test runs it twice.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    type Job: Job;

    /// How long one attempt may take before it is cancelled and counted.
    fn timeout(&self) -> Duration {
        Duration::from_mins(15)
    }

    async fn run(&self, job: Self::Job, context: JobContext) -> Result<(), JobError>;
}
