//! Pieces of uploads in the spool: a row before the first byte, so that nothing is ever left behind
//! unknown.

use stowage_domain::{Timestamp, UploadId};
use uuid::Uuid;

use super::{StagedBlob, repository, spool::blob_of, upload::over};
use crate::DbError;

repository!(
    /// Pieces of uploads of the scope's workspace, unless a method says otherwise.
    UploadChunks
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadChunk {
    pub id: Uuid,
    pub upload: UploadId,
    /// Where in the file it begins.
    pub begins_at: u64,
    pub size: u64,
    pub sha256: Vec<u8>,
    /// The key in central storage.
    pub key: String,
}

impl UploadChunks<'_> {
    /// Announces a piece that is about to be written.
    pub async fn insert(&self, chunk: &UploadChunk) -> Result<(), DbError> {
        let sql = format!(
            "insert into upload_chunk (id, workspace_id, upload_id, begins_at, size, sha256, \
             object_key, state, created_at) values ($1, $2, $3, $4, $5, $6, $7, 'staged', {})",
            self.0.now()
        );
        let values = [
            chunk.id.into(),
            self.0.workspace()?.0.into(),
            chunk.upload.0.into(),
            (chunk.begins_at as i64).into(),
            (chunk.size as i64).into(),
            chunk.sha256.clone().into(),
            chunk.key.clone().into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Makes a piece that is durable part of its upload. Fails when the reaper has it.
    pub async fn keep(&self, id: Uuid) -> Result<(), DbError> {
        let kept = self
            .0
            .execute(
                "update upload_chunk set state = 'live' \
                 where id = $1 and workspace_id = $2 and state = 'staged'",
                [id.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        if kept == 1 {
            Ok(())
        } else {
            Err(DbError::not_found("upload_chunk", id))
        }
    }

    /// Gives a piece to the reaper that will never be part of anything.
    pub async fn drop_staged(&self, id: Uuid) -> Result<(), DbError> {
        self.0
            .execute(
                "update upload_chunk set state = 'reaping' \
                 where id = $1 and workspace_id = $2 and state = 'staged'",
                [id.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(())
    }

    pub async fn count(&self, upload: UploadId) -> Result<u64, DbError> {
        let row = self
            .0
            .row(
                "select count(*) as n from upload_chunk where upload_id = $1 \
                 and workspace_id = $2",
                [upload.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }

    /// Returns the pieces that make up an upload, in their order.
    pub async fn of_upload(&self, upload: UploadId) -> Result<Vec<UploadChunk>, DbError> {
        let rows = self
            .0
            .rows(
                "select id, begins_at, size, sha256, object_key from upload_chunk \
                 where upload_id = $1 and workspace_id = $2 and state = 'live' order by begins_at",
                [upload.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(UploadChunk {
                    id: row.try_get("", "id")?,
                    upload,
                    begins_at: row.try_get::<i64>("", "begins_at")? as u64,
                    size: row.try_get::<i64>("", "size")? as u64,
                    sha256: row.try_get("", "sha256")?,
                    key: row.try_get("", "object_key")?,
                })
            })
            .collect()
    }

    /// Hands out pieces of all workspaces that nobody needs any more, at most `limit`: their upload
    /// is over, or they were announced before `staged_before` and never became part of it. Younger
    /// ones may be being written, even where somebody gave up the upload. From then on they are the
    /// reaper's.
    pub async fn take_reapable(
        &self,
        staged_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<StagedBlob>, DbError> {
        let sql = format!(
            "update upload_chunk set state = 'reaping' where id in ( \
               select c.id from upload_chunk c join upload u on u.id = c.upload_id \
               where c.state = 'reaping' or (c.state = 'staged' and c.created_at < $1) \
               or (c.state = 'live' and u.state in ({})) order by c.created_at limit {limit}) \
             returning id, workspace_id, object_key, size",
            over()
        );
        self.0
            .rows(&sql, [staged_before.micros().into()])
            .await?
            .iter()
            .map(blob_of)
            .collect()
    }

    /// Forgets pieces whose bytes are gone.
    pub async fn delete(&self, id: Uuid) -> Result<(), DbError> {
        self.0
            .execute(
                "delete from upload_chunk where id = $1 and state = 'reaping'",
                [id.into()],
            )
            .await?;
        Ok(())
    }
}
