//! Objects of storages: the catalog's side of a scan, and the link to assets.

use sea_orm::{ActiveValue::Set, EntityTrait, QueryResult, sea_query::OnConflict};
use stowage_domain::{
    AssetId, ObjectRole, Presence, RemoteObjectId, StorageId, Timestamp, WorkspaceId, scan::Known,
    scan::Seen,
};
use uuid::Uuid;

use super::{
    column::{moment, word},
    repository,
};
use crate::{DbError, entity::remote_object};

repository!(
    /// Objects of the scope's workspace.
    Objects
);

/// Rows in one statement: SQLite takes at most 32,766 values.
const ROWS_PER_STATEMENT: usize = 2_000;

/// An object that a scan saw for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewObject {
    pub id: RemoteObjectId,
    pub seen: Seen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    pub id: RemoteObjectId,
    pub workspace: WorkspaceId,
    pub storage: StorageId,
    pub remote_id: String,
    pub path: String,
    pub size: u64,
    pub modified_at: Option<Timestamp>,
    pub revision: String,
    pub role: ObjectRole,
    pub present: bool,
    pub absent_since: Option<Timestamp>,
    /// Since when it is there again although it is marked as gone.
    pub back_since: Option<Timestamp>,
    /// When an administrator said that it may come back.
    pub restored_at: Option<Timestamp>,
    pub asset: Option<AssetId>,
    pub imported_revision: Option<String>,
}

impl ObjectRow {
    pub fn presence(&self) -> Presence {
        Presence::of(
            self.present,
            self.back_since.is_some(),
            self.restored_at.is_some(),
        )
    }
}

impl Objects<'_> {
    /// Returns what the catalog knows of a storage after `after`, in the byte order of remote
    /// ids, at most `limit` rows.
    pub async fn known_after(
        &self,
        storage: StorageId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Known>, DbError> {
        let sql = format!(
            "select id, remote_id, path, revision, role, present, back_since, restored_at \
             from remote_object \
             where storage_id = $1 and remote_id > $2 order by remote_id limit {limit}"
        );
        let rows = self.0.rows(&sql, [storage.0.into(), after.into()]).await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("", "id")?;
                Ok(Known {
                    id: id.into(),
                    remote_id: row.try_get("", "remote_id")?,
                    path: row.try_get("", "path")?,
                    revision: row.try_get("", "revision")?,
                    presence: presence_of(row)?,
                    is_own: word::<ObjectRole>(row, "remote_object", "role")? == ObjectRole::Own,
                })
            })
            .collect()
    }

    pub async fn count_present(&self, storage: StorageId) -> Result<u64, DbError> {
        let row = self
            .0
            .row(
                "select count(*) as n from remote_object where storage_id = $1 and present",
                [storage.0.into()],
            )
            .await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }

    /// Adds objects. One whose place was taken meanwhile, by a delivery that reserved it, is not
    /// added.
    pub async fn insert_many(
        &self,
        storage: StorageId,
        objects: &[NewObject],
        at: Timestamp,
    ) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        for batch in objects.chunks(ROWS_PER_STATEMENT) {
            let rows = batch.iter().map(|object| remote_object::ActiveModel {
                id: Set(object.id.0),
                workspace_id: Set(workspace.0),
                storage_id: Set(storage.0),
                remote_id: Set(object.seen.remote_id.clone()),
                path: Set(object.seen.path.clone()),
                size: Set(object.seen.size as i64),
                modified_at: Set(object.seen.modified_at.map(Timestamp::micros)),
                revision: Set(object.seen.revision.clone()),
                role: Set(ObjectRole::Original.as_str().to_owned()),
                present: Set(true),
                absent_since: Set(None),
                first_seen_at: Set(at.micros()),
                asset_id: Set(None),
                imported_revision: Set(None),
                back_since: Set(None),
                restored_at: Set(None),
            });
            remote_object::Entity::insert_many(rows)
                .on_conflict(known_already())
                .exec_without_returning(&self.0.inner)
                .await?;
        }
        Ok(())
    }

    /// Takes over what a listing says of an object that is known.
    pub async fn update_seen(&self, id: RemoteObjectId, seen: &Seen) -> Result<(), DbError> {
        self.0.bin().note_return(id).await?;
        self.0
            .execute(
                "update remote_object set path = $2, size = $3, modified_at = $4, revision = $5, \
                 present = true, absent_since = null, back_since = null, restored_at = null \
                 where id = $1",
                [
                    id.0.into(),
                    seen.path.clone().into(),
                    (seen.size as i64).into(),
                    seen.modified_at.map(Timestamp::micros).into(),
                    seen.revision.clone().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Marks an object as back, unchanged. Returns whose original it is.
    pub async fn mark_returned(&self, id: RemoteObjectId) -> Result<Option<AssetId>, DbError> {
        self.0.bin().note_return(id).await?;
        self.mark(
            "update remote_object set present = true, absent_since = null, back_since = null, \
             restored_at = null where id = $1 returning asset_id",
            vec![id.0.into()],
        )
        .await
    }

    /// Marks an object as gone from its storage, if it still is as it was judged. One that never
    /// became an asset, or whose asset moved on, is forgotten. Returns whose original it was.
    pub async fn mark_absent(
        &self,
        id: RemoteObjectId,
        revision: &str,
    ) -> Result<Option<AssetId>, DbError> {
        let sql = format!(
            "update remote_object set present = false, absent_since = {}, back_since = null, \
             restored_at = null where id = $1 and revision = $2 and present returning asset_id",
            self.0.now()
        );
        let asset = self.mark(&sql, vec![id.0.into(), revision.into()]).await?;
        self.0
            .execute(
                "delete from remote_object where id = $1 and not present and asset_id is null",
                [id.0.into()],
            )
            .await?;
        Ok(asset)
    }

    /// Notes that an object which is marked as gone was seen again, or that it left once more.
    /// Returns whose original it is.
    pub async fn mark_back(
        &self,
        id: RemoteObjectId,
        is_back: bool,
    ) -> Result<Option<AssetId>, DbError> {
        let since = if is_back {
            self.0.bin().note_return(id).await?;
            self.0.now()
        } else {
            "null".to_owned()
        };
        let sql = format!(
            "update remote_object set back_since = {since} where id = $1 and not present \
             and restored_at is null returning asset_id"
        );
        self.mark(&sql, vec![id.0.into()]).await
    }

    async fn mark(
        &self,
        sql: &str,
        values: Vec<sea_orm::Value>,
    ) -> Result<Option<AssetId>, DbError> {
        let row = self.0.row(sql, values).await?;
        let asset: Option<Uuid> = row
            .map(|row| row.try_get("", "asset_id"))
            .transpose()?
            .flatten();
        Ok(asset.map(Into::into))
    }

    /// Lets the objects of an asset that are marked as gone be taken for it again as soon as they
    /// are seen. Returns how many there are.
    pub async fn restore(&self, asset: AssetId) -> Result<u64, DbError> {
        let sql = format!(
            "update remote_object set restored_at = coalesce(restored_at, {}) \
             where asset_id = $1 and workspace_id = $2 and not present",
            self.0.now()
        );
        let values = [asset.0.into(), self.0.workspace()?.0.into()];
        self.0.execute(&sql, values).await
    }

    pub async fn find(&self, id: RemoteObjectId) -> Result<Option<ObjectRow>, DbError> {
        let row = self
            .0
            .row(
                "select * from remote_object where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.as_ref().map(object_of).transpose()
    }

    /// Returns the objects of an asset, the original first.
    pub async fn of_asset(&self, asset: AssetId) -> Result<Vec<ObjectRow>, DbError> {
        let rows = self
            .0
            .rows(
                "select * from remote_object where asset_id = $1 and workspace_id = $2 \
                 order by role desc, first_seen_at limit 100",
                [asset.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter().map(object_of).collect()
    }

    /// Returns the originals in `storage` whose asset has this content, other than `but`.
    pub async fn originals_with_content(
        &self,
        storage: StorageId,
        sha256: &[u8],
        but: RemoteObjectId,
    ) -> Result<Vec<ObjectRow>, DbError> {
        let rows = self
            .0
            .rows(
                "select o.* from asset a join remote_object o on o.asset_id = a.id \
                 where a.workspace_id = $1 and a.sha256 = $2 \
                 and o.storage_id = $3 and o.id <> $4 order by o.present, o.first_seen_at limit 20",
                [
                    self.0.workspace()?.0.into(),
                    sha256.to_vec().into(),
                    storage.0.into(),
                    but.0.into(),
                ],
            )
            .await?;
        rows.iter().map(object_of).collect()
    }

    /// Forgets an object that was deleted for a committed reason, unless another file has its
    /// place already.
    pub async fn delete_purged(
        &self,
        id: RemoteObjectId,
        asset: AssetId,
        revision: &str,
    ) -> Result<(), DbError> {
        let values = [
            id.0.into(),
            asset.0.into(),
            revision.into(),
            self.0.workspace()?.0.into(),
        ];
        self.0
            .execute(
                "delete from remote_object where id = $1 and asset_id = $2 \
                 and imported_revision = $3 and workspace_id = $4",
                values,
            )
            .await?;
        Ok(())
    }

    /// Records that `revision` of an object was imported into `asset`. False when the object
    /// became something else meanwhile.
    pub async fn set_imported(
        &self,
        id: RemoteObjectId,
        revision: &str,
        asset: AssetId,
    ) -> Result<bool, DbError> {
        let changed = self
            .0
            .execute(
                "update remote_object set asset_id = $3, imported_revision = $2 \
                 where id = $1 and workspace_id = $4",
                [
                    id.0.into(),
                    revision.into(),
                    asset.0.into(),
                    self.0.workspace()?.0.into(),
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Says why an object is known.
    pub async fn set_role(&self, id: RemoteObjectId, role: ObjectRole) -> Result<(), DbError> {
        self.0
            .execute(
                "update remote_object set role = $3 where id = $1 and workspace_id = $2",
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    role.as_str().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Keeps an object as one whose content the workspace has already: it becomes no asset as long
    /// as it is unchanged.
    pub async fn set_duplicate(&self, id: RemoteObjectId, revision: &str) -> Result<(), DbError> {
        let sql = format!(
            "update remote_object set role = '{}', imported_revision = $3 \
             where id = $1 and workspace_id = $2 and asset_id is null",
            ObjectRole::Duplicate
        );
        let values = [id.0.into(), self.0.workspace()?.0.into(), revision.into()];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Forgets the objects of a storage that were held as duplicates: to the next scan they are new.
    pub async fn forget_duplicates(&self, storage: StorageId) -> Result<u64, DbError> {
        let sql = format!(
            "delete from remote_object where storage_id = $1 and workspace_id = $2 \
             and role = '{}' and asset_id is null",
            ObjectRole::Duplicate
        );
        let values = [storage.0.into(), self.0.workspace()?.0.into()];
        self.0.execute(&sql, values).await
    }

    /// Counts the objects of a storage that were held as duplicates.
    pub async fn count_duplicates(&self, storage: StorageId) -> Result<u64, DbError> {
        let sql = format!(
            "select count(*) as n from remote_object where storage_id = $1 and workspace_id = $2 \
             and role = '{}'",
            ObjectRole::Duplicate
        );
        let values = [storage.0.into(), self.0.workspace()?.0.into()];
        let row = self.0.row(&sql, values).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }

    /// Forgets the object at the place that an asset moved away from. False when somebody else
    /// did, or when it is no longer the asset's. Should anything appear there, it is new.
    pub async fn detach(&self, id: RemoteObjectId, asset: AssetId) -> Result<bool, DbError> {
        let detached = self
            .0
            .execute(
                "delete from remote_object where id = $1 and asset_id = $2 and workspace_id = $3",
                [id.0.into(), asset.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(detached == 1)
    }

    /// Returns whether the original of an asset lies in any place but the one that it left.
    pub async fn has_other_places(
        &self,
        asset: AssetId,
        but: RemoteObjectId,
    ) -> Result<bool, DbError> {
        let row = self
            .0
            .row(
                "select 1 as one from remote_object where asset_id = $1 and workspace_id = $2 \
                 and id <> $3 and present and role in ('original', 'copy') limit 1",
                [asset.0.into(), self.0.workspace()?.0.into(), but.0.into()],
            )
            .await?;
        Ok(row.is_some())
    }
}

fn known_already() -> OnConflict {
    OnConflict::columns([
        remote_object::Column::StorageId,
        remote_object::Column::RemoteId,
    ])
    .do_nothing()
    .to_owned()
}

pub(super) fn presence_of(row: &QueryResult) -> Result<Presence, DbError> {
    Ok(Presence::of(
        row.try_get("", "present")?,
        moment(row, "back_since")?.is_some(),
        moment(row, "restored_at")?.is_some(),
    ))
}

fn object_of(row: &QueryResult) -> Result<ObjectRow, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    Ok(ObjectRow {
        id: uuid("id")?.into(),
        workspace: uuid("workspace_id")?.into(),
        storage: uuid("storage_id")?.into(),
        remote_id: row.try_get("", "remote_id")?,
        path: row.try_get("", "path")?,
        size: row.try_get::<i64>("", "size")? as u64,
        modified_at: row
            .try_get::<Option<i64>>("", "modified_at")?
            .map(Timestamp),
        revision: row.try_get("", "revision")?,
        role: word(row, "remote_object", "role")?,
        present: row.try_get("", "present")?,
        absent_since: moment(row, "absent_since")?,
        back_since: moment(row, "back_since")?,
        restored_at: moment(row, "restored_at")?,
        asset: row.try_get::<Option<Uuid>>("", "asset_id")?.map(Into::into),
        imported_revision: row.try_get("", "imported_revision")?,
    })
}
