//! What a process that rings for others picks: rows that nobody was told of.

use std::time::Duration;

use sea_orm::QueryResult;
use stowage_domain::{JobId, Timestamp};
use stowage_jobs::Envelope;
use uuid::Uuid;

use super::{Jobs, ROWS_PER_STATEMENT, trace_of, workspace_of};
use crate::{DbError, repo::column::places};

/// Held by the one process that picks rows to ring for.
const RELAY_LOCK: i64 = 0x52_45_4c_41_59;

/// A row to ring for: its priority, its id, its envelope.
type Picked = (i32, Uuid, Envelope);

impl Jobs<'_> {
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
