//! The kinds of job and how each is told apart from another of its kind.

use std::collections::HashMap;

use stowage_domain::{Timestamp, WorkspaceId};
use stowage_proto::job;

/// A message that can be enqueued.
pub trait Job: prost::Message + Default + Send + 'static {
    /// The stem of the queue's name and the value of the column `kind`.
    const KIND: &'static str;

    /// Two live jobs of a workspace with the same kind and key are one job.
    fn dedup_key(&self) -> String;
}

impl Job for job::ScanStorage {
    const KIND: &'static str = "scan-storage";

    fn dedup_key(&self) -> String {
        format!("{}/{}", self.storage_id, self.folder)
    }
}

impl Job for job::ImportObject {
    const KIND: &'static str = "import-object";

    fn dedup_key(&self) -> String {
        self.remote_object_id.clone()
    }
}

impl Job for job::ImportUpload {
    const KIND: &'static str = "import-upload";

    fn dedup_key(&self) -> String {
        self.upload_id.clone()
    }
}

impl Job for job::TransferOriginal {
    const KIND: &'static str = "transfer-original";

    fn dedup_key(&self) -> String {
        self.transfer_id.clone()
    }
}

impl Job for job::PlanTransfers {
    const KIND: &'static str = "plan-transfers";

    fn dedup_key(&self) -> String {
        format!("{}/{}", self.storage_id, self.migration_id)
    }
}

impl Job for job::RereadAsset {
    const KIND: &'static str = "reread-asset";

    fn dedup_key(&self) -> String {
        let winner = if self.overwrite { "file" } else { "person" };
        format!("{}/{winner}", self.asset_id)
    }
}

impl Job for job::RenderAsset {
    const KIND: &'static str = "render-asset";

    fn dedup_key(&self) -> String {
        format!("{}/{}", self.asset_id, self.version)
    }
}

impl Job for job::PlanPurge {
    const KIND: &'static str = "plan-purge";

    fn dedup_key(&self) -> String {
        self.batch_id.clone()
    }
}

impl Job for job::PurgeAsset {
    const KIND: &'static str = "purge-asset";

    fn dedup_key(&self) -> String {
        self.asset_id.clone()
    }
}

impl Job for job::DeleteOriginal {
    const KIND: &'static str = "delete-original";

    fn dedup_key(&self) -> String {
        self.external_op_id.clone()
    }
}

impl Job for job::ApplyRetention {
    const KIND: &'static str = "apply-retention";

    fn dedup_key(&self) -> String {
        format!("{}/{}", self.rule_id, self.batch_id)
    }
}

impl Job for job::DeleteWorkspace {
    const KIND: &'static str = "delete-workspace";

    fn dedup_key(&self) -> String {
        String::new()
    }
}

impl Job for job::ReapOrphans {
    const KIND: &'static str = "reap-orphans";

    fn dedup_key(&self) -> String {
        String::new()
    }
}

impl Job for job::BackUpOriginals {
    const KIND: &'static str = "back-up-originals";

    fn dedup_key(&self) -> String {
        String::new()
    }
}

/// Every kind of job, each with its own queue.
pub const KINDS: [&str; 14] = [
    job::ScanStorage::KIND,
    job::ImportObject::KIND,
    job::ImportUpload::KIND,
    job::TransferOriginal::KIND,
    job::PlanTransfers::KIND,
    job::RereadAsset::KIND,
    job::RenderAsset::KIND,
    job::PlanPurge::KIND,
    job::PurgeAsset::KIND,
    job::DeleteOriginal::KIND,
    job::ApplyRetention::KIND,
    job::DeleteWorkspace::KIND,
    job::ReapOrphans::KIND,
    job::BackUpOriginals::KIND,
];

/// Who waits for a job. Lower numbers ring first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// A person looks at the screen.
    Interactive = 0,
    Normal = 5,
    /// Upkeep that can wait.
    Background = 9,
}

/// A job that is about to become a row.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// None for jobs of the system.
    pub workspace: Option<WorkspaceId>,
    pub kind: &'static str,
    pub dedup_key: String,
    pub payload: Vec<u8>,
    pub priority: Priority,
    /// None for now.
    pub due_at: Option<Timestamp>,
    /// W3C trace context.
    pub trace: HashMap<String, String>,
}

impl NewJob {
    /// Makes a job of `workspace` that is due now, in the current trace.
    pub fn of<J: Job>(workspace: Option<WorkspaceId>, job: &J) -> Self {
        Self {
            workspace,
            kind: J::KIND,
            dedup_key: job.dedup_key(),
            payload: job.encode_to_vec(),
            priority: Priority::Normal,
            due_at: None,
            trace: crate::current_trace(),
        }
    }

    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    #[must_use]
    pub fn due_at(mut self, due_at: Timestamp) -> Self {
        self.due_at = Some(due_at);
        self
    }
}
