//! The cold backup of central storage: which originals are copied, and how its place does.

use std::time::Duration;

use sea_orm::QueryResult;
use stowage_domain::{RemoteObjectId, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::{
    column::{moment, sum_of},
    repository,
};
use crate::DbError;

repository!(
    /// Copies of hosted originals in the cold backup.
    Backups
);

/// An original in central storage that has no copy yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToBackUp {
    pub object: RemoteObjectId,
    /// Its path in central storage, and in the backup.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// The SHA-256 of its content in hexadecimal digits.
    pub sha256: String,
}

/// A copy whose original has left central storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    pub object: RemoteObjectId,
    pub key: String,
}

/// What the backup lacks, over all workspaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behind {
    pub objects: u64,
    pub bytes: u64,
    /// Since when the oldest of them has been waiting.
    pub since: Option<Timestamp>,
    /// Copies whose originals are gone, and that are to go.
    pub to_remove: u64,
    /// Originals that could not be copied because central storage has lost or damaged them.
    pub unreadable: u64,
}

/// What is known of the place of the backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlace {
    /// Whether the settings name a place.
    pub is_on: bool,
    /// What it proved to be when it was first used; none before.
    pub identity: Option<String>,
    /// When it last did what it was asked.
    pub worked_at: Option<Timestamp>,
    /// Since when it has not been working, and why.
    pub failing_since: Option<Timestamp>,
    pub error: Option<String>,
}

/// Originals in central storage `o`, of its storages `s`, beside their copies `c`.
const HOSTED: &str = "remote_object o join storage s on s.id = o.storage_id and s.kind = 'central' \
     and o.present and o.role in ('original', 'copy') \
     left join backup_copy c on c.object_id = o.id";

/// What was copied before the backup was started over is to be copied again.
const MISSING: &str = "(c.copied_at is null \
     or c.copied_at < coalesce((select p.begun_at from backup_place p where p.id = 1), 0))";

/// Copies `c` whose originals are gone.
const LEFT: &str = "backup_copy c where not exists \
     (select 1 from remote_object o where o.id = c.object_id)";

impl Backups<'_> {
    /// Lists workspaces of the installation that have something to copy or to remove, and no job
    /// that does it.
    pub async fn due_workspaces(&self) -> Result<Vec<WorkspaceId>, DbError> {
        let now = self.0.now();
        let sql = format!(
            "select w.id from workspace w where w.deleting_at is null and not exists \
             (select 1 from job j where j.workspace_id = w.id and j.kind = 'back-up-originals' \
             and j.state in ('queued', 'running')) and (exists \
             (select 1 from {HOSTED} where s.workspace_id = w.id and {MISSING} \
             and (c.try_after is null or c.try_after <= {now})) \
             or exists (select 1 from {LEFT} and c.workspace_id = w.id)) limit 100"
        );
        let rows = self.0.rows(&sql, []).await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }

    /// Lists what the scope's workspace has to copy behind the key `after`, at most `limit`.
    pub async fn missing_after(&self, after: &str, limit: u32) -> Result<Vec<ToBackUp>, DbError> {
        let now = self.0.now();
        let sql = format!(
            "select o.id, o.remote_id, o.size, o.revision from {HOSTED} \
             where s.workspace_id = $1 and o.remote_id > $2 and {MISSING} \
             and (c.try_after is null or c.try_after <= {now}) \
             order by o.remote_id limit {limit}"
        );
        let values = [self.0.workspace()?.0.into(), after.into()];
        let rows = self.0.rows(&sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(ToBackUp {
                    object: row.try_get::<Uuid>("", "id")?.into(),
                    key: row.try_get("", "remote_id")?,
                    size: sum_of(row, "size")?,
                    sha256: row.try_get("", "revision")?,
                })
            })
            .collect()
    }

    /// Writes down that a copy is about to be made. False where it is not to be: its original has
    /// left, or the copy of another has its key and is to go first.
    pub async fn note(&self, original: &ToBackUp) -> Result<bool, DbError> {
        let values = [original.object.0.into(), self.0.workspace()?.0.into()];
        self.0
            .execute(
                "insert into backup_copy (object_id, workspace_id, object_key) \
                 select o.id, o.workspace_id, o.remote_id from remote_object o \
                 where o.id = $1 and o.workspace_id = $2 and o.present on conflict do nothing",
                values.clone(),
            )
            .await?;
        let sql = "select 1 as one from backup_copy c join remote_object o on o.id = c.object_id \
                   where c.object_id = $1 and c.workspace_id = $2";
        Ok(self.0.row(sql, values).await?.is_some())
    }

    /// Records that a copy was read back and is its original.
    pub async fn copied(&self, object: RemoteObjectId) -> Result<(), DbError> {
        let sql = format!(
            "update backup_copy set copied_at = {}, try_after = null, error = null \
             where object_id = $1 and workspace_id = $2",
            self.0.now()
        );
        let values = [object.0.into(), self.0.workspace()?.0.into()];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Records why an original could not be copied, to be tried again after `wait`. False where
    /// nothing is wrong: the original has left central storage, or is on its way out.
    pub async fn put_off(
        &self,
        object: RemoteObjectId,
        error: &str,
        wait: Duration,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update backup_copy set try_after = {} + $3, error = $4 \
             where object_id = $1 and workspace_id = $2 \
             and exists (select 1 from remote_object o where o.id = $1 and not exists \
             (select 1 from asset a where a.id = o.asset_id and a.lifecycle = 'purging') \
             and not exists (select 1 from external_op e where e.object_id = o.id \
             and e.state = 'intent'))",
            self.0.now()
        );
        let values = [
            object.0.into(),
            self.0.workspace()?.0.into(),
            (wait.as_micros() as i64).into(),
            error.into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Lists copies of the scope's workspace whose originals have left central storage. Purges and
    /// deliveries forget the original when they are done, so none of these is needed any more.
    pub async fn left(&self, limit: u32) -> Result<Vec<BackedUp>, DbError> {
        let sql = format!(
            "select c.object_id, c.object_key from {LEFT} and c.workspace_id = $1 limit {limit}"
        );
        let rows = self.0.rows(&sql, [self.0.workspace()?.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(BackedUp {
                    object: row.try_get::<Uuid>("", "object_id")?.into(),
                    key: row.try_get("", "object_key")?,
                })
            })
            .collect()
    }

    /// Forgets a copy that is confirmed gone.
    pub async fn forget(&self, object: RemoteObjectId) -> Result<(), DbError> {
        let values = [object.0.into(), self.0.workspace()?.0.into()];
        let sql = "delete from backup_copy where object_id = $1 and workspace_id = $2";
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Returns whether the scope's workspace has, or may have, anything in the backup.
    pub async fn has_copies(&self) -> Result<bool, DbError> {
        let sql = "select 1 as one from backup_copy where workspace_id = $1 limit 1";
        let row = self.0.row(sql, [self.0.workspace()?.0.into()]).await?;
        Ok(row.is_some())
    }

    /// Counts what the backup lacks, over all workspaces.
    pub async fn behind(&self) -> Result<Behind, DbError> {
        let sql = format!(
            "select count(*) as objects, cast(coalesce(sum(o.size), 0) as bigint) as bytes, \
             min(o.first_seen_at) as since, count(c.error) as unreadable, \
             (select count(*) from {LEFT}) as to_remove from {HOSTED} where {MISSING}"
        );
        let Some(row) = self.0.row(&sql, []).await? else {
            return Ok(Behind::default());
        };
        Ok(Behind {
            objects: sum_of(&row, "objects")?,
            bytes: sum_of(&row, "bytes")?,
            since: moment(&row, "since")?,
            to_remove: sum_of(&row, "to_remove")?,
            unreadable: sum_of(&row, "unreadable")?,
        })
    }

    /// Returns what is known of the place; none where there never was one.
    pub async fn place(&self) -> Result<Option<BackupPlace>, DbError> {
        let row = self
            .0
            .row("select * from backup_place where id = 1", [])
            .await?;
        row.as_ref().map(place_of).transpose()
    }

    /// Notes whether the settings name a place.
    pub async fn set_on(&self, is_on: bool) -> Result<(), DbError> {
        let sql = "update backup_place set is_on = $1 where id = 1";
        let known = self.0.execute(sql, [is_on.into()]).await?;
        if known == 0 && is_on {
            self.0
                .execute(
                    "insert into backup_place (id, is_on) values (1, true) on conflict do nothing",
                    [],
                )
                .await?;
        }
        Ok(())
    }

    /// Remembers what the place proved to be, unless that is known. Returns what is known.
    pub async fn learn_identity(&self, identity: &str) -> Result<String, DbError> {
        let sql = "update backup_place set identity = $1 where id = 1 and identity is null";
        self.0.execute(sql, [identity.into()]).await?;
        let known = self.place().await?.and_then(|place| place.identity);
        Ok(known.unwrap_or_else(|| identity.to_owned()))
    }

    /// Records that the place does not work. True where it did before.
    pub async fn fails(&self, error: &str) -> Result<bool, DbError> {
        let sql = "update backup_place set error = $1 where id = 1 and failing_since is not null";
        if self.0.execute(sql, [error.into()]).await? == 1 {
            return Ok(false);
        }
        let sql = format!(
            "update backup_place set error = $1, failing_since = {} where id = 1",
            self.0.now()
        );
        Ok(self.0.execute(&sql, [error.into()]).await? == 1)
    }

    /// Records that the place works. True where it did not before.
    pub async fn works(&self) -> Result<bool, DbError> {
        let had_failed = "update backup_place set failing_since = null, error = null \
                          where id = 1 and failing_since is not null";
        let had_failed = self.0.execute(had_failed, []).await? == 1;
        let sql = format!(
            "update backup_place set worked_at = {} where id = 1",
            self.0.now()
        );
        self.0.execute(&sql, []).await?;
        Ok(had_failed)
    }

    /// Takes whichever place answers next for the backup, and has every original compared with
    /// what lies there, or copied. False where there is no backup.
    pub async fn start_over(&self) -> Result<bool, DbError> {
        let sql = format!(
            "update backup_place set identity = null, failing_since = null, error = null, \
             begun_at = {} where id = 1",
            self.0.now()
        );
        Ok(self.0.execute(&sql, []).await? == 1)
    }
}

fn place_of(row: &QueryResult) -> Result<BackupPlace, DbError> {
    Ok(BackupPlace {
        is_on: row.try_get("", "is_on")?,
        identity: row.try_get("", "identity")?,
        worked_at: moment(row, "worked_at")?,
        failing_since: moment(row, "failing_since")?,
        error: row.try_get("", "error")?,
    })
}
