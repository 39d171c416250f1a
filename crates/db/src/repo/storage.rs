//! Storages and their settings.

use sea_orm::QueryResult;
use stowage_domain::{
    Access, Behaviour, KeepLocalCopy, OffMeans, OnDuplicate, OnMove, OnPurge, OnReturn, StorageId,
    StorageKind, Timestamp, WorkspaceId, scan::Proof,
};
use uuid::Uuid;

use super::{column::word, repository};
use crate::DbError;

mod health;
mod overview;

pub use health::Health;
pub use overview::StorageOverview;

repository!(
    /// Storages of the scope's workspace, unless a method says otherwise.
    Storages
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStorage {
    pub id: StorageId,
    pub kind: StorageKind,
    pub name: String,
    /// The kind's settings as JSON, without anything secret.
    pub settings: String,
    pub access: Access,
    pub on_purge: OnPurge,
    pub behaviour: Behaviour,
    pub scan_interval_seconds: i64,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageRow {
    pub id: StorageId,
    pub workspace: WorkspaceId,
    pub kind: StorageKind,
    pub name: String,
    pub settings: String,
    pub access: Access,
    pub on_purge: OnPurge,
    pub behaviour: Behaviour,
    pub is_on: bool,
    /// When its marker file was written; none where it carries none.
    pub marked_at: Option<Timestamp>,
    pub scan_interval_seconds: i64,
    pub delivery: DeliverySettings,
    pub created_at: Timestamp,
}

/// How originals come into a storage as the main one, and out of it as a collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverySettings {
    /// Empty for the default.
    pub file_name_pattern: String,
    /// Folders before everything else; may be empty.
    pub path_prefix: String,
    pub keep_local_copy: KeepLocalCopy,
    /// For how many times 24 hours the copy in central storage stays, where it stays for days.
    pub keep_local_days: i32,
    /// Its files are moved to the main storage.
    pub moves_to_main: bool,
    /// How long a collected file stays after it was delivered.
    pub collector_hold_hours: i32,
    /// What becomes of a collected file whose content the workspace has.
    pub on_duplicate: OnDuplicate,
    /// It gets a copy of each new original.
    pub delivery_copy: bool,
}

impl StorageRow {
    /// Returns how the storage shows that it is the place that was connected.
    pub fn proof(&self) -> Proof {
        match self.marked_at {
            Some(_) => Proof::Own,
            None => self.kind.proof(),
        }
    }
}

/// What a person may change; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageUpdate {
    pub name: Option<String>,
    pub settings: Option<String>,
    pub is_on: Option<bool>,
    pub access: Option<Access>,
    pub on_purge: Option<OnPurge>,
    pub on_return: Option<OnReturn>,
    pub on_move: Option<OnMove>,
    pub off_means: Option<OffMeans>,
    pub check_duplicates: Option<bool>,
    pub scan_interval_seconds: Option<i64>,
    pub delivery: Option<DeliverySettings>,
}

const COLUMNS: &str = "s.id, s.workspace_id, s.kind, s.name, s.settings, s.access, s.on_purge, \
     s.on_return, s.on_move, s.marked_at, s.is_on, s.off_hides_originals, s.check_duplicates, \
     s.scan_interval_seconds, s.created_at, s.file_name_pattern, s.path_prefix, s.keep_local_copy, \
     s.keep_local_days, s.moves_to_main, s.collector_hold_hours, s.on_duplicate, s.delivery_copy";

impl Storages<'_> {
    pub async fn insert(&self, new: &NewStorage) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "insert into storage (id, workspace_id, kind, name, settings, access, on_purge, \
                 is_on, scan_interval_seconds, created_at, updated_at, on_return, on_move, \
                 off_hides_originals, check_duplicates) \
                 values ($1, $2, $3, $4, $5, $6, $7, true, $8, $9, $9, $10, $11, $12, $13)",
                [
                    new.id.0.into(),
                    workspace.0.into(),
                    new.kind.as_str().into(),
                    new.name.clone().into(),
                    new.settings.clone().into(),
                    new.access.as_str().into(),
                    new.on_purge.as_str().into(),
                    new.scan_interval_seconds.into(),
                    new.at.micros().into(),
                    new.behaviour.on_return.as_str().into(),
                    new.behaviour.on_move.as_str().into(),
                    hides_originals(new.behaviour.off_means).into(),
                    new.behaviour.check_duplicates.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Returns the storage that stands for central storage in the workspace, made at its first use.
    pub async fn ensure_central(&self) -> Result<StorageId, DbError> {
        let workspace = self.0.workspace()?;
        let id = StorageId::central_of(workspace);
        let sql = format!(
            "insert into storage (id, workspace_id, kind, name, settings, access, on_purge, \
             is_on, off_hides_originals, scan_interval_seconds, created_at, updated_at) \
             values ($1, $2, $3, 'Central storage', '{{}}', $4, $5, true, false, 0, {now}, {now}) \
             on conflict (id) do nothing",
            now = self.0.now()
        );
        let values = [
            id.0.into(),
            workspace.0.into(),
            StorageKind::Central.as_str().into(),
            Access::ReadWrite.as_str().into(),
            OnPurge::Delete.as_str().into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(id)
    }

    pub async fn find(&self, id: StorageId) -> Result<Option<StorageRow>, DbError> {
        let sql =
            format!("select {COLUMNS} from storage s where s.id = $1 and s.workspace_id = $2");
        let row = self
            .0
            .row(&sql, [id.0.into(), self.0.workspace()?.0.into()])
            .await?;
        row.as_ref().map(storage_of).transpose()
    }

    pub async fn get(&self, id: StorageId) -> Result<StorageRow, DbError> {
        self.find(id)
            .await?
            .ok_or_else(|| DbError::not_found("storage", id))
    }

    pub async fn count(&self) -> Result<u64, DbError> {
        let row = self
            .0
            .row(
                "select count(*) as n from storage where workspace_id = $1 and kind <> 'central'",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }

    pub async fn update(&self, id: StorageId, update: &StorageUpdate) -> Result<(), DbError> {
        let row = self.get(id).await?;
        let known = row.behaviour;
        let delivery = update.delivery.clone().unwrap_or(row.delivery);
        let sql = format!(
            "update storage set name = $3, settings = $4, is_on = $5, on_purge = $6, \
             scan_interval_seconds = $7, on_return = $8, on_move = $9, off_hides_originals = $10, \
             access = $11, file_name_pattern = $12, path_prefix = $13, keep_local_copy = $14, \
             keep_local_days = $15, moves_to_main = $16, collector_hold_hours = $17, \
             on_duplicate = $18, delivery_copy = $19, check_duplicates = $20, updated_at = {} \
             where id = $1 and workspace_id = $2",
            self.0.now()
        );
        self.0
            .execute(
                &sql,
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    update.name.clone().unwrap_or(row.name).into(),
                    update.settings.clone().unwrap_or(row.settings).into(),
                    update.is_on.unwrap_or(row.is_on).into(),
                    update.on_purge.unwrap_or(row.on_purge).as_str().into(),
                    update
                        .scan_interval_seconds
                        .unwrap_or(row.scan_interval_seconds)
                        .into(),
                    update.on_return.unwrap_or(known.on_return).as_str().into(),
                    update.on_move.unwrap_or(known.on_move).as_str().into(),
                    hides_originals(update.off_means.unwrap_or(known.off_means)).into(),
                    update.access.unwrap_or(row.access).as_str().into(),
                    delivery.file_name_pattern.into(),
                    delivery.path_prefix.into(),
                    delivery.keep_local_copy.as_str().into(),
                    delivery.keep_local_days.into(),
                    delivery.moves_to_main.into(),
                    delivery.collector_hold_hours.into(),
                    delivery.on_duplicate.as_str().into(),
                    delivery.delivery_copy.into(),
                    update
                        .check_duplicates
                        .unwrap_or(known.check_duplicates)
                        .into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Lists the storages that get a copy of each new original.
    pub async fn delivery_copies(&self) -> Result<Vec<StorageId>, DbError> {
        let rows = self
            .0
            .rows(
                "select id from storage where workspace_id = $1 and delivery_copy and is_on \
                 order by created_at, id",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }

    /// Returns which installation this database belongs to.
    pub async fn installation(&self) -> Result<Uuid, DbError> {
        let row = self
            .0
            .row("select id from installation limit 1", [])
            .await?;
        let row = row.ok_or_else(|| DbError::not_found("installation", "of this database"))?;
        Ok(row.try_get("", "id")?)
    }

    /// Remembers that a storage carries our marker, or that it need not any more.
    pub async fn set_marked(&self, id: StorageId, is_marked: bool) -> Result<(), DbError> {
        let at = if is_marked {
            format!("coalesce(marked_at, {})", self.0.now())
        } else {
            "null".to_owned()
        };
        let sql =
            format!("update storage set marked_at = {at} where id = $1 and workspace_id = $2");
        self.0
            .execute(&sql, [id.0.into(), self.0.workspace()?.0.into()])
            .await?;
        Ok(())
    }

    /// Removes a storage and what is known of its objects. Touches nothing outside the database.
    pub async fn delete(&self, id: StorageId) -> Result<(), DbError> {
        let deleted = self
            .0
            .execute(
                "delete from storage where id = $1 and workspace_id = $2 and kind <> 'central'",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        if deleted == 0 {
            return Err(DbError::not_found("storage", id));
        }
        self.0
            .execute(
                "update workspace set main_storage_id = null \
                 where id = $1 and main_storage_id = $2",
                [self.0.workspace()?.0.into(), id.0.into()],
            )
            .await?;
        Ok(())
    }
}

pub(crate) fn storage_of(row: &QueryResult) -> Result<StorageRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let workspace: Uuid = row.try_get("", "workspace_id")?;
    Ok(StorageRow {
        id: id.into(),
        workspace: workspace.into(),
        kind: word(row, "storage", "kind")?,
        name: row.try_get("", "name")?,
        settings: row.try_get("", "settings")?,
        access: word(row, "storage", "access")?,
        on_purge: word(row, "storage", "on_purge")?,
        behaviour: behaviour_of(row)?,
        is_on: row.try_get("", "is_on")?,
        marked_at: row.try_get::<Option<i64>>("", "marked_at")?.map(Timestamp),
        scan_interval_seconds: row.try_get("", "scan_interval_seconds")?,
        delivery: DeliverySettings {
            file_name_pattern: row.try_get("", "file_name_pattern")?,
            path_prefix: row.try_get("", "path_prefix")?,
            keep_local_copy: word(row, "storage", "keep_local_copy")?,
            keep_local_days: row.try_get("", "keep_local_days")?,
            moves_to_main: row.try_get("", "moves_to_main")?,
            collector_hold_hours: row.try_get("", "collector_hold_hours")?,
            on_duplicate: word(row, "storage", "on_duplicate")?,
            delivery_copy: row.try_get("", "delivery_copy")?,
        },
        created_at: Timestamp(row.try_get("", "created_at")?),
    })
}

fn behaviour_of(row: &QueryResult) -> Result<Behaviour, DbError> {
    let hides_originals: bool = row.try_get("", "off_hides_originals")?;
    Ok(Behaviour {
        on_return: word(row, "storage", "on_return")?,
        on_move: word(row, "storage", "on_move")?,
        off_means: if hides_originals {
            OffMeans::Inaccessible
        } else {
            OffMeans::NoNewFiles
        },
        check_duplicates: row.try_get("", "check_duplicates")?,
    })
}

fn hides_originals(off_means: OffMeans) -> bool {
    off_means == OffMeans::Inaccessible
}
