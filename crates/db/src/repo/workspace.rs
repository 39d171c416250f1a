//! Workspaces and who belongs to them.

use sea_orm::QueryResult;
use stowage_domain::{Role, StorageId, Timestamp, UserId, WorkspaceId};
use uuid::Uuid;

use super::{column::word, repository};
use crate::DbError;

repository!(
    /// Workspaces and memberships.
    Workspaces
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    /// Eight letters and digits, used in paths of delivered originals.
    pub short_id: String,
    pub name: String,
    /// An IANA name, such as `Europe/Rome`.
    pub time_zone: String,
    pub bin_days: i32,
    /// Uploads of a content that is there already make no second asset (D14).
    pub check_duplicates: bool,
    pub created_at: Timestamp,
}

/// A workspace as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub workspace: WorkspaceRow,
    pub role: Role,
}

const COLUMNS: &str = "w.id, w.short_id, w.name, w.time_zone, w.bin_days, w.check_duplicates, \
     w.created_at";

impl Workspaces<'_> {
    pub async fn insert(&self, row: &WorkspaceRow) -> Result<(), DbError> {
        self.0
            .execute(
                "insert into workspace (id, short_id, name, time_zone, bin_days, check_duplicates, \
                 created_at) values ($1, $2, $3, $4, $5, $6, $7)",
                [
                    row.id.0.into(),
                    row.short_id.clone().into(),
                    row.name.clone().into(),
                    row.time_zone.clone().into(),
                    row.bin_days.into(),
                    row.check_duplicates.into(),
                    row.created_at.micros().into(),
                ],
            )
            .await?;
        Ok(())
    }

    pub async fn add_member(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        role: Role,
        at: Timestamp,
    ) -> Result<(), DbError> {
        self.0
            .execute(
                "insert into membership (workspace_id, user_id, role, created_at) \
                 values ($1, $2, $3, $4)",
                [
                    workspace.0.into(),
                    user.0.into(),
                    role.as_str().into(),
                    at.micros().into(),
                ],
            )
            .await?;
        // A link to a new password that somebody has was made for less than they may now.
        self.0
            .execute(
                "delete from password_reset where user_id = $1",
                [user.0.into()],
            )
            .await?;
        Ok(())
    }

    /// Makes a workspace with its central storage, which every workspace has.
    pub async fn create(&self, row: &WorkspaceRow, central: StorageId) -> Result<(), DbError> {
        self.insert(row).await?;
        self.0
            .execute(
                "insert into storage (id, workspace_id, kind, name, settings, access, on_purge, \
                 is_on, off_hides_originals, scan_interval_seconds, created_at, updated_at) \
                 values ($1, $2, 'central', 'Central storage', '{}', 'read_write', 'delete', \
                 true, false, 0, $3, $3)",
                [
                    central.0.into(),
                    row.id.0.into(),
                    row.created_at.micros().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Returns the workspace of the scope.
    pub async fn get(&self) -> Result<WorkspaceRow, DbError> {
        let id = self.0.workspace()?;
        let sql = format!("select {COLUMNS} from workspace w where w.id = $1");
        let row = self.0.row(&sql, [id.0.into()]).await?;
        workspace_of(&row.ok_or_else(|| DbError::not_found("workspace", id))?)
    }

    /// Returns the oldest workspace of all that is not being deleted.
    pub async fn first(&self) -> Result<Option<WorkspaceRow>, DbError> {
        let sql = format!(
            "select {COLUMNS} from workspace w where w.deleting_at is null \
             order by w.created_at, w.id limit 1"
        );
        self.0
            .row(&sql, [])
            .await?
            .as_ref()
            .map(workspace_of)
            .transpose()
    }

    /// Lists the workspaces of a user, oldest first, without those that are being deleted.
    pub async fn list_of(&self, user: UserId) -> Result<Vec<Member>, DbError> {
        let sql = format!(
            "select {COLUMNS}, m.role from membership m join workspace w on w.id = m.workspace_id \
             where m.user_id = $1 and w.deleting_at is null order by w.created_at, w.id limit 1000"
        );
        self.0
            .rows(&sql, [user.0.into()])
            .await?
            .iter()
            .map(member)
            .collect()
    }

    /// Returns the workspace when the user belongs to it and it is not being deleted.
    pub async fn find_for(
        &self,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Option<Member>, DbError> {
        let sql = format!(
            "select {COLUMNS}, m.role from membership m join workspace w on w.id = m.workspace_id \
             where m.user_id = $1 and w.id = $2 and w.deleting_at is null"
        );
        let row = self
            .0
            .row(&sql, [user.0.into(), workspace.0.into()])
            .await?;
        row.as_ref().map(member).transpose()
    }

    /// Changes name, time zone and rules of the workspace of the scope.
    pub async fn update(
        &self,
        name: &str,
        time_zone: &str,
        check_duplicates: bool,
    ) -> Result<(), DbError> {
        let id = self.0.workspace()?;
        self.0
            .execute(
                "update workspace set name = $2, time_zone = $3, check_duplicates = $4 where id = $1",
                [
                    id.0.into(),
                    name.into(),
                    time_zone.into(),
                    check_duplicates.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Lets one transaction at a time decide about the workspace of the scope, until it ends.
    /// Returns whether the workspace wants no second asset of a content that it has.
    pub async fn lock(&self) -> Result<bool, DbError> {
        let id = self.0.workspace()?;
        let sql = format!(
            "select check_duplicates from workspace where id = $1{}",
            self.0.dialect.lock_decision()
        );
        let row = self.0.row(&sql, [id.0.into()]).await?;
        let row = row.ok_or_else(|| DbError::not_found("workspace", id))?;
        Ok(row.try_get("", "check_duplicates")?)
    }

    /// Returns for how many days the scope's workspace keeps what is deleted from now on.
    pub async fn bin_days(&self) -> Result<i32, DbError> {
        let id = self.0.workspace()?;
        let row = self
            .0
            .row(
                "select bin_days from workspace where id = $1",
                [id.0.into()],
            )
            .await?;
        let row = row.ok_or_else(|| DbError::not_found("workspace", id))?;
        Ok(row.try_get("", "bin_days")?)
    }

    /// Sets for how many days the scope's workspace keeps what is deleted from now on.
    pub async fn set_bin_days(&self, days: i32) -> Result<(), DbError> {
        let id = self.0.workspace()?;
        self.0
            .execute(
                "update workspace set bin_days = $2 where id = $1",
                [id.0.into(), days.into()],
            )
            .await?;
        Ok(())
    }

    /// Counts the workspaces of the installation that are not being deleted.
    pub async fn count(&self) -> Result<u64, DbError> {
        let sql = "select count(*) as n from workspace where deleting_at is null";
        let row = self.0.row(sql, []).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }
}

impl WorkspaceRow {
    /// Makes a workspace with the usual settings.
    pub fn new(id: WorkspaceId, name: &str, created_at: Timestamp) -> Self {
        // The end of a UUIDv7 is random; a repeat is refused by the unique key.
        let digits = id.0.simple().to_string();
        Self {
            id,
            short_id: digits[digits.len() - 8..].to_owned(),
            name: name.to_owned(),
            time_zone: "UTC".to_owned(),
            bin_days: 30,
            check_duplicates: false,
            created_at,
        }
    }
}

fn workspace_of(row: &QueryResult) -> Result<WorkspaceRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    Ok(WorkspaceRow {
        id: id.into(),
        short_id: row.try_get("", "short_id")?,
        name: row.try_get("", "name")?,
        time_zone: row.try_get("", "time_zone")?,
        bin_days: row.try_get("", "bin_days")?,
        check_duplicates: row.try_get("", "check_duplicates")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
    })
}

fn member(row: &QueryResult) -> Result<Member, DbError> {
    Ok(Member {
        workspace: workspace_of(row)?,
        role: word(row, "membership", "role")?,
    })
}
