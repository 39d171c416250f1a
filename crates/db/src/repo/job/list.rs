//! Jobs as people see them.

use sea_orm::QueryResult;
use stowage_domain::{JobId, JobState, Timestamp};
use uuid::Uuid;

use super::Jobs;
use crate::{
    DbError,
    repo::{
        column::word,
        page::{Cursor, Page},
    },
};

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
