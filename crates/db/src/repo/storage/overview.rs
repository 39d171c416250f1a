//! Storages with the figures that people see.

use sea_orm::QueryResult;
use stowage_domain::{StorageId, Timestamp, scan::Hold};

use super::{COLUMNS, Health, StorageRow, Storages, health::health_of, storage_of};
use crate::{
    DbError,
    repo::{
        column::sum_of,
        scan::{ScanRunRow, run_of},
        transfer::{Backlog, DeliveryRow},
    },
};

/// A storage as its card shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct StorageOverview {
    pub storage: StorageRow,
    pub health: Health,
    pub next_scan_at: Option<Timestamp>,
    pub hold: Option<Hold>,
    pub objects: u64,
    pub bytes: u64,
    pub assets: u64,
    pub missing: u64,
    pub running: Option<ScanRunRow>,
    pub last_run: Option<ScanRunRow>,
    /// New originals go here.
    pub is_main: bool,
    /// What stands against writing to it.
    pub delivery: Option<DeliveryRow>,
    /// What waits to be written to it.
    pub backlog: Backlog,
    /// Files of a collector that were held, since the workspace has their content.
    pub duplicates: u64,
}

impl Storages<'_> {
    /// Lists the storages of customers with their figures, oldest first.
    pub async fn list(&self) -> Result<Vec<StorageOverview>, DbError> {
        self.overviews(None).await
    }

    pub async fn overview(&self, id: StorageId) -> Result<StorageOverview, DbError> {
        let mut found = self.overviews(Some(id)).await?;
        found.pop().ok_or_else(|| DbError::not_found("storage", id))
    }

    async fn overviews(&self, only: Option<StorageId>) -> Result<Vec<StorageOverview>, DbError> {
        let workspace = self.0.workspace()?;
        let filter = if only.is_some() { "and s.id = $2" } else { "" };
        let mut values = vec![workspace.0.into()];
        values.extend(only.map(|id| id.0.into()));
        let sql = format!(
            "select {COLUMNS}, h.status, h.reason, h.remedy, h.consecutive_failures, \
             h.last_checked_at, c.next_scan_at, c.hold, \
             (select count(*) from remote_object o where o.storage_id = s.id and o.role <> 'own') \
             as objects, \
             (select cast(coalesce(sum(o.size), 0) as bigint) from remote_object o \
             where o.storage_id = s.id and o.role <> 'own') \
             as bytes, \
             (select count(distinct o.asset_id) from remote_object o where o.storage_id = s.id \
             and o.asset_id not in (select a.id from asset a where a.workspace_id = $1 \
             and a.lifecycle in ('trashed', 'purging', 'purged'))) as assets, \
             (select count(*) from remote_object o where o.storage_id = s.id and not o.present \
             and o.role <> 'own') as missing, cast(case when s.id = (select w.main_storage_id \
             from workspace w where w.id = $1) then 1 else 0 end as bigint) as is_main \
             from storage s left join storage_health h on h.storage_id = s.id \
             left join scan_state c on c.storage_id = s.id \
             where s.workspace_id = $1 and s.kind <> 'central' {filter} \
             order by s.created_at, s.id limit 1000"
        );
        let rows = self.0.rows(&sql, values).await?;
        let mut overviews = Vec::with_capacity(rows.len());
        for row in &rows {
            let storage = storage_of(row)?;
            let (running, last_run) = self.latest_runs(storage.id).await?;
            let backlog = self.0.transfers().backlog(storage.id).await?;
            // What stood against a write that nobody wants any more stands against nothing.
            let delivery = match backlog.originals {
                0 => None,
                _ => self.0.transfers().delivery(storage.id).await?,
            };
            let duplicates = if storage.delivery.moves_to_main || storage.behaviour.check_duplicates
            {
                self.0.objects().count_duplicates(storage.id).await?
            } else {
                0
            };
            overviews.push(StorageOverview {
                delivery,
                backlog,
                duplicates,
                ..overview_of(row, storage, running, last_run)?
            });
        }
        Ok(overviews)
    }

    async fn latest_runs(
        &self,
        id: StorageId,
    ) -> Result<(Option<ScanRunRow>, Option<ScanRunRow>), DbError> {
        let rows = self
            .0
            .rows(
                "select * from scan_run where storage_id = $1 order by started_at desc limit 5",
                [id.0.into()],
            )
            .await?;
        let runs: Vec<ScanRunRow> = rows.iter().map(run_of).collect::<Result<_, _>>()?;
        let running = runs.iter().find(|run| run.is_running()).cloned();
        let last = runs.into_iter().find(|run| !run.is_running());
        Ok((running, last))
    }
}

fn overview_of(
    row: &QueryResult,
    storage: StorageRow,
    running: Option<ScanRunRow>,
    last_run: Option<ScanRunRow>,
) -> Result<StorageOverview, DbError> {
    let hold: Option<String> = row.try_get("", "hold")?;
    let count =
        |column: &str| -> Result<u64, DbError> { Ok(row.try_get::<i64>("", column)? as u64) };
    Ok(StorageOverview {
        health: health_of(row)?,
        next_scan_at: row
            .try_get::<Option<i64>>("", "next_scan_at")?
            .map(Timestamp),
        hold: hold.and_then(|json| serde_json::from_str(&json).ok()),
        objects: count("objects")?,
        bytes: sum_of(row, "bytes")?,
        assets: count("assets")?,
        missing: count("missing")?,
        is_main: count("is_main")? == 1,
        storage,
        running,
        last_run,
        delivery: None,
        backlog: Backlog::default(),
        duplicates: 0,
    })
}
