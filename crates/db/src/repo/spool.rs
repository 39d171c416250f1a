//! Spool copies in central storage: a row before the first byte, so that nothing is ever left
//! behind unknown.

use stowage_domain::{AssetId, ReadState, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// Spool copies of originals.
    Spool
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedBlob {
    pub id: Uuid,
    pub workspace: WorkspaceId,
    /// The key in central storage.
    pub key: String,
    pub size: u64,
}

impl Spool<'_> {
    /// Announces a copy that is about to be written.
    pub async fn insert(&self, blob: &StagedBlob) -> Result<(), DbError> {
        let sql = format!(
            "insert into staged_blob (id, workspace_id, object_key, state, size, created_at) \
             values ($1, $2, $3, 'staged', $4, {})",
            self.0.now()
        );
        self.0
            .execute(
                &sql,
                [
                    blob.id.into(),
                    self.0.workspace()?.0.into(),
                    blob.key.clone().into(),
                    (blob.size as i64).into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Gives a copy to the version of an asset that it was made for. Fails when the reaper has it.
    pub async fn adopt(&self, id: Uuid, asset: AssetId, version: i32) -> Result<(), DbError> {
        let adopted = self
            .0
            .execute(
                "update staged_blob set state = 'live', asset_id = $2, asset_version = $3 \
                 where id = $1 and state = 'staged'",
                [id.into(), asset.0.into(), version.into()],
            )
            .await?;
        if adopted == 1 {
            Ok(())
        } else {
            Err(DbError::not_found("staged_blob", id))
        }
    }

    /// Returns the copy of an asset's version.
    pub async fn find(&self, asset: AssetId, version: i32) -> Result<Option<StagedBlob>, DbError> {
        let row = self
            .0
            .row(
                "select id, workspace_id, object_key, size from staged_blob where asset_id = $1 \
                 and asset_version = $2 and workspace_id = $3 and state = 'live' limit 1",
                [asset.0.into(), version.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref().map(blob_of).transpose()
    }

    /// Hands out copies of all workspaces that nobody needs any more, at most `limit`: they wait for
    /// no transfer and their version is rendered, replaced, or none that pictures are made of, or nothing adopted them since `staged_before`. From then
    /// on they are the reaper's.
    pub async fn take_reapable(
        &self,
        staged_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<StagedBlob>, DbError> {
        let sql = format!(
            "update staged_blob set state = 'reaping' where id in ( \
               select b.id from staged_blob b \
               left join rendering r on r.asset_id = b.asset_id and r.version >= b.asset_version \
               left join asset a on a.id = b.asset_id \
               where b.state = 'reaping' \
               or (b.state = 'staged' and b.created_at < $1) \
               or (b.state = 'live' and not exists (select 1 from transfer t \
                   where t.asset_id = b.asset_id and t.state in ('planned', 'copying', 'copied')) \
                   and (r.asset_id is not null or a.id is null or a.read_state <> '{}' \
                   or a.lifecycle in ('purging', 'purged') or a.version > b.asset_version)) \
               order by b.created_at limit {limit}) \
             returning id, workspace_id, object_key, size",
            ReadState::Renderable
        );
        self.0
            .rows(&sql, [staged_before.micros().into()])
            .await?
            .iter()
            .map(blob_of)
            .collect()
    }

    /// Forgets copies whose bytes are gone.
    pub async fn delete(&self, id: Uuid) -> Result<(), DbError> {
        self.0
            .execute(
                "delete from staged_blob where id = $1 and state = 'reaping'",
                [id.into()],
            )
            .await?;
        Ok(())
    }

    /// Returns how many bytes the spool holds, over all workspaces: copies, pieces of uploads, and
    /// uploads that are not delivered yet.
    pub async fn bytes(&self) -> Result<u64, DbError> {
        let row = self
            .0
            .row(
                "select cast(coalesce(sum(size), 0) as bigint) as n from ( \
                 select size from staged_blob union all select size from upload_chunk \
                 union all select size from transfer where kind = 'deliver' \
                 and state in ('planned', 'copying', 'copied')) held",
                [],
            )
            .await?;
        let bytes: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(bytes as u64)
    }
}

pub(super) fn blob_of(row: &sea_orm::QueryResult) -> Result<StagedBlob, DbError> {
    let workspace: Uuid = row.try_get("", "workspace_id")?;
    Ok(StagedBlob {
        id: row.try_get("", "id")?,
        workspace: workspace.into(),
        key: row.try_get("", "object_key")?,
        size: row.try_get::<i64>("", "size")? as u64,
    })
}
