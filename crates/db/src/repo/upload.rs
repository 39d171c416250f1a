//! Files that people send: what was announced, how far it is, what became of it.

use sea_orm::QueryResult;
use stowage_domain::{AssetId, StorageId, Timestamp, UploadId, UploadState, UserId, WorkspaceId};
use uuid::Uuid;

use super::{
    Cursor, Page,
    column::{sum_of, word},
    repository,
};
use crate::DbError;

repository!(
    /// Uploads of the scope's workspace, unless a method says otherwise.
    Uploads
);

/// What somebody is about to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    pub id: UploadId,
    pub user: UserId,
    pub name: String,
    /// Where it lay, its folders joined by `/`; empty at the top.
    pub folder: String,
    pub size: u64,
    /// As the sender says.
    pub media_type: Option<String>,
    pub modified_at: Option<Timestamp>,
    /// `Upload-Metadata` as it came, to be told again.
    pub sent_metadata: String,
    /// Where its original goes, whatever is chosen later; none for central storage.
    pub target: Option<StorageId>,
    pub at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    pub id: UploadId,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub name: String,
    pub folder: String,
    pub size: u64,
    /// How many of its bytes are durable.
    pub offset: u64,
    pub media_type: Option<String>,
    pub modified_at: Option<Timestamp>,
    pub sent_metadata: String,
    /// Where its original goes; none for central storage.
    pub target: Option<StorageId>,
    pub state: UploadState,
    /// Of the whole, once it was read.
    pub sha256: Option<Vec<u8>>,
    pub asset: Option<AssetId>,
    /// The asset that had this content before.
    pub duplicate_of: Option<AssetId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Uploads<'_> {
    /// Makes an upload that has no bytes yet.
    pub async fn insert(&self, new: &NewUpload) -> Result<UploadRow, DbError> {
        let sql = format!(
            "insert into upload (id, workspace_id, user_id, name, folder, size, received, \
             media_type, modified_at, sent_metadata, state, created_at, updated_at, expires_at, \
             target_storage_id) \
             values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, '{}', $10, $10, $11, $12) returning *",
            UploadState::Receiving
        );
        let values = [
            new.id.0.into(),
            self.0.workspace()?.0.into(),
            new.user.0.into(),
            new.name.clone().into(),
            new.folder.clone().into(),
            (new.size as i64).into(),
            new.media_type.clone().into(),
            new.modified_at.map(Timestamp::micros).into(),
            new.sent_metadata.clone().into(),
            new.at.micros().into(),
            new.expires_at.micros().into(),
            new.target.map(Uuid::from).into(),
        ];
        let row = self.0.row(&sql, values).await?;
        upload_of(&row.ok_or_else(|| DbError::not_found("upload", new.id))?)
    }

    pub async fn find(&self, id: UploadId) -> Result<Option<UploadRow>, DbError> {
        let row = self
            .0
            .row(
                "select * from upload where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref().map(upload_of).transpose()
    }

    /// Lists the uploads of a member, the latest first.
    pub async fn list(
        &self,
        user: UserId,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<UploadRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "select * from upload where workspace_id = $1 and user_id = $2 \
             and (created_at, id) < ($3, $4) order by created_at desc, id desc limit {}",
            limit + 1
        );
        let values = [
            self.0.workspace()?.0.into(),
            user.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<UploadRow> = rows.iter().map(upload_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |row| Cursor {
            at: row.created_at,
            id: row.id.0,
        }))
    }

    /// Counts the uploads of a member that take bytes. Take the workspace's lock first, so that
    /// nothing comes between the count and what follows from it.
    pub async fn count_open(&self, user: UserId) -> Result<u64, DbError> {
        let sql = format!(
            "select count(*) as n from upload where workspace_id = $1 and user_id = $2 \
             and state = '{}'",
            UploadState::Receiving
        );
        let values = [self.0.workspace()?.0.into(), user.0.into()];
        let row = self.0.row(&sql, values).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }

    /// Returns how many bytes of the workspace are in central storage for good, or announced to
    /// go there. Under the same lock.
    pub async fn central_bytes(&self) -> Result<u64, DbError> {
        let workspace = self.0.workspace()?;
        let sql = format!(
            "select (select cast(coalesce(sum(size), 0) as bigint) from remote_object \
             where storage_id = $2) \
             + (select cast(coalesce(sum(size), 0) as bigint) from upload \
             where workspace_id = $1 and state in ('{}', '{}')) as bytes",
            UploadState::Receiving,
            UploadState::Complete,
        );
        let central = StorageId::central_of(workspace);
        let row = self
            .0
            .row(&sql, [workspace.0.into(), central.0.into()])
            .await?;
        row.map_or(Ok(0), |row| sum_of(&row, "bytes"))
    }

    /// Moves the end of an upload from `from` to `to`; where that is all of it, it is complete.
    /// False when somebody else moved it, or it takes no bytes any more.
    pub async fn advance(
        &self,
        id: UploadId,
        (from, to): (u64, u64),
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update upload set received = $4, updated_at = $5, expires_at = $6, \
             state = case when size = $4 then '{complete}' else state end \
             where id = $1 and workspace_id = $2 and received = $3 and state = '{receiving}' \
             and size >= $4",
            complete = UploadState::Complete,
            receiving = UploadState::Receiving,
        );
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            (from as i64).into(),
            (to as i64).into(),
            at.micros().into(),
            expires_at.micros().into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Makes an upload end where it is: for those whose size is known only when they do.
    pub async fn end_here(&self, id: UploadId, at: Timestamp) -> Result<bool, DbError> {
        let sql = format!(
            "update upload set size = received, state = '{}', updated_at = $3 \
             where id = $1 and workspace_id = $2 and state = '{}'",
            UploadState::Complete,
            UploadState::Receiving,
        );
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            at.micros().into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Moves an upload from one state to another. False when it is not in the first.
    pub async fn become_state(
        &self,
        id: UploadId,
        (from, to): (UploadState, UploadState),
        at: Timestamp,
    ) -> Result<bool, DbError> {
        debug_assert!(from.may_become(to), "{from} never becomes {to}");
        let changed = self
            .0
            .execute(
                "update upload set state = $4, updated_at = $5 \
                 where id = $1 and workspace_id = $2 and state = $3",
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    from.as_str().into(),
                    to.as_str().into(),
                    at.micros().into(),
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Remembers the hash of the whole, which names the original before its first byte is written.
    pub async fn set_sha256(&self, id: UploadId, sha256: &[u8]) -> Result<(), DbError> {
        self.0
            .execute(
                "update upload set sha256 = $3 where id = $1 and workspace_id = $2",
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    sha256.to_vec().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Remembers what became of an upload: its asset, and the one that had its content before.
    pub async fn set_outcome(
        &self,
        id: UploadId,
        asset: AssetId,
        duplicate_of: Option<AssetId>,
    ) -> Result<(), DbError> {
        self.0
            .execute(
                "update upload set asset_id = $3, duplicate_of = $4 \
                 where id = $1 and workspace_id = $2",
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    asset.0.into(),
                    duplicate_of.map(Uuid::from).into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Gives up uploads of all workspaces that nobody went on with, at most `limit`.
    pub async fn expire(&self, now: Timestamp, limit: u32) -> Result<u64, DbError> {
        let sql = format!(
            "update upload set state = '{expired}', updated_at = $1 where id in ( \
             select id from upload where state = '{receiving}' and expires_at < $1 \
             order by expires_at limit {limit}) and state = '{receiving}' and expires_at < $1",
            expired = UploadState::Expired,
            receiving = UploadState::Receiving,
        );
        self.0.execute(&sql, [now.micros().into()]).await
    }

    /// Forgets uploads of all workspaces that were over before `before` and have nothing left in
    /// the spool, at most `limit`.
    pub async fn delete_over(&self, before: Timestamp, limit: u32) -> Result<u64, DbError> {
        let sql = format!(
            "delete from upload where id in (select u.id from upload u \
             where u.state in ({}) and u.updated_at < $1 \
             and not exists (select 1 from upload_chunk c where c.upload_id = u.id) limit {limit})",
            over()
        );
        self.0.execute(&sql, [before.micros().into()]).await
    }
}

/// Returns the states of uploads that are over, as SQL.
pub(super) fn over() -> String {
    let over = UploadState::ALL.iter().filter(|state| state.is_over());
    let quoted: Vec<String> = over.map(|state| format!("'{state}'")).collect();
    quoted.join(", ")
}

fn upload_of(row: &QueryResult) -> Result<UploadRow, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    let asset = |column: &str| -> Result<Option<AssetId>, DbError> {
        Ok(row.try_get::<Option<Uuid>>("", column)?.map(Into::into))
    };
    Ok(UploadRow {
        id: uuid("id")?.into(),
        workspace: uuid("workspace_id")?.into(),
        user: uuid("user_id")?.into(),
        name: row.try_get("", "name")?,
        folder: row.try_get("", "folder")?,
        size: sum_of(row, "size")?,
        offset: sum_of(row, "received")?,
        media_type: row.try_get("", "media_type")?,
        modified_at: row
            .try_get::<Option<i64>>("", "modified_at")?
            .map(Timestamp),
        sent_metadata: row.try_get("", "sent_metadata")?,
        target: row
            .try_get::<Option<Uuid>>("", "target_storage_id")?
            .map(Into::into),
        state: word(row, "upload", "state")?,
        sha256: row.try_get("", "sha256")?,
        asset: asset("asset_id")?,
        duplicate_of: asset("duplicate_of")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        expires_at: Timestamp(row.try_get("", "expires_at")?),
    })
}
