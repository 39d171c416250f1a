//! The job table, as the loop and the relay see it; `stowage-db` implements it.

use std::time::Duration;

use async_trait::async_trait;
use stowage_domain::{JobId, WorkspaceId};
use stowage_proto::job::Envelope;

#[derive(Debug, thiserror::Error)]
#[error("the job table could not be read or written")]
pub struct StoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A row under our lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub id: JobId,
    pub workspace: Option<WorkspaceId>,
    pub kind: String,
    pub payload: Vec<u8>,
    /// Counts this attempt.
    pub attempts: u32,
    pub fence: i64,
    pub trace: std::collections::HashMap<String, String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Due again after this time; the attempt counts.
    Retry {
        after: Duration,
        error: String,
    },
    /// Due again after this time; the attempt does not count.
    Snooze {
        after: Duration,
        reason: String,
    },
    /// Parked until a person asks for another try.
    Dead {
        error: String,
    },
}

/// How much of one kind is due and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    pub kind: String,
    pub due: u64,
    /// Since when the oldest of them is due.
    pub oldest: Duration,
}

/// All times are the database's own.
#[async_trait]
pub trait JobStore: Send + Sync + std::fmt::Debug {
    /// Takes the row when it is due and nobody holds it. One conditional update.
    async fn claim(&self, id: JobId, lease: Duration) -> Result<Option<Claimed>, StoreError>;

    /// Prolongs the lease; false when it is no longer ours.
    async fn renew(&self, id: JobId, fence: i64, lease: Duration) -> Result<bool, StoreError>;

    /// Ends the attempt; false when the lease is no longer ours and nothing was written.
    async fn finish(&self, id: JobId, fence: i64, outcome: Outcome) -> Result<bool, StoreError>;

    /// Picks rows that should ring now and notes that they have: due, unleased, and never rung or
    /// last rung more than `again_after` ago. Of several relays one gets a row. At most `limit`,
    /// interactive ones first, and so that no workspace has more than `per_queue` rung and
    /// unclaimed rows of one kind.
    async fn to_ring(
        &self,
        limit: u32,
        per_queue: u32,
        again_after: Duration,
    ) -> Result<Vec<Envelope>, StoreError>;

    /// Takes the note back: these could not be rung for and are picked again.
    async fn unring(&self, ids: &[JobId]) -> Result<(), StoreError>;

    /// Returns once new or newly due rows may be there, at the latest after `at_most`.
    async fn wait_for_work(&self, at_most: Duration);

    /// Returns what waits, by kind, for the metrics of the relay; nothing where nobody counts.
    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        Ok(Vec::new())
    }
}
