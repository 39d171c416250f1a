//! The job table as the worker loop and the relay use it.

use std::time::Duration;

use async_trait::async_trait;
use stowage_domain::JobId;
use stowage_jobs::{Backlog, Claimed, Envelope, JobStore, Outcome, StoreError};

use crate::{Database, DbError, Scope};

fn store_error(error: DbError) -> StoreError {
    StoreError(Box::new(error))
}

#[async_trait]
impl JobStore for Database {
    async fn claim(&self, id: JobId, lease: Duration) -> Result<Option<Claimed>, StoreError> {
        let work = async {
            let tx = self.begin(Scope::System).await?;
            let claimed = tx.jobs().claim(id, lease).await?;
            tx.commit().await?;
            Ok(claimed)
        };
        work.await.map_err(store_error)
    }

    async fn renew(&self, id: JobId, fence: i64, lease: Duration) -> Result<bool, StoreError> {
        let work = async {
            let tx = self.begin(Scope::System).await?;
            let renewed = tx.jobs().renew(id, fence, lease).await?;
            tx.commit().await?;
            Ok(renewed)
        };
        work.await.map_err(store_error)
    }

    async fn finish(&self, id: JobId, fence: i64, outcome: Outcome) -> Result<bool, StoreError> {
        let work = async {
            let tx = self.begin(Scope::System).await?;
            let finished = tx.jobs().finish(id, fence, &outcome).await?;
            tx.commit().await?;
            Ok(finished)
        };
        work.await.map_err(store_error)
    }

    async fn to_ring(
        &self,
        limit: u32,
        per_queue: u32,
        again_after: Duration,
    ) -> Result<Vec<Envelope>, StoreError> {
        let work = async {
            let tx = self.begin(Scope::System).await?;
            let picked = tx.jobs().to_ring(limit, per_queue, again_after).await?;
            tx.commit_quietly().await?;
            Ok(picked)
        };
        work.await.map_err(store_error)
    }

    async fn unring(&self, ids: &[JobId]) -> Result<(), StoreError> {
        let work = async {
            let tx = self.begin(Scope::System).await?;
            tx.jobs().unring(ids).await?;
            tx.commit_quietly().await
        };
        work.await.map_err(store_error)
    }

    async fn wait_for_work(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.work.notified()).await;
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        let work = async {
            let tx = self.read(Scope::System).await?;
            tx.jobs().backlog().await
        };
        work.await.map_err(store_error)
    }
}
