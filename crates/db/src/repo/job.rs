//! The job table: outbox, queue and history in one (ARCHITECTURE 4.1).

use std::{collections::HashMap, time::Duration};

use sea_orm::{
    ActiveValue::Set,
    EntityTrait, QueryResult,
    sea_query::{Expr, OnConflict},
};
use stowage_domain::{Ids, JobId, JobState, Timestamp, UuidV7, WorkspaceId};
use stowage_jobs::{Backlog, Claimed, Envelope, Job, JobContext, NewJob, Outcome};
use uuid::Uuid;

use super::{
    gallery::places,
    page::{Cursor, Page},
    repository,
    storage::word,
};
use crate::{DbError, Scope, dialect::Dialect, entity::job};

repository!(
    /// Jobs. The workspace of a system job is the nil id.
    Jobs
);

/// Rows in one statement: SQLite takes at most 32,766 values.
const ROWS_PER_STATEMENT: usize = 1_500;

/// Held by the one process that picks rows to ring for.
const RELAY_LOCK: i64 = 0x52_45_4c_41_59;

/// A row to ring for: its priority, its id, its envelope.
type Picked = (i32, Uuid, Envelope);

/// A job as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    pub id: JobId,
    pub kind: String,
    pub subject: String,
    pub state: JobState,
    pub attempts: u32,
    pub error: Option<String>,
    pub due_at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

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

    /// Picks rows that should ring now and marks them as rung. None while another process does.
    pub(crate) async fn to_ring(
        self,
        limit: u32,
        per_queue: u32,
        again_after: Duration,
    ) -> Result<Vec<Envelope>, DbError> {
        if !self.0.try_lock(RELAY_LOCK).await? {
            return Ok(Vec::new());
        }
        let now = self.now().await?;
        let before = (now - again_after).micros();
        let mut picked = Vec::new();
        for (kind, workspace) in self.queues().await? {
            let room = limit.saturating_sub(picked.len() as u32);
            if room == 0 {
                break;
            }
            let waiting = self.rung_and_waiting(&kind, workspace, before).await?;
            let take = room.min(per_queue.saturating_sub(waiting));
            if take > 0 {
                picked.extend(self.pick(&kind, workspace, now, before, take).await?);
            }
        }
        picked.extend(self.pick_expired(before, limit).await?);
        picked.sort_by_key(|(priority, _, _)| *priority);
        picked.truncate(limit as usize);
        let ids: Vec<Uuid> = picked.iter().map(|(_, id, _)| *id).collect();
        self.set_rung(&ids, &self.0.now()).await?;
        Ok(picked
            .into_iter()
            .map(|(_, _, envelope)| envelope)
            .collect())
    }

    /// Returns the queues that hold rows: a hop through the index for each, not a look at all rows.
    async fn queues(&self) -> Result<Vec<(String, Uuid)>, DbError> {
        let mut queues: Vec<(String, Uuid)> = Vec::new();
        let mut last = (String::new(), Uuid::nil());
        loop {
            let row = self
                .0
                .row(
                    "select kind, workspace_id from job where state = 'queued' \
                     and (kind, workspace_id) > ($1, $2) order by kind, workspace_id limit 1",
                    [last.0.clone().into(), last.1.into()],
                )
                .await?;
            let Some(row) = row else { break };
            last = (row.try_get("", "kind")?, row.try_get("", "workspace_id")?);
            queues.push(last.clone());
        }
        Ok(queues)
    }

    async fn rung_and_waiting(
        &self,
        kind: &str,
        workspace: Uuid,
        before: i64,
    ) -> Result<u32, DbError> {
        let row = self
            .0
            .row(
                "select count(*) as n from job where state = 'queued' and kind = $1 \
                 and workspace_id = $2 and rung_at >= $3",
                [kind.into(), workspace.into(), before.into()],
            )
            .await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u32)
    }

    async fn pick(
        &self,
        kind: &str,
        workspace: Uuid,
        now: Timestamp,
        before: i64,
        take: u32,
    ) -> Result<Vec<Picked>, DbError> {
        let rows = self
            .0
            .rows(
                &format!(
                    "select id, workspace_id, kind, payload, priority, trace from job \
                     where state = 'queued' and kind = $1 and workspace_id = $2 and due_at <= $3 \
                     and (rung_at is null or rung_at < $4) \
                     order by priority, due_at limit {take}"
                ),
                [
                    kind.into(),
                    workspace.into(),
                    now.micros().into(),
                    before.into(),
                ],
            )
            .await?;
        rows.iter().map(envelope_of).collect()
    }

    /// Rows whose worker let its lease run out. One that was claimed although its ring failed, and
    /// was taken back, counts as never rung.
    async fn pick_expired(&self, before: i64, limit: u32) -> Result<Vec<Picked>, DbError> {
        let sql = format!(
            "select id, workspace_id, kind, payload, priority, trace from job \
             where state = 'running' and lease_until < {} \
             and (rung_at is null or rung_at < $1) limit {limit}",
            self.0.now()
        );
        self.0
            .rows(&sql, [before.into()])
            .await?
            .iter()
            .map(envelope_of)
            .collect()
    }

    pub(crate) async fn unring(&self, ids: &[JobId]) -> Result<(), DbError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        self.set_rung(&ids, "null").await
    }

    async fn set_rung(&self, ids: &[Uuid], at: &str) -> Result<(), DbError> {
        for batch in ids.chunks(ROWS_PER_STATEMENT) {
            let places = places(1, batch.len());
            let sql = format!("update job set rung_at = {at} where id in ({places})");
            self.0
                .execute(&sql, batch.iter().map(|id| (*id).into()))
                .await?;
        }
        Ok(())
    }

    /// Lists the workspace's jobs in a state, last changed first.
    pub async fn list(
        &self,
        state: JobState,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<JobRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "select id, kind, dedup_key, state, attempts, error, due_at, created_at, updated_at \
             from job where workspace_id = $1 and state = $2 \
             and (updated_at, id) < ($3, $4) order by updated_at desc, id desc limit {}",
            limit + 1
        );
        let rows = self
            .0
            .rows(
                &sql,
                [
                    self.0.workspace()?.0.into(),
                    state.as_str().into(),
                    cursor.at.micros().into(),
                    cursor.id.into(),
                ],
            )
            .await?;
        let jobs: Vec<JobRow> = rows.iter().map(job_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(jobs, limit as usize, |job| Cursor {
            at: job.updated_at,
            id: job.id.0,
        }))
    }

    /// Lists the jobs about the given things, last changed first.
    pub async fn about(&self, subjects: &[(&str, String)]) -> Result<Vec<JobRow>, DbError> {
        let workspace = self.0.workspace()?;
        let mut jobs = Vec::new();
        for (kind, subject) in subjects {
            let rows = self
                .0
                .rows(
                    "select id, kind, dedup_key, state, attempts, error, due_at, created_at, \
                     updated_at from job where workspace_id = $1 and kind = $2 \
                     and dedup_key = $3 order by updated_at desc limit 10",
                    [workspace.0.into(), (*kind).into(), subject.clone().into()],
                )
                .await?;
            for row in &rows {
                jobs.push(job_of(row)?);
            }
        }
        jobs.sort_by_key(|job| std::cmp::Reverse(job.updated_at));
        Ok(jobs)
    }

    /// Puts a parked job back in the queue, its attempts forgotten. False when it is not parked.
    pub async fn retry_dead(&self, id: JobId) -> Result<bool, DbError> {
        let now = self.0.now();
        let sql = format!(
            "update job set state = 'queued', attempts = 0, due_at = {now}, rung_at = null, \
             lease_until = null, updated_at = {now} \
             where id = $1 and workspace_id = $2 and state = 'dead' \
             and not exists (select 1 from job newer where newer.state = 'queued' \
             and newer.kind = job.kind and newer.workspace_id = job.workspace_id \
             and newer.dedup_key = job.dedup_key)"
        );
        let changed = self
            .0
            .execute(&sql, [id.0.into(), self.0.workspace()?.0.into()])
            .await?;
        self.wake().await?;
        Ok(changed == 1)
    }

    pub async fn find(&self, id: JobId) -> Result<Option<JobRow>, DbError> {
        let row = self
            .0
            .row(
                "select id, kind, dedup_key, state, attempts, error, due_at, created_at, updated_at \
                 from job where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref().map(job_of).transpose()
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

fn envelope_of(row: &QueryResult) -> Result<Picked, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let payload: Vec<u8> = row.try_get("", "payload")?;
    let envelope = Envelope {
        job_id: id.to_string(),
        workspace_id: workspace_of(row)?
            .map(|id| id.to_string())
            .unwrap_or_default(),
        kind: row.try_get("", "kind")?,
        payload: payload.into(),
        trace: trace_of(row)?,
    };
    Ok((row.try_get("", "priority")?, id, envelope))
}

fn workspace_of(row: &QueryResult) -> Result<Option<WorkspaceId>, DbError> {
    let id: Uuid = row.try_get("", "workspace_id")?;
    Ok((!id.is_nil()).then(|| id.into()))
}

fn trace_of(row: &QueryResult) -> Result<HashMap<String, String>, DbError> {
    let json: String = row.try_get("", "trace")?;
    Ok(serde_json::from_str(&json).unwrap_or_default())
}

fn job_of(row: &QueryResult) -> Result<JobRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    Ok(JobRow {
        id: id.into(),
        kind: row.try_get("", "kind")?,
        subject: row.try_get("", "dedup_key")?,
        state: word(row, "job", "state")?,
        attempts: row.try_get::<i32>("", "attempts")? as u32,
        error: row.try_get("", "error")?,
        due_at: Timestamp(row.try_get("", "due_at")?),
        created_at: Timestamp(row.try_get("", "created_at")?),
        updated_at: Timestamp(row.try_get("", "updated_at")?),
    })
}
