//! How storages stand, as they last answered.

use sea_orm::QueryResult;
use stowage_domain::{StorageId, StorageStatus, Timestamp};

use super::{COLUMNS, StorageRow, Storages, storage_of};
use crate::{DbError, repo::column::word};

/// How a storage stands, as the storage-connector last saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub status: StorageStatus,
    pub reason: Option<String>,
    pub remedy: Option<String>,
    pub consecutive_failures: i32,
    pub last_checked_at: Option<Timestamp>,
}

impl Health {
    /// How a storage stands before anybody tried it.
    pub fn untested() -> Self {
        Self {
            status: StorageStatus::NotTested,
            reason: None,
            remedy: None,
            consecutive_failures: 0,
            last_checked_at: None,
        }
    }
}

impl Storages<'_> {
    /// Records how a storage answered. `None` as the reason clears it.
    pub async fn put_health(&self, id: StorageId, health: &Health) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let sql = format!(
            "insert into storage_health (storage_id, workspace_id, status, reason, remedy, \
             consecutive_failures, last_checked_at) values ($1, $2, $3, $4, $5, $6, {}) \
             on conflict (storage_id) do update set status = excluded.status, \
             reason = excluded.reason, remedy = excluded.remedy, \
             consecutive_failures = excluded.consecutive_failures, \
             last_checked_at = excluded.last_checked_at",
            self.0.now()
        );
        self.0
            .execute(
                &sql,
                [
                    id.0.into(),
                    workspace.0.into(),
                    health.status.as_str().into(),
                    health.reason.clone().into(),
                    health.remedy.clone().into(),
                    health.consecutive_failures.into(),
                ],
            )
            .await?;
        Ok(())
    }

    pub async fn health(&self, id: StorageId) -> Result<Health, DbError> {
        let row = self
            .0
            .row(
                "select status, reason, remedy, consecutive_failures, last_checked_at \
                 from storage_health where storage_id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref()
            .map_or_else(|| Ok(Health::untested()), health_of)
    }

    /// Remembers what a test found the connection to be able to do, as JSON.
    pub async fn put_capability(&self, id: StorageId, capability: &str) -> Result<(), DbError> {
        self.0
            .execute(
                "update storage_health set capability = $3 \
                 where storage_id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into(), capability.into()],
            )
            .await?;
        Ok(())
    }

    pub async fn capability(&self, id: StorageId) -> Result<Option<String>, DbError> {
        let row = self
            .0
            .row(
                "select capability from storage_health where storage_id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(row
            .map(|row| row.try_get("", "capability"))
            .transpose()?
            .flatten())
    }

    /// Lists storages of all workspaces that are on and were not checked since `before`, or not
    /// since `failed_before` where they failed and no scan will ask them until `scans_after`.
    pub async fn list_unchecked(
        &self,
        before: Timestamp,
        failed_before: Timestamp,
        scans_after: Timestamp,
        limit: u32,
    ) -> Result<Vec<StorageRow>, DbError> {
        let sql = format!(
            "select {COLUMNS} from storage s join storage_health h on h.storage_id = s.id \
             left join scan_state c on c.storage_id = s.id \
             where s.is_on and s.kind <> 'central' and (h.last_checked_at < $1 \
             or (h.status in ('failed', 'disconnected') and h.last_checked_at < $2 \
             and (c.next_scan_at is null or c.next_scan_at > $3))) \
             order by h.last_checked_at limit {limit}"
        );
        let values = [before, failed_before, scans_after].map(|at| at.micros().into());
        self.0
            .rows(&sql, values)
            .await?
            .iter()
            .map(storage_of)
            .collect()
    }
}

pub(super) fn health_of(row: &QueryResult) -> Result<Health, DbError> {
    let status: Option<String> = row.try_get("", "status")?;
    if status.is_none() {
        return Ok(Health::untested());
    }
    Ok(Health {
        status: word(row, "storage_health", "status")?,
        reason: row.try_get("", "reason")?,
        remedy: row.try_get("", "remedy")?,
        consecutive_failures: row.try_get("", "consecutive_failures")?,
        last_checked_at: row
            .try_get::<Option<i64>>("", "last_checked_at")?
            .map(Timestamp),
    })
}
