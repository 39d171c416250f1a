//! Runs of scans, and what they counted.

use sea_orm::QueryResult;
use stowage_domain::{ScanRunId, ScanRunState, ScanTrigger, StorageId, Timestamp};
use uuid::Uuid;

use super::Scans;
use crate::{
    DbError,
    repo::{
        column::word,
        page::{Cursor, Page},
    },
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScanRun {
    pub id: ScanRunId,
    pub storage: StorageId,
    pub trigger: ScanTrigger,
    /// Empty for the whole storage.
    pub folder: String,
}

/// What a scan counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanCounts {
    pub listed: i64,
    pub bytes: i64,
    pub new: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub missing: i64,
    pub returned: i64,
    pub skipped: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRunRow {
    pub id: ScanRunId,
    pub storage: StorageId,
    pub trigger: ScanTrigger,
    pub folder: String,
    pub state: ScanRunState,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub counts: ScanCounts,
    /// Files whose content the workspace has already, of those that were read since.
    pub duplicates: i64,
    pub error: Option<String>,
}

impl ScanRunRow {
    pub fn is_running(&self) -> bool {
        self.state == ScanRunState::Running
    }
}

impl Scans<'_> {
    pub async fn start(&self, run: &NewScanRun) -> Result<(), DbError> {
        let sql = format!(
            "insert into scan_run (id, workspace_id, storage_id, trigger_kind, folder, state, \
             started_at) values ($1, $2, $3, $4, $5, 'running', {})",
            self.0.now()
        );
        self.0
            .execute(
                &sql,
                [
                    run.id.0.into(),
                    self.0.workspace()?.0.into(),
                    run.storage.0.into(),
                    run.trigger.as_str().into(),
                    run.folder.clone().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Records how far a run is, for those who watch it.
    pub async fn progress(&self, run: ScanRunId, counts: &ScanCounts) -> Result<(), DbError> {
        self.write(run, counts, ScanRunState::Running, None).await
    }

    pub async fn finish(
        &self,
        run: ScanRunId,
        counts: &ScanCounts,
        state: ScanRunState,
        error: Option<&str>,
    ) -> Result<(), DbError> {
        self.write(run, counts, state, error).await
    }

    async fn write(
        &self,
        run: ScanRunId,
        counts: &ScanCounts,
        state: ScanRunState,
        error: Option<&str>,
    ) -> Result<(), DbError> {
        let finished = if state == ScanRunState::Running {
            "null".to_owned()
        } else {
            self.0.now()
        };
        let sql = format!(
            "update scan_run set state = $2, finished_at = {finished}, listed = $3, bytes = $4, \
             new_objects = $5, changed = $6, unchanged = $7, missing = $8, returned = $9, \
             skipped = $10, error = $11 where id = $1 and state = 'running'"
        );
        self.0
            .execute(
                &sql,
                [
                    run.0.into(),
                    state.as_str().into(),
                    counts.listed.into(),
                    counts.bytes.into(),
                    counts.new.into(),
                    counts.changed.into(),
                    counts.unchanged.into(),
                    counts.missing.into(),
                    counts.returned.into(),
                    counts.skipped.into(),
                    error.map(str::to_owned).into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Lists the runs of a storage, newest first.
    pub async fn list(&self, storage: StorageId, limit: u32) -> Result<Vec<ScanRunRow>, DbError> {
        let sql = format!(
            "select * from scan_run where storage_id = $1 and workspace_id = $2 \
             order by started_at desc, id desc limit {limit}"
        );
        let workspace = self.0.workspace()?;
        self.0
            .rows(&sql, [storage.0.into(), workspace.0.into()])
            .await?
            .iter()
            .map(run_of)
            .collect()
    }

    /// Lists a stretch of the runs of a storage, newest first.
    pub async fn page(
        &self,
        storage: StorageId,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<ScanRunRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "select * from scan_run where storage_id = $1 and workspace_id = $2 \
             and (started_at, id) < ($3, $4) order by started_at desc, id desc limit {}",
            limit + 1
        );
        let values = [
            storage.0.into(),
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        let runs: Vec<ScanRunRow> = rows.iter().map(run_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(runs, limit as usize, |run| Cursor {
            at: run.started_at,
            id: run.id.0,
        }))
    }

    /// Deletes runs of all workspaces that ended before `before`, at most `limit`.
    pub async fn delete_old(&self, before: Timestamp, limit: u32) -> Result<u64, DbError> {
        let sql = format!(
            "delete from scan_run where id in (select id from scan_run \
             where state <> 'running' and finished_at < $1 limit {limit})"
        );
        self.0.execute(&sql, [before.micros().into()]).await
    }
}

pub(crate) fn run_of(row: &QueryResult) -> Result<ScanRunRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let storage: Uuid = row.try_get("", "storage_id")?;
    Ok(ScanRunRow {
        id: id.into(),
        storage: storage.into(),
        trigger: word(row, "scan_run", "trigger_kind")?,
        folder: row.try_get("", "folder")?,
        state: word(row, "scan_run", "state")?,
        started_at: Timestamp(row.try_get("", "started_at")?),
        finished_at: row
            .try_get::<Option<i64>>("", "finished_at")?
            .map(Timestamp),
        counts: ScanCounts {
            listed: row.try_get("", "listed")?,
            bytes: row.try_get("", "bytes")?,
            new: row.try_get("", "new_objects")?,
            changed: row.try_get("", "changed")?,
            unchanged: row.try_get("", "unchanged")?,
            missing: row.try_get("", "missing")?,
            returned: row.try_get("", "returned")?,
            skipped: row.try_get("", "skipped")?,
        },
        duplicates: row.try_get("", "duplicates")?,
        error: row.try_get("", "error")?,
    })
}
