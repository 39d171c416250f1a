//! Scans: who holds a storage's lease, and what is due.

use std::time::Duration;

use stowage_domain::{StorageId, WorkspaceId, scan::Hold};
use uuid::Uuid;

use super::repository;
use crate::DbError;

mod run;
mod skip;

pub(crate) use run::run_of;
pub use run::{NewScanRun, ScanCounts, ScanRunRow};
pub use skip::SkippedRow;

repository!(
    /// Leases, runs and schedules of scans.
    Scans
);

/// The right to scan a storage, until it runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLease {
    pub storage: StorageId,
    pub fence: i64,
    /// What the storage proved to be when it was first scanned.
    pub identity: Option<String>,
    pub hold: Option<Hold>,
}

impl Scans<'_> {
    /// Takes the lease of a storage when nobody holds it. Runs left over by a lost lease end here.
    pub async fn claim(
        &self,
        storage: StorageId,
        lease: Duration,
    ) -> Result<Option<ScanLease>, DbError> {
        let workspace = self.0.workspace()?;
        let now = self.0.now();
        let lease = lease.as_micros() as i64;
        let insert = format!(
            "insert into scan_state (storage_id, workspace_id, fence, next_scan_at) \
             values ($1, $2, 0, {now}) on conflict do nothing"
        );
        self.0
            .execute(&insert, [storage.0.into(), workspace.0.into()])
            .await?;
        let claim = format!(
            "update scan_state set fence = fence + 1, lease_until = {now} + {lease} \
             where storage_id = $1 and workspace_id = $2 \
             and (lease_until is null or lease_until < {now}) \
             returning fence, identity, hold"
        );
        let row = self
            .0
            .row(&claim, [storage.0.into(), workspace.0.into()])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let end = format!(
            "update scan_run set state = 'aborted', finished_at = {now}, \
             error = 'the process that ran this scan stopped' \
             where storage_id = $1 and state = 'running'"
        );
        self.0.execute(&end, [storage.0.into()]).await?;
        let hold: Option<String> = row.try_get("", "hold")?;
        Ok(Some(ScanLease {
            storage,
            fence: row.try_get("", "fence")?,
            identity: row.try_get("", "identity")?,
            hold: hold.and_then(|json| serde_json::from_str(&json).ok()),
        }))
    }

    /// Fails unless the lease is still ours; on Postgres nobody can take it until we commit.
    /// Prolongs it on the way.
    pub async fn hold_lease(&self, lease: &ScanLease, by: Duration) -> Result<(), DbError> {
        let now = self.0.now();
        let by = by.as_micros() as i64;
        let sql = format!(
            "update scan_state set lease_until = {now} + {by} \
             where storage_id = $1 and fence = $2 and lease_until is not null"
        );
        let held = self
            .0
            .execute(&sql, [lease.storage.0.into(), lease.fence.into()])
            .await?;
        if held == 1 {
            Ok(())
        } else {
            Err(DbError::LeaseLost {
                what: format!("storage {}", lease.storage),
            })
        }
    }

    /// Gives the lease back and says when to come again.
    pub async fn release(&self, lease: &ScanLease, next_in: Duration) -> Result<(), DbError> {
        let now = self.0.now();
        let next_in = next_in.as_micros() as i64;
        let sql = format!(
            "update scan_state set lease_until = null, next_scan_at = {now} + {next_in} \
             where storage_id = $1 and fence = $2"
        );
        self.0
            .execute(&sql, [lease.storage.0.into(), lease.fence.into()])
            .await?;
        Ok(())
    }

    /// Remembers what the storage proved to be.
    pub async fn set_identity(&self, lease: &ScanLease, identity: &str) -> Result<(), DbError> {
        self.0
            .execute(
                "update scan_state set identity = $3 where storage_id = $1 and fence = $2",
                [lease.storage.0.into(), lease.fence.into(), identity.into()],
            )
            .await?;
        Ok(())
    }

    /// Returns what the storage proved to be.
    pub async fn identity(&self, storage: StorageId) -> Result<Option<String>, DbError> {
        let row = self
            .0
            .row(
                "select identity from scan_state where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(row
            .map(|row| row.try_get("", "identity"))
            .transpose()?
            .flatten())
    }

    /// Returns the absence of a storage that is not acted on yet.
    pub async fn hold(&self, storage: StorageId) -> Result<Option<Hold>, DbError> {
        let row = self
            .0
            .row(
                "select hold from scan_state where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        let hold: Option<String> = row
            .map(|row| row.try_get("", "hold"))
            .transpose()?
            .flatten();
        Ok(hold.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Puts `new` in the place of `old`. False when it is something else by now.
    pub async fn replace_hold(
        &self,
        storage: StorageId,
        old: &Hold,
        new: &Hold,
    ) -> Result<bool, DbError> {
        let json = |hold: &Hold| serde_json::to_string(hold).expect("a hold is plain data");
        let replaced = self
            .0
            .execute(
                "update scan_state set hold = $4 \
                 where storage_id = $1 and workspace_id = $2 and hold = $3",
                [
                    storage.0.into(),
                    self.0.workspace()?.0.into(),
                    json(old).into(),
                    json(new).into(),
                ],
            )
            .await?;
        Ok(replaced == 1)
    }

    /// Forgets what the storage proved to be: its settings changed, so the next scan learns anew.
    pub async fn forget_identity(&self, storage: StorageId) -> Result<(), DbError> {
        self.0
            .execute(
                "update scan_state set identity = null where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(())
    }

    pub async fn set_hold(&self, lease: &ScanLease, hold: Option<&Hold>) -> Result<(), DbError> {
        let json = hold.map(|hold| serde_json::to_string(hold).expect("a hold is plain data"));
        self.0
            .execute(
                "update scan_state set hold = $3 where storage_id = $1 and fence = $2",
                [lease.storage.0.into(), lease.fence.into(), json.into()],
            )
            .await?;
        Ok(())
    }

    /// Lists storages of all workspaces whose scan is due: on, not leased, and due or never
    /// scanned.
    pub async fn due(&self, limit: u32) -> Result<Vec<(WorkspaceId, StorageId)>, DbError> {
        let now = self.0.now();
        let sql = format!(
            "select s.id, s.workspace_id from storage s \
             left join scan_state c on c.storage_id = s.id \
             where s.is_on and s.kind <> 'central' \
             and (c.storage_id is null or (c.next_scan_at <= {now} \
                  and (c.lease_until is null or c.lease_until < {now}))) \
             order by s.id limit {limit}"
        );
        let rows = self.0.rows(&sql, []).await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("", "id")?;
                let workspace: Uuid = row.try_get("", "workspace_id")?;
                Ok((workspace.into(), id.into()))
            })
            .collect()
    }
}
