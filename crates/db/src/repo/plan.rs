//! What the operator lets each workspace have.

use sea_orm::QueryResult;
use stowage_domain::{Plan, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::{Cursor, Page, column::sum_of, repository};
use crate::DbError;

repository!(
    /// Plans: that of the scope's workspace, unless a method says otherwise.
    Plans
);

/// A workspace as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSummary {
    pub id: WorkspaceId,
    pub short_id: String,
    pub name: String,
    pub created_at: Timestamp,
    /// Since when it is being deleted.
    pub deleting_at: Option<Timestamp>,
    /// None where the operator set none.
    pub plan: Option<Plan>,
    /// Connected storages, central storage not among them.
    pub storages: u64,
    /// Bytes in central storage that count against the plan.
    pub central_bytes: u64,
}

impl Plans<'_> {
    /// Returns the plan that the operator set; none where they set none.
    pub async fn find(&self) -> Result<Option<Plan>, DbError> {
        let row = self
            .0
            .row(
                "select * from workspace_plan where workspace_id = $1",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref().map(plan_of).transpose()
    }

    /// Sets the plan, in the place of the one before.
    pub async fn put(&self, plan: &Plan) -> Result<(), DbError> {
        let sql = format!(
            "insert into workspace_plan (workspace_id, central_bytes, storages, external_storages, \
             photos_per_request, permanent_links, updated_at) \
             values ($1, $2, $3, $4, $5, $6, {now}) on conflict (workspace_id) do update set \
             central_bytes = excluded.central_bytes, storages = excluded.storages, \
             external_storages = excluded.external_storages, \
             photos_per_request = excluded.photos_per_request, \
             permanent_links = excluded.permanent_links, updated_at = excluded.updated_at",
            now = self.0.now()
        );
        let values = [
            self.0.workspace()?.0.into(),
            plan.central_bytes.map(|bytes| bytes as i64).into(),
            plan.storages.map(|count| count as i32).into(),
            plan.external_storages.into(),
            plan.photos_per_request.map(|count| count as i32).into(),
            plan.permanent_links.into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Counts connected storages: central storage is none, nor are those that were removed with
    /// their entries kept.
    pub async fn connected(&self) -> Result<u64, DbError> {
        let sql = format!(
            "select count(*) as n from storage s where s.workspace_id = $1 and {CONNECTED}"
        );
        let row = self.0.row(&sql, [self.0.workspace()?.0.into()]).await?;
        row.map_or(Ok(0), |row| sum_of(&row, "n"))
    }

    /// Lists all workspaces, the latest first.
    pub async fn list(
        &self,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<WorkspaceSummary>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "{} where (w.created_at, w.id) < ($1, $2) \
             order by w.created_at desc, w.id desc limit {}",
            summary_sql(),
            limit + 1
        );
        let values = [cursor.at.micros().into(), cursor.id.into()];
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<WorkspaceSummary> = rows.iter().map(summary_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |row| Cursor {
            at: row.created_at,
            id: row.id.0,
        }))
    }

    /// Returns a workspace as the operator sees it, whatever the scope.
    pub async fn summary(&self, id: WorkspaceId) -> Result<Option<WorkspaceSummary>, DbError> {
        let sql = format!("{} where w.id = $1", summary_sql());
        let row = self.0.row(&sql, [id.0.into()]).await?;
        row.as_ref().map(summary_of).transpose()
    }
}

const CONNECTED: &str = "s.kind <> 'central' and (s.is_on or not exists (select 1 \
     from storage_health h where h.storage_id = s.id and h.status = 'disconnected'))";

/// What counts in central storage is what `Uploads::central_bytes` counts before an upload.
fn summary_sql() -> String {
    use stowage_domain::UploadState::{Complete, Receiving};
    format!(
        "select w.id, w.short_id, w.name, w.created_at, w.deleting_at, p.workspace_id as planned, \
         p.central_bytes, p.storages, p.external_storages, p.photos_per_request, \
         p.permanent_links, \
         (select count(*) from storage s where s.workspace_id = w.id and {CONNECTED}) \
         as connected, \
         (select cast(coalesce(sum(o.size), 0) as bigint) from remote_object o \
         where o.storage_id = w.id) \
         + (select cast(coalesce(sum(u.size), 0) as bigint) from upload u \
         where u.workspace_id = w.id and u.state in ('{Receiving}', '{Complete}')) as held \
         from workspace w left join workspace_plan p on p.workspace_id = w.id"
    )
}

fn plan_of(row: &QueryResult) -> Result<Plan, DbError> {
    let count = |column: &str| -> Result<Option<u32>, DbError> {
        let count: Option<i32> = row.try_get("", column)?;
        Ok(count.map(|count| count as u32))
    };
    let bytes: Option<i64> = row.try_get("", "central_bytes")?;
    Ok(Plan {
        central_bytes: bytes.map(|bytes| bytes as u64),
        storages: count("storages")?,
        external_storages: row.try_get("", "external_storages")?,
        photos_per_request: count("photos_per_request")?,
        permanent_links: row.try_get("", "permanent_links")?,
    })
}

fn summary_of(row: &QueryResult) -> Result<WorkspaceSummary, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let planned: Option<Uuid> = row.try_get("", "planned")?;
    Ok(WorkspaceSummary {
        id: id.into(),
        short_id: row.try_get("", "short_id")?,
        name: row.try_get("", "name")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        deleting_at: row
            .try_get::<Option<i64>>("", "deleting_at")?
            .map(Timestamp),
        plan: planned.map(|_| plan_of(row)).transpose()?,
        storages: sum_of(row, "connected")?,
        central_bytes: sum_of(row, "held")?,
    })
}
