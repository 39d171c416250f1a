//! Names in a target, reserved by a row before the first byte is written under them. The row is
//! what the reaper goes by, too: it deletes nothing that no row names.

use stowage_domain::{
    AssetId, ObjectRole, RemoteObjectId, StorageId, Timestamp, WorkspaceId, naming::numbered,
    scan::Seen,
};
use uuid::Uuid;

use super::{OPEN, TransferRow, Transfers};
use crate::DbError;

/// A name that was reserved for a copy of which nothing came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub object: RemoteObjectId,
    pub workspace: WorkspaceId,
    pub storage: StorageId,
    pub path: String,
    /// In bytes, of what was to be written.
    pub size: u64,
    /// Of what was written; empty where that is not known.
    pub revision: String,
    /// Of what was to be written there; none where that is not known.
    pub sha256: Option<Vec<u8>>,
}

/// Numbers the last segment of a path.
fn numbered_path(path: &str, number: u32) -> String {
    match path.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{}", numbered(name, number)),
        None => numbered(path, number),
    }
}

impl Transfers<'_> {
    /// Reserves the first free name for a transfer's copy: `path`, or the same with a number, from
    /// `from` on. Returns it with its number.
    pub async fn reserve(
        &self,
        row: &TransferRow,
        object: RemoteObjectId,
        (path, from): (&str, u32),
    ) -> Result<(String, u32), DbError> {
        loop {
            let number = self.free_number(row.target, (path, from)).await?;
            let path = numbered_path(path, number);
            if self.reserve_exactly(row, object, &path).await? {
                return Ok((path, number));
            }
        }
    }

    /// Looks for a number whose name no row has: ever further out, then back.
    async fn free_number(
        &self,
        storage: StorageId,
        (path, from): (&str, u32),
    ) -> Result<u32, DbError> {
        let (mut taken, mut free, mut step) = (from.saturating_sub(1), from.max(1), 1);
        while self.is_taken(storage, &numbered_path(path, free)).await? {
            taken = free;
            free += step;
            step *= 2;
        }
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2;
            if self.is_taken(storage, &numbered_path(path, middle)).await? {
                taken = middle;
            } else {
                free = middle;
            }
        }
        Ok(free)
    }

    async fn is_taken(&self, storage: StorageId, path: &str) -> Result<bool, DbError> {
        let found = self
            .0
            .row(
                "select 1 as one from remote_object where storage_id = $1 and remote_id = $2",
                [storage.0.into(), path.into()],
            )
            .await?;
        Ok(found.is_some())
    }

    async fn reserve_exactly(
        &self,
        row: &TransferRow,
        object: RemoteObjectId,
        path: &str,
    ) -> Result<bool, DbError> {
        let workspace = self.0.workspace()?;
        let sql = format!(
            "insert into remote_object (id, workspace_id, storage_id, remote_id, path, size, \
             revision, role, present, first_seen_at) \
             values ($1, $2, $3, $4, $4, $5, '', '{}', false, {}) on conflict do nothing",
            ObjectRole::Own,
            self.0.now()
        );
        let values = [
            object.0.into(),
            workspace.0.into(),
            row.target.0.into(),
            path.into(),
            (row.size as i64).into(),
        ];
        if self.0.execute(&sql, values).await? == 0 {
            return Ok(false);
        }
        self.0
            .execute(
                "update transfer set target_object_id = $3, path = $4 \
                 where id = $1 and workspace_id = $2",
                [
                    row.id.0.into(),
                    workspace.0.into(),
                    object.0.into(),
                    path.into(),
                ],
            )
            .await?;
        Ok(true)
    }

    /// Gives a reserved name back: somebody else's file lies there. The scan makes of that what it
    /// makes of any.
    pub async fn give_name_back(&self, object: RemoteObjectId) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let values = || [object.0.into(), workspace.0.into()];
        let sql = format!(
            "delete from remote_object where id = $1 and workspace_id = $2 and role = '{}'",
            ObjectRole::Own
        );
        self.0.execute(&sql, values()).await?;
        self.leave_name(object).await
    }

    /// Takes a transfer off the name that it reserved; what lies there is the reaper's.
    pub async fn leave_name(&self, object: RemoteObjectId) -> Result<(), DbError> {
        let sql = format!(
            "update transfer set target_object_id = null, path = null \
             where target_object_id = $1 and workspace_id = $2 and state in {OPEN}"
        );
        self.0
            .execute(&sql, [object.0.into(), self.0.workspace()?.0.into()])
            .await?;
        Ok(())
    }

    /// Remembers what was written under a reserved name, so that it is known again.
    pub async fn note_written(
        &self,
        object: RemoteObjectId,
        written: &Seen,
    ) -> Result<(), DbError> {
        let sql = format!(
            "update remote_object set size = $3, modified_at = $4, revision = $5 \
             where id = $1 and workspace_id = $2 and role = '{}'",
            ObjectRole::Own
        );
        let values = [
            object.0.into(),
            self.0.workspace()?.0.into(),
            (written.size as i64).into(),
            written.modified_at.map(Timestamp::micros).into(),
            written.revision.clone().into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Makes a reserved row the asset's: its original, or a further copy. False when the reaper has
    /// it.
    pub async fn adopt(
        &self,
        object: RemoteObjectId,
        (asset, role): (AssetId, ObjectRole),
        written: &Seen,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update remote_object set role = $3, asset_id = $4, size = $5, modified_at = $6, \
             revision = $7, imported_revision = $7, present = true \
             where id = $1 and workspace_id = $2 and role = '{}'",
            ObjectRole::Own
        );
        let values = [
            object.0.into(),
            self.0.workspace()?.0.into(),
            role.as_str().into(),
            asset.0.into(),
            (written.size as i64).into(),
            written.modified_at.map(Timestamp::micros).into(),
            written.revision.clone().into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Makes the source of a transfer a further copy, if it still is what was copied. False when it
    /// became something else.
    pub async fn step_down(
        &self,
        object: RemoteObjectId,
        asset: AssetId,
        revision: &str,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update remote_object set role = '{}' where id = $1 and asset_id = $2 \
             and imported_revision = $3 and workspace_id = $4",
            ObjectRole::Copy
        );
        let values = [
            object.0.into(),
            asset.0.into(),
            revision.into(),
            self.0.workspace()?.0.into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Lists reserved names of all workspaces, older than `before`, that no open transfer has.
    pub async fn leftovers(&self, before: Timestamp, limit: u32) -> Result<Vec<Leftover>, DbError> {
        let sql = format!(
            "select o.id, o.workspace_id, o.storage_id, o.path, o.size, o.revision, \
             (select t.sha256 from transfer t where t.target_object_id = o.id limit 1) as sha256 \
             from remote_object o join storage s on s.id = o.storage_id \
             where o.role = '{}' and o.first_seen_at < $1 and s.is_on \
             and o.absent_since is null and not exists \
             (select 1 from transfer t where t.target_object_id = o.id and t.state in {OPEN}) \
             order by o.first_seen_at limit {limit}",
            ObjectRole::Own
        );
        let rows = self.0.rows(&sql, [before.micros().into()]).await?;
        rows.iter()
            .map(|row| {
                let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
                Ok(Leftover {
                    object: uuid("id")?.into(),
                    workspace: uuid("workspace_id")?.into(),
                    storage: uuid("storage_id")?.into(),
                    path: row.try_get("", "path")?,
                    size: row.try_get::<i64>("", "size")? as u64,
                    revision: row.try_get("", "revision")?,
                    sha256: row.try_get("", "sha256")?,
                })
            })
            .collect()
    }

    /// Notes which content is to go from under a reserved name, before its storage is asked. False
    /// where the name is not, or no longer, one that nobody wants.
    pub async fn intend_clearing(
        &self,
        object: RemoteObjectId,
        revision: &str,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update remote_object set revision = $3 where id = $1 and workspace_id = $2 \
             and role = '{}' and not exists (select 1 from transfer t \
             where t.target_object_id = $1 and t.state in {OPEN})",
            ObjectRole::Own
        );
        let values = [
            object.0.into(),
            self.0.workspace()?.0.into(),
            revision.into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Leaves what lies under a reserved name where it is, known and never imported: its storage
    /// cannot delete it safely.
    pub async fn let_leftover_be(&self, object: RemoteObjectId) -> Result<(), DbError> {
        let sql = format!(
            "update remote_object set absent_since = {} where id = $1 and workspace_id = $2 \
             and role = '{}'",
            self.0.now(),
            ObjectRole::Own
        );
        self.0
            .execute(&sql, [object.0.into(), self.0.workspace()?.0.into()])
            .await?;
        Ok(())
    }
}
