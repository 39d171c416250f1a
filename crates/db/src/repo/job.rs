//! The job table: outbox, queue and history in one (ARCHITECTURE 4.1).

use std::{collections::HashMap, time::Duration};

use sea_orm::{
    ActiveValue::Set,
    EntityTrait, QueryResult,
    sea_query::{Expr, OnConflict},
};
use stowage_domain::{Ids, JobId, JobState, Timestamp, UuidV7, WorkspaceId};
use stowage_jobs::{Backlog, Claimed, Job, JobContext, NewJob, Outcome};
use uuid::Uuid;

use super::repository;
use crate::{DbError, Scope, dialect::Dialect, entity::job};

mod list;
mod relay;

pub use list::JobRow;

repository!(
    /// Jobs. The workspace of a system job is the nil id.
    Jobs
);

/// Rows in one statement: SQLite takes at most 32,766 values.
const ROWS_PER_STATEMENT: usize = 1_500;

impl Jobs<'_> {
    /// Adds a job to this transaction, in its workspace, due now. A queued one with the same key
    /// serves for both, as soon as the earlier of them is due.
    pub async fn enqueue<J: Job>(&self, job: &J) -> Result<JobId, DbError> {
        let workspace = match self.0.scope {
            Scope::Workspace(id) => Some(id),
            Scope::System => None,
        };
        self.enqueue_one(NewJob::of(workspace, job)).await
    }

    /// Adds a job to this transaction and returns its id, or that of the queued one that serves.
    pub async fn enqueue_one(&self, new: NewJob) -> Result<JobId, DbError> {
        let workspace = new.workspace.map_or(Uuid::nil(), Uuid::from);
        let key = [
            new.kind.into(),
            workspace.into(),
            new.dedup_key.clone().into(),
        ];
        self.enqueue_all(vec![new]).await?;
        let row = self
            .0
            .row(
                "select id from job where kind = $1 and workspace_id = $2 and dedup_key = $3 \
                 and state = 'queued'",
                key,
            )
            .await?
            .ok_or_else(|| DbError::not_found("job", "just enqueued"))?;
        let id: Uuid = row.try_get("", "id")?;
        Ok(id.into())
    }

    /// Adds jobs to this transaction. One that is queued already is brought forward where the new
    /// one is due earlier or more urgent: what it was put off for may have passed.
    pub async fn enqueue_all(&self, jobs: Vec<NewJob>) -> Result<(), DbError> {
        if jobs.is_empty() {
            return Ok(());
        }
        let now = self.now().await?;
        for batch in one_of_a_key(jobs).chunks(ROWS_PER_STATEMENT) {
            let rows = batch.iter().map(|new| job::ActiveModel {
                id: Set(UuidV7.next()),
                workspace_id: Set(new.workspace.map_or(Uuid::nil(), Uuid::from)),
                kind: Set(new.kind.to_owned()),
                dedup_key: Set(new.dedup_key.clone()),
                payload: Set(new.payload.clone()),
                priority: Set(new.priority as i32),
                state: Set(JobState::Queued.as_str().to_owned()),
                attempts: Set(0),
                due_at: Set(new.due_at.unwrap_or(now).micros()),
                lease_until: Set(None),
                fence: Set(0),
                rung_at: Set(None),
                error: Set(None),
                trace: Set(serde_json::to_string(&new.trace).expect("texts are plain data")),
                created_at: Set(now.micros()),
                updated_at: Set(now.micros()),
            });
            job::Entity::insert_many(rows)
                .on_conflict(brought_forward())
                .exec_without_returning(&self.0.inner)
                .await?;
        }
        self.wake().await
    }

    /// Tells every process that there is work; it hears when this transaction commits.
    async fn wake(&self) -> Result<(), DbError> {
        if self.0.dialect == Dialect::Postgres {
            self.0.execute("notify stowage_job", []).await?;
        }
        Ok(())
    }

    async fn now(&self) -> Result<Timestamp, DbError> {
        let row = self
            .0
            .row(&format!("select {} as now", self.0.now()), [])
            .await?;
        let now: i64 = row.map_or(Ok(0), |row| row.try_get("", "now"))?;
        Ok(Timestamp(now))
    }

    /// Fails unless the job is still under the lease that its handler works with. Handlers call
    /// this in the transaction that writes their effect.
    pub async fn guard(&self, context: &JobContext) -> Result<(), DbError> {
        let sql = format!(
            "select 1 as one from job where id = $1 and fence = $2 and state = 'running'{}",
            self.0.dialect.lock_rows()
        );
        let held = self
            .0
            .row(&sql, [context.id.0.into(), context.fence.into()])
            .await?;
        match held {
            Some(_) => Ok(()),
            None => Err(DbError::LeaseLost {
                what: format!("job {}", context.id),
            }),
        }
    }

    pub(crate) async fn claim(
        &self,
        id: JobId,
        lease: Duration,
    ) -> Result<Option<Claimed>, DbError> {
        let now = self.0.now();
        let lease = lease.as_micros() as i64;
        let sql = format!(
            "update job set state = 'running', attempts = attempts + 1, fence = fence + 1, \
             lease_until = {now} + {lease}, updated_at = {now} \
             where id = $1 and due_at <= {now} \
             and (state = 'queued' or (state = 'running' and lease_until < {now})) \
             returning id, workspace_id, kind, payload, attempts, fence, trace"
        );
        let row = self.0.row(&sql, [id.0.into()]).await?;
        row.as_ref().map(claimed_of).transpose()
    }

    pub(crate) async fn renew(
        &self,
        id: JobId,
        fence: i64,
        lease: Duration,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update job set lease_until = {} + {} \
             where id = $1 and fence = $2 and state = 'running'",
            self.0.now(),
            lease.as_micros() as i64
        );
        Ok(self.0.execute(&sql, [id.0.into(), fence.into()]).await? == 1)
    }

    pub(crate) async fn finish(
        &self,
        id: JobId,
        fence: i64,
        outcome: &Outcome,
    ) -> Result<bool, DbError> {
        let now = self.0.now();
        let key = [id.0.into(), fence.into()];
        let ours = "id = $1 and fence = $2 and state = 'running'";
        let (after, undo_attempt, error) = match outcome {
            Outcome::Done => {
                let sql = format!(
                    "update job set state = 'done', lease_until = null, error = null, \
                     updated_at = {now} where {ours}"
                );
                return Ok(self.0.execute(&sql, key).await? == 1);
            }
            Outcome::Dead { error } => {
                let sql = format!(
                    "update job set state = 'dead', lease_until = null, error = $3, \
                     updated_at = {now} where {ours}"
                );
                let [id, fence] = key;
                return Ok(self
                    .0
                    .execute(&sql, [id, fence, error.clone().into()])
                    .await?
                    == 1);
            }
            Outcome::Retry { after, error } => (after, 0, error),
            Outcome::Snooze { after, reason } => (after, 1, reason),
        };
        // A newer job for the same thing makes trying this one again pointless.
        let superseded = format!(
            "update job set state = 'done', lease_until = null, error = $3, updated_at = {now} \
             where {ours} and exists (select 1 from job newer where newer.state = 'queued' \
             and newer.kind = job.kind and newer.workspace_id = job.workspace_id \
             and newer.dedup_key = job.dedup_key)"
        );
        let [id, fence] = key;
        if self
            .0
            .execute(
                &superseded,
                [id.clone(), fence.clone(), error.clone().into()],
            )
            .await?
            == 1
        {
            return Ok(true);
        }
        let sql = format!(
            "update job set state = 'queued', lease_until = null, rung_at = null, error = $3, \
             attempts = attempts - {undo_attempt}, due_at = {now} + {}, updated_at = {now} \
             where {ours}",
            after.as_micros() as i64
        );
        Ok(self
            .0
            .execute(&sql, [id, fence, error.clone().into()])
            .await?
            == 1)
    }

    /// Returns how much is due of each kind, over all workspaces, and for how long.
    pub(crate) async fn backlog(&self) -> Result<Vec<Backlog>, DbError> {
        let now = self.now().await?;
        let rows = self
            .0
            .rows(
                "select kind, count(*) as n, min(due_at) as oldest from job \
                 where state = 'queued' and due_at <= $1 group by kind",
                [now.micros().into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Backlog {
                    kind: row.try_get("", "kind")?,
                    due: row.try_get::<i64>("", "n")? as u64,
                    oldest: now.since(Timestamp(row.try_get("", "oldest")?)),
                })
            })
            .collect()
    }

    /// Deletes jobs that ended well before `before`, at most `limit`.
    pub async fn delete_done(&self, before: Timestamp, limit: u32) -> Result<u64, DbError> {
        let sql = format!(
            "delete from job where id in (select id from job \
             where state = 'done' and updated_at < $1 limit {limit})"
        );
        self.0.execute(&sql, [before.micros().into()]).await
    }
}

/// Leaves the most urgent job of each key, in the order of keys: two transactions that lock the same
/// rows do so in the same order.
fn one_of_a_key(mut jobs: Vec<NewJob>) -> Vec<NewJob> {
    let key = |new: &NewJob| {
        (
            new.kind,
            new.workspace.map(|id| id.0),
            new.dedup_key.clone(),
        )
    };
    jobs.sort_by_cached_key(|new| (key(new), new.priority, new.due_at));
    jobs.dedup_by_key(|new| key(new));
    jobs
}

/// What becomes of a queued job when another with its key comes. The more urgent one's words count.
fn brought_forward() -> OnConflict {
    let earliest =
        "case when excluded.due_at < job.due_at then excluded.due_at else job.due_at end";
    let first = "case when excluded.priority < job.priority then excluded.priority \
                 else job.priority end";
    let words = "case when excluded.priority < job.priority then excluded.payload \
                 else job.payload end";
    OnConflict::columns([
        job::Column::Kind,
        job::Column::WorkspaceId,
        job::Column::DedupKey,
    ])
    .target_and_where(Expr::cust("state = 'queued'"))
    .values([
        (job::Column::DueAt, Expr::cust(earliest)),
        (job::Column::Priority, Expr::cust(first)),
        (job::Column::Payload, Expr::cust(words)),
    ])
    .action_and_where(Expr::cust(
        "excluded.due_at < job.due_at or excluded.priority < job.priority",
    ))
    .to_owned()
}

fn claimed_of(row: &QueryResult) -> Result<Claimed, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    Ok(Claimed {
        id: id.into(),
        workspace: workspace_of(row)?,
        kind: row.try_get("", "kind")?,
        payload: row.try_get("", "payload")?,
        attempts: row.try_get::<i32>("", "attempts")? as u32,
        fence: row.try_get("", "fence")?,
        trace: trace_of(row)?,
    })
}

fn workspace_of(row: &QueryResult) -> Result<Option<WorkspaceId>, DbError> {
    let id: Uuid = row.try_get("", "workspace_id")?;
    Ok((!id.is_nil()).then(|| id.into()))
}

fn trace_of(row: &QueryResult) -> Result<HashMap<String, String>, DbError> {
    let json: String = row.try_get("", "trace")?;
    Ok(serde_json::from_str(&json).unwrap_or_default())
}
