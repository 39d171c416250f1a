//! Who belongs to the workspace of the scope.

use sea_orm::QueryResult;
use stowage_domain::{Role, Timestamp, UserId};
use uuid::Uuid;

use super::{column::word, repository};
use crate::DbError;

repository!(
    /// Memberships, as those who manage them see them.
    Members
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    pub user: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub joined_at: Timestamp,
}

const SELECT: &str = "select u.id, u.email, u.name, m.role, m.created_at \
     from membership m join user_account u on u.id = m.user_id where m.workspace_id = $1";

impl Members<'_> {
    /// Lists everybody, who came first first.
    pub async fn list(&self) -> Result<Vec<MemberRow>, DbError> {
        let sql = format!("{SELECT} order by m.created_at, u.id limit 1000");
        let workspace = self.0.workspace()?;
        let rows = self.0.rows(&sql, [workspace.0.into()]).await?;
        rows.iter().map(member).collect()
    }

    pub async fn find(&self, user: UserId) -> Result<Option<MemberRow>, DbError> {
        let sql = format!("{SELECT} and u.id = $2");
        let workspace = self.0.workspace()?;
        let row = self
            .0
            .row(&sql, [workspace.0.into(), user.0.into()])
            .await?;
        row.as_ref().map(member).transpose()
    }

    /// Returns how many owners there are, and keeps everybody's role as it is until the
    /// transaction ends: two owners who leave at once must not both find the other.
    pub async fn count_owners_locked(&self) -> Result<usize, DbError> {
        let lock = self.0.dialect.lock_rows();
        let sql = format!("select role from membership where workspace_id = $1{lock}");
        let workspace = self.0.workspace()?;
        let mut owners = 0;
        for row in self.0.rows(&sql, [workspace.0.into()]).await? {
            let role: Role = word(&row, "membership", "role")?;
            owners += usize::from(role == Role::Owner);
        }
        Ok(owners)
    }

    pub async fn set_role(&self, user: UserId, role: Role) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "update membership set role = $3 where workspace_id = $1 and user_id = $2",
                [workspace.0.into(), user.0.into(), role.as_str().into()],
            )
            .await?;
        // A link to a new password that somebody has was made for what they were.
        self.0
            .execute(
                "delete from password_reset where user_id = $1",
                [user.0.into()],
            )
            .await?;
        Ok(())
    }

    /// Removes somebody with their keys to this workspace.
    pub async fn delete(&self, user: UserId) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        for table in ["api_key", "membership"] {
            let sql = format!("delete from {table} where workspace_id = $1 and user_id = $2");
            self.0
                .execute(&sql, [workspace.0.into(), user.0.into()])
                .await?;
        }
        Ok(())
    }
}

fn member(row: &QueryResult) -> Result<MemberRow, DbError> {
    let user: Uuid = row.try_get("", "id")?;
    Ok(MemberRow {
        user: user.into(),
        email: row.try_get("", "email")?,
        name: row.try_get("", "name")?,
        role: word(row, "membership", "role")?,
        joined_at: Timestamp(row.try_get("", "created_at")?),
    })
}
