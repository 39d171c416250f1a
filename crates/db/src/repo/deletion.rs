//! Deleting a workspace (SPEC D21): out of everybody's sight at once, then its rows in batches, the
//! workspace itself last.

use stowage_domain::{JobId, TransferState, WorkspaceId, purge::OpState};
use uuid::Uuid;

use super::{repository, transfer::OPEN};
use crate::DbError;

repository!(
    /// The deletion of the scope's workspace.
    Deletions
);

/// What came of the wish to delete a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// From now on nobody gets in.
    Now,
    /// Somebody else wanted the same before.
    Before,
    /// A legal hold keeps something of it.
    Held,
}

/// Every table with rows of a workspace, in the order in which they can go: what refers to another
/// goes before it. Left out are legal holds, which keep the workspace as long as there is one, the
/// record of destructive acts, which stays, and jobs, which `clear_jobs` takes away.
pub const WORKSPACE_ROWS: &[&str] = &[
    "upload_chunk",
    "upload",
    "staged_blob",
    "purge_item",
    "purge_batch",
    "external_op",
    "transfer",
    "original_migration",
    "retention_item",
    "retention_batch",
    "retention_rule",
    "bin_place",
    "asset_word",
    "asset_tag_hidden",
    "asset_tag",
    "asset_field",
    "rendition",
    "rendering",
    "picture_left",
    "scan_skip",
    "scan_run",
    "scan_state",
    "backup_copy",
    "remote_object",
    "asset",
    "credential",
    "storage_health",
    "storage_delivery",
    "storage_usage",
    "storage",
    "invitation",
    "api_key",
    "membership",
    "workspace_plan",
    "workspace_usage",
];

const JOBS: &str = "delete from job where workspace_id = $1";

impl Deletions<'_> {
    /// Takes the workspace out of everybody's sight and switches off all that reaches outside:
    /// deletions and moves that wait are given up, its storages are off, its jobs are gone.
    pub async fn begin(&self) -> Result<Begun, DbError> {
        let id = self.0.workspace()?;
        // Holds are placed under a lock of the same row.
        let sql = format!(
            "select deleting_at from workspace where id = $1{}",
            self.0.dialect.lock_rows()
        );
        let row = self.0.row(&sql, [id.0.into()]).await?;
        let row = row.ok_or_else(|| DbError::not_found("workspace", id))?;
        if row.try_get::<Option<i64>>("", "deleting_at")?.is_some() {
            return Ok(Begun::Before);
        }
        if self.0.holds().holds_anything().await? {
            return Ok(Begun::Held);
        }
        let now = self.0.now();
        let marked = format!("update workspace set deleting_at = {now} where id = $1");
        let cancelled = format!(
            "update external_op set state = '{}', error = 'the workspace was deleted', \
             finished_at = {now} where workspace_id = $1 and state in ('planned', 'intent', 'refused')",
            OpState::Kept
        );
        let stopped = format!(
            "update transfer set state = '{}', updated_at = {now}, finished_at = {now} \
             where workspace_id = $1 and state in {OPEN}",
            TransferState::Abandoned
        );
        // Handlers lock their job before anything else, and so does this: two that lock in different
        // orders would wait for one another. What was added meanwhile goes at the end.
        for sql in [
            JOBS,
            marked.as_str(),
            cancelled.as_str(),
            stopped.as_str(),
            "update storage set is_on = false where workspace_id = $1",
            JOBS,
        ] {
            self.0.execute(sql, [id.0.into()]).await?;
        }
        Ok(Begun::Now)
    }

    /// Lists workspaces of the installation whose deletion began and has no job any more.
    pub async fn unattended(&self) -> Result<Vec<WorkspaceId>, DbError> {
        let rows = self
            .0
            .rows(
                "select w.id from workspace w where w.deleting_at is not null and not exists \
                 (select 1 from job j where j.workspace_id = w.id \
                 and j.kind = 'delete-workspace' and j.state in ('queued', 'running')) limit 100",
                [],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }

    /// Returns the name of the workspace, as long as a row of it is there and being deleted.
    pub async fn name(&self) -> Result<Option<String>, DbError> {
        let row = self
            .0
            .row(
                "select name from workspace where id = $1 and deleting_at is not null",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(row.map(|row| row.try_get("", "name")).transpose()?)
    }

    /// Takes away every job of the workspace but `but`. Whoever works on one loses its lease with
    /// it, and can write no effect.
    pub async fn clear_jobs(&self, but: JobId) -> Result<u64, DbError> {
        let values = [self.0.workspace()?.0.into(), but.0.into()];
        self.0
            .execute(
                "delete from job where workspace_id = $1 and id <> $2",
                values,
            )
            .await
    }

    /// Deletes at most `limit` rows of the workspace, those first that others refer to last.
    /// Returns how many went; fewer than `limit` means that none are left.
    pub async fn delete_rows(&self, limit: u32) -> Result<u64, DbError> {
        let workspace = self.0.workspace()?;
        let row_id = self.0.dialect.row_id();
        let mut deleted = 0;
        for table in WORKSPACE_ROWS {
            let left = u64::from(limit) - deleted;
            if left == 0 {
                break;
            }
            let sql = format!(
                "delete from {table} where {row_id} in (select {row_id} from {table} \
                 where workspace_id = $1 limit {left})"
            );
            deleted += self.0.execute(&sql, [workspace.0.into()]).await?;
        }
        Ok(deleted)
    }

    /// Removes the workspace itself, of which no other row may be left. False when it is gone
    /// already, or is not being deleted.
    pub async fn finish(&self) -> Result<bool, DbError> {
        let gone = self
            .0
            .execute(
                "delete from workspace where id = $1 and deleting_at is not null",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(gone == 1)
    }
}
