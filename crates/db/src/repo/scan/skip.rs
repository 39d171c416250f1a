//! What scans passed over, and why: what a listing could not take in, and what turned out to be a
//! duplicate when it was read.

use sea_orm::{ActiveValue::Set, EntityTrait};
use stowage_domain::{AssetId, ScanRunId, StorageId};
use uuid::Uuid;

use super::Scans;
use crate::{DbError, entity::scan_skip};

/// Where the numbers of duplicates begin, behind all that a listing can skip.
const DUPLICATES_FROM: i32 = 1_000_000;

/// A file that a scan passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedRow {
    pub path: String,
    pub reason: String,
    /// The asset that has its content, as long as that can be had.
    pub asset: Option<AssetId>,
}

impl Scans<'_> {
    /// Adds to what the listing of a run skipped, from number `from` on.
    pub async fn add_skipped(
        &self,
        run: ScanRunId,
        from: i32,
        skipped: &[SkippedRow],
    ) -> Result<(), DbError> {
        if skipped.is_empty() {
            return Ok(());
        }
        let workspace = self.0.workspace()?;
        let rows = (from..)
            .zip(skipped)
            .map(|(ordinal, row)| scan_skip::ActiveModel {
                run_id: Set(run.0),
                ordinal: Set(ordinal),
                workspace_id: Set(workspace.0),
                path: Set(row.path.replace('\0', "\u{fffd}")),
                reason: Set(row.reason.clone()),
                asset_id: Set(row.asset.map(Uuid::from)),
            });
        scan_skip::Entity::insert_many(rows)
            .exec_without_returning(&self.0.inner)
            .await?;
        Ok(())
    }

    /// Adds a file whose content the workspace has to the report of the run that found it, once; to
    /// the storage's latest where no run is named. A run that was forgotten stays so. Whoever calls
    /// this has locked the workspace, so that no two take the same number.
    pub async fn add_duplicate(
        &self,
        storage: StorageId,
        run: Option<ScanRunId>,
        skipped: &SkippedRow,
    ) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let run = match run {
            Some(run) => Some(run),
            None => self.list(storage, 1).await?.first().map(|run| run.id),
        };
        let Some(run) = run else { return Ok(()) };
        let sql = format!(
            "insert into scan_skip (run_id, ordinal, workspace_id, path, reason, asset_id) \
             select r.id, (select coalesce(max(s.ordinal) + 1, {DUPLICATES_FROM}) \
             from scan_skip s where s.run_id = r.id and s.ordinal >= {DUPLICATES_FROM}), \
             r.workspace_id, $4, $5, $6 from scan_run r \
             where r.id = $1 and r.storage_id = $2 and r.workspace_id = $3 \
             and not exists (select 1 from scan_skip s where s.run_id = r.id \
             and s.ordinal >= {DUPLICATES_FROM} and s.path = $4)"
        );
        let values = [
            run.0.into(),
            storage.0.into(),
            workspace.0.into(),
            skipped.path.clone().into(),
            skipped.reason.clone().into(),
            skipped.asset.map(Uuid::from).into(),
        ];
        if self.0.execute(&sql, values).await? == 1 {
            self.0
                .execute(
                    "update scan_run set duplicates = duplicates + 1 \
                     where id = $1 and workspace_id = $2",
                    [run.0.into(), workspace.0.into()],
                )
                .await?;
        }
        Ok(())
    }

    /// Lists what a run of a storage skipped after number `after`, each with its number, or
    /// returns none when there is no such run.
    pub async fn skipped_after(
        &self,
        storage: StorageId,
        run: ScanRunId,
        after: Option<i32>,
        limit: u32,
    ) -> Result<Option<Vec<(i32, SkippedRow)>>, DbError> {
        let workspace = self.0.workspace()?;
        let exists = self
            .0
            .row(
                "select 1 as one from scan_run \
                 where id = $1 and storage_id = $2 and workspace_id = $3",
                [run.0.into(), storage.0.into(), workspace.0.into()],
            )
            .await?;
        if exists.is_none() {
            return Ok(None);
        }
        let sql = format!(
            "select s.ordinal, s.path, s.reason, a.id as asset_id from scan_skip s \
             left join asset a on a.id = s.asset_id and a.workspace_id = s.workspace_id \
             and a.lifecycle in ('live', 'trashed') \
             where s.run_id = $1 and s.ordinal > $2 order by s.ordinal limit {limit}"
        );
        let rows = self
            .0
            .rows(&sql, [run.0.into(), after.unwrap_or(-1).into()])
            .await?;
        let skipped: Result<_, DbError> = rows
            .iter()
            .map(|row| {
                let asset: Option<Uuid> = row.try_get("", "asset_id")?;
                let skipped = SkippedRow {
                    path: row.try_get("", "path")?,
                    reason: row.try_get("", "reason")?,
                    asset: asset.map(AssetId::from),
                };
                Ok((row.try_get("", "ordinal")?, skipped))
            })
            .collect();
        skipped.map(Some)
    }
}
