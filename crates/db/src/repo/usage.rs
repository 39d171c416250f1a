//! How much storages and workspaces hold: counted, remembered, and counted again.

use std::time::Duration;

use stowage_domain::{ObjectRole, StorageId, StorageKind, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::{
    column::{sum_of, word},
    repository,
};
use crate::{Database, DbError};

repository!(
    /// What the scope's workspace holds, unless a method says otherwise.
    Usages
);

/// What a workspace held when it was last counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// Originals of what is in the library, wherever they lie. Bytes, as all of these.
    pub original_bytes: u64,
    pub rendition_bytes: u64,
    /// Originals of what is in the bin.
    pub bin_bytes: u64,
    /// Copies that wait for their pictures, and pieces of uploads.
    pub spool_bytes: u64,
    pub counted_at: Timestamp,
    /// Central storage among them, oldest first.
    pub storages: Vec<StorageUsage>,
}

/// What a workspace holds, counted and not remembered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageCount {
    /// When the count began.
    at: Timestamp,
    original_bytes: u64,
    rendition_bytes: u64,
    bin_bytes: u64,
    spool_bytes: u64,
    /// Objects and bytes of each storage.
    storages: Vec<(StorageId, u64, u64)>,
}

/// What a storage held, as far as it was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageUsage {
    pub id: StorageId,
    pub kind: StorageKind,
    pub name: String,
    pub objects: u64,
    pub bytes: u64,
    pub counted_at: Timestamp,
}

impl Database {
    /// Counts anew what a workspace holds, and remembers it.
    pub async fn recount(&self, workspace: WorkspaceId) -> Result<UsageRow, DbError> {
        let tx = self.read_in(workspace).await?;
        let count = tx.usages().count().await?;
        drop(tx);
        let tx = self.begin_in(workspace).await?;
        let usage = tx.usages().remember(&count).await?;
        tx.commit_quietly().await?;
        Ok(usage)
    }
}

impl Usages<'_> {
    /// Counts everything anew. It reads every row of a library, so it belongs in a transaction that
    /// only reads: nobody has to wait for it.
    pub async fn count(&self) -> Result<UsageCount, DbError> {
        let workspace = self.0.workspace()?;
        let at = self.0.now_is().await?;
        // A name that is reserved for a copy is no file yet.
        let theirs = format!("o.role <> '{}'", ObjectRole::Own);
        let storages = format!(
            "select s.id, (select count(*) from remote_object o where o.storage_id = s.id \
             and {theirs}) as objects, \
             (select cast(coalesce(sum(o.size), 0) as bigint) from remote_object o \
             where o.storage_id = s.id and {theirs}) as bytes from storage s \
             where s.workspace_id = $1"
        );
        let storages = self.0.rows(&storages, [workspace.0.into()]).await?;
        let sum =
            |what: &str| format!("(select cast(coalesce(sum(size), 0) as bigint) from {what})");
        let totals = format!(
            "select {live} as original_bytes, {renditions} as rendition_bytes, {bin} as bin_bytes, \
             {staged} + {chunks} as spool_bytes from workspace w where w.id = $1",
            live = sum("asset where workspace_id = $1 and lifecycle = 'live'"),
            renditions = sum("rendition where workspace_id = $1"),
            bin = sum("asset where workspace_id = $1 and lifecycle = 'trashed'"),
            staged = sum("staged_blob where workspace_id = $1"),
            chunks = sum("upload_chunk where workspace_id = $1"),
        );
        let totals = self.0.row(&totals, [workspace.0.into()]).await?;
        let totals = totals.ok_or_else(|| DbError::not_found("workspace", workspace))?;
        let counted = storages.iter().map(|row| {
            let id: Uuid = row.try_get("", "id")?;
            Ok((id.into(), sum_of(row, "objects")?, sum_of(row, "bytes")?))
        });
        Ok(UsageCount {
            at,
            original_bytes: sum_of(&totals, "original_bytes")?,
            rendition_bytes: sum_of(&totals, "rendition_bytes")?,
            bin_bytes: sum_of(&totals, "bin_bytes")?,
            spool_bytes: sum_of(&totals, "spool_bytes")?,
            storages: counted.collect::<Result<_, DbError>>()?,
        })
    }

    /// Remembers a count, where no later one is remembered already, and returns what is. Storages
    /// that went since are left out.
    pub async fn remember(&self, count: &UsageCount) -> Result<UsageRow, DbError> {
        let workspace = self.0.workspace()?;
        let storage = "insert into storage_usage \
             (storage_id, workspace_id, objects, bytes, counted_at) \
             select s.id, s.workspace_id, $3, $4, $5 from storage s \
             where s.id = $1 and s.workspace_id = $2 \
             on conflict (storage_id) do update set objects = excluded.objects, \
             bytes = excluded.bytes, counted_at = excluded.counted_at \
             where storage_usage.counted_at <= excluded.counted_at";
        for (id, objects, bytes) in &count.storages {
            let values = [
                id.0.into(),
                workspace.0.into(),
                (*objects as i64).into(),
                (*bytes as i64).into(),
                count.at.micros().into(),
            ];
            self.0.execute(storage, values).await?;
        }
        let totals = "insert into workspace_usage (workspace_id, original_bytes, \
             rendition_bytes, bin_bytes, spool_bytes, counted_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (workspace_id) do update set original_bytes = excluded.original_bytes, \
             rendition_bytes = excluded.rendition_bytes, bin_bytes = excluded.bin_bytes, \
             spool_bytes = excluded.spool_bytes, counted_at = excluded.counted_at \
             where workspace_usage.counted_at <= excluded.counted_at";
        let values = [
            workspace.0.into(),
            (count.original_bytes as i64).into(),
            (count.rendition_bytes as i64).into(),
            (count.bin_bytes as i64).into(),
            (count.spool_bytes as i64).into(),
            count.at.micros().into(),
        ];
        self.0.execute(totals, values).await?;
        let kept = self.find().await?;
        kept.ok_or_else(|| DbError::not_found("workspace", workspace))
    }

    /// Returns what was last counted; none where nothing was yet.
    pub async fn find(&self) -> Result<Option<UsageRow>, DbError> {
        let workspace = self.0.workspace()?;
        let sql = "select * from workspace_usage where workspace_id = $1";
        let Some(row) = self.0.row(sql, [workspace.0.into()]).await? else {
            return Ok(None);
        };
        Ok(Some(UsageRow {
            original_bytes: sum_of(&row, "original_bytes")?,
            rendition_bytes: sum_of(&row, "rendition_bytes")?,
            bin_bytes: sum_of(&row, "bin_bytes")?,
            spool_bytes: sum_of(&row, "spool_bytes")?,
            counted_at: Timestamp(row.try_get("", "counted_at")?),
            storages: self.storages(workspace).await?,
        }))
    }

    async fn storages(self, workspace: WorkspaceId) -> Result<Vec<StorageUsage>, DbError> {
        let sql = "select s.id, s.kind, s.name, u.objects, u.bytes, u.counted_at \
                   from storage_usage u join storage s on s.id = u.storage_id \
                   where u.workspace_id = $1 order by s.created_at, s.id limit 1000";
        let rows = self.0.rows(sql, [workspace.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(StorageUsage {
                    id: row.try_get::<Uuid>("", "id")?.into(),
                    kind: word(row, "storage", "kind")?,
                    name: row.try_get("", "name")?,
                    objects: sum_of(row, "objects")?,
                    bytes: sum_of(row, "bytes")?,
                    counted_at: Timestamp(row.try_get("", "counted_at")?),
                })
            })
            .collect()
    }

    /// Lists workspaces of the installation whose count is missing, older than `every`, or from
    /// before the last upload, or scan that found something: most find nothing, and a count reads
    /// every row of a library.
    pub async fn stale(&self, every: Duration) -> Result<Vec<WorkspaceId>, DbError> {
        let before = self.0.now_is().await? - every;
        let rows = self
            .0
            .rows(
                "select w.id from workspace w left join workspace_usage u on u.workspace_id = w.id \
                 where w.deleting_at is null and (u.workspace_id is null or u.counted_at < $1 \
                 or exists (select 1 from scan_run r join storage s on s.id = r.storage_id \
                 where s.workspace_id = w.id and r.finished_at >= u.counted_at \
                 and r.new_objects + r.changed + r.missing + r.returned > 0) \
                 or exists (select 1 from upload p where p.workspace_id = w.id \
                 and p.updated_at >= u.counted_at)) limit 100",
                [before.micros().into()],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }
}
