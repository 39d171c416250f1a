//! How writes to a storage went lately, and what waits for it (D10).

use std::time::Duration;

use sea_orm::QueryResult;
use stowage_domain::{StorageId, Timestamp, TransferId, TransferState, TransferTrouble};
use stowage_jobs::NewJob;
use stowage_proto::job::TransferOriginal;
use uuid::Uuid;

use super::{OPEN, Transfers};
use crate::{
    DbError,
    repo::column::{sum_of, word},
};

/// Transfers that go on at once when a storage takes files again; the others follow by themselves.
const MOST_WOKEN: u32 = 10_000;

/// A storage that writes failed at, until one works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// In a row.
    pub failures: u32,
    pub trouble: TransferTrouble,
    pub reason: String,
    pub since: Timestamp,
    /// Nobody writes to it sooner.
    pub not_before: Timestamp,
}

/// What waits for a storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    pub originals: u64,
    pub bytes: u64,
    /// Those that are not tried again until a person asks for it.
    pub parked: u64,
}

impl Transfers<'_> {
    /// Returns what stands against a storage; none where the last write to it worked.
    pub async fn delivery(&self, storage: StorageId) -> Result<Option<DeliveryRow>, DbError> {
        let row = self
            .0
            .row(
                "select failures, trouble, reason, since, not_before from storage_delivery \
                 where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref().map(delivery_of).transpose()
    }

    /// Takes the turn to write to a storage that failed, when it is time for one: the next comes
    /// after `wait`. Returns how long to leave it alone; none for whose turn it is.
    pub async fn take_turn(
        &self,
        storage: StorageId,
        wait: Duration,
    ) -> Result<Option<Duration>, DbError> {
        let Some(row) = self.delivery(storage).await? else {
            return Ok(None);
        };
        let now = self.0.now_is().await?;
        if row.not_before > now {
            return Ok(Some(row.not_before.since(now)));
        }
        let values = [
            storage.0.into(),
            self.0.workspace()?.0.into(),
            row.not_before.micros().into(),
            (now + wait).micros().into(),
        ];
        let taken = self
            .0
            .execute(
                "update storage_delivery set not_before = $4 where storage_id = $1 \
                 and workspace_id = $2 and not_before = $3",
                values,
            )
            .await?;
        Ok((taken == 0).then_some(wait))
    }

    /// Counts a failed write. Returns how many there were in a row.
    pub async fn note_failure(
        &self,
        storage: StorageId,
        trouble: TransferTrouble,
        reason: &str,
    ) -> Result<u32, DbError> {
        let sql = format!(
            "insert into storage_delivery (storage_id, workspace_id, failures, trouble, reason, \
             since, not_before) values ($1, $2, 1, $3, $4, {now}, {now}) \
             on conflict (storage_id) do update set failures = storage_delivery.failures + 1, \
             trouble = excluded.trouble, reason = excluded.reason returning failures",
            now = self.0.now()
        );
        let values = [
            storage.0.into(),
            self.0.workspace()?.0.into(),
            trouble.as_str().into(),
            reason.into(),
        ];
        let row = self.0.row(&sql, values).await?;
        let failures: i32 = row.map_or(Ok(1), |row| row.try_get("", "failures"))?;
        Ok(failures as u32)
    }

    /// Leaves a storage that failed alone for so long.
    pub async fn leave_alone(&self, storage: StorageId, wait: Duration) -> Result<(), DbError> {
        let until = self.0.now_is().await? + wait;
        let values = [
            storage.0.into(),
            self.0.workspace()?.0.into(),
            until.micros().into(),
        ];
        self.0
            .execute(
                "update storage_delivery set not_before = $3 where storage_id = $1 \
                 and workspace_id = $2",
                values,
            )
            .await?;
        Ok(())
    }

    /// Forgets failed writes, since one worked. True when there were any.
    pub async fn note_success(&self, storage: StorageId) -> Result<bool, DbError> {
        let forgotten = self
            .0
            .execute(
                "delete from storage_delivery where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(forgotten > 0)
    }

    /// Makes everything that waits for a storage due now. Returns how much that is.
    pub async fn wake(&self, storage: StorageId) -> Result<u64, DbError> {
        let sql = format!(
            "select id from transfer where target_storage_id = $1 and workspace_id = $2 \
             and state = '{}' and (trouble is null or next_try_at is not null) \
             order by created_at limit {MOST_WOKEN}",
            TransferState::Planned
        );
        let values = [storage.0.into(), self.0.workspace()?.0.into()];
        self.enqueue(&self.0.rows(&sql, values).await?).await
    }

    /// Lets everything that waits be tried anew, now: to one storage, or to all. Returns how much
    /// that is.
    pub async fn retry_all(&self, storage: Option<StorageId>) -> Result<u64, DbError> {
        let workspace = self.0.workspace()?;
        let mut values = vec![workspace.0.into()];
        let only = match storage {
            Some(storage) => {
                values.push(storage.0.into());
                "and target_storage_id = $2"
            }
            None => "",
        };
        let now = self.0.now();
        let lift = format!(
            "update storage_delivery set not_before = {now} where workspace_id = $1 {}",
            only.replace("target_storage_id", "storage_id")
        );
        self.0.execute(&lift, values.clone()).await?;
        let sql = format!(
            "update transfer set failures = 0, next_try_at = {now}, updated_at = {now} \
             where workspace_id = $1 {only} and state in {OPEN} and trouble is not null \
             returning id"
        );
        self.enqueue(&self.0.rows(&sql, values).await?).await
    }

    /// Lets one transfer be tried anew, now. False when there is nothing to try any more.
    pub async fn retry(&self, id: TransferId) -> Result<bool, DbError> {
        let sql = format!(
            "update transfer set failures = 0, next_try_at = {now}, updated_at = {now} \
             where id = $1 and workspace_id = $2 and state in {OPEN} returning id",
            now = self.0.now()
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let woken = self.enqueue(&self.0.rows(&sql, values).await?).await?;
        Ok(woken > 0)
    }

    async fn enqueue(self, rows: &[QueryResult]) -> Result<u64, DbError> {
        let workspace = self.0.workspace()?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in rows {
            let id: Uuid = row.try_get("", "id")?;
            let job = TransferOriginal {
                transfer_id: id.to_string(),
            };
            jobs.push(NewJob::of(Some(workspace), &job));
        }
        let count = jobs.len() as u64;
        self.0.jobs().enqueue_all(jobs).await?;
        Ok(count)
    }

    /// Returns what waits for a storage.
    pub async fn backlog(&self, storage: StorageId) -> Result<Backlog, DbError> {
        self.count_open(Some(storage)).await
    }

    /// Returns what waits for any storage of the workspace.
    pub async fn backlog_of_all(&self) -> Result<Backlog, DbError> {
        self.count_open(None).await
    }

    async fn count_open(self, storage: Option<StorageId>) -> Result<Backlog, DbError> {
        let mut values = vec![self.0.workspace()?.0.into()];
        values.extend(storage.map(|storage| storage.0.into()));
        let only = storage.map_or("", |_| "and target_storage_id = $2");
        let sql = format!(
            "select count(*) as n, cast(coalesce(sum(size), 0) as bigint) as bytes, \
             cast(coalesce(sum(case when state = '{}' and trouble is not null \
             and next_try_at is null then 1 else 0 end), 0) as bigint) as parked \
             from transfer where workspace_id = $1 {only} and state in {OPEN}",
            TransferState::Planned
        );
        let row = self.0.row(&sql, values).await?;
        row.map_or(Ok(Backlog::default()), |row| {
            Ok(Backlog {
                originals: sum_of(&row, "n")?,
                bytes: sum_of(&row, "bytes")?,
                parked: sum_of(&row, "parked")?,
            })
        })
    }
}

fn delivery_of(row: &QueryResult) -> Result<DeliveryRow, DbError> {
    Ok(DeliveryRow {
        failures: row.try_get::<i32>("", "failures")? as u32,
        trouble: word(row, "storage_delivery", "trouble")?,
        reason: row.try_get("", "reason")?,
        since: Timestamp(row.try_get("", "since")?),
        not_before: Timestamp(row.try_get("", "not_before")?),
    })
}
