//! People.

use sea_orm::QueryResult;
use stowage_domain::{Timestamp, UserId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// People and the link that makes the first of them.
    Users
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    /// An argon2id string.
    pub password_hash: String,
    pub created_at: Timestamp,
}

pub type UserRow = NewUser;

const COLUMNS: &str = "id, email, name, password_hash, created_at";

impl Users<'_> {
    pub async fn insert(&self, user: &NewUser) -> Result<(), DbError> {
        self.0
            .execute(
                "insert into user_account (id, email, name, password_hash, created_at) \
                 values ($1, $2, $3, $4, $5)",
                [
                    user.id.0.into(),
                    user.email.clone().into(),
                    user.name.clone().into(),
                    user.password_hash.clone().into(),
                    user.created_at.micros().into(),
                ],
            )
            .await?;
        Ok(())
    }

    pub async fn find(&self, id: UserId) -> Result<Option<UserRow>, DbError> {
        let sql = format!("select {COLUMNS} from user_account where id = $1");
        self.0
            .row(&sql, [id.0.into()])
            .await?
            .as_ref()
            .map(user)
            .transpose()
    }

    pub async fn find_by_email(&self, email: &str) -> Result<Option<UserRow>, DbError> {
        let sql = format!("select {COLUMNS} from user_account where email = $1");
        self.0
            .row(&sql, [email.into()])
            .await?
            .as_ref()
            .map(user)
            .transpose()
    }

    pub async fn set_password(&self, id: UserId, password_hash: &str) -> Result<(), DbError> {
        let changed = self
            .0
            .execute(
                "update user_account set password_hash = $2 where id = $1",
                [id.0.into(), password_hash.into()],
            )
            .await?;
        if changed == 0 {
            Err(DbError::not_found("user", id))
        } else {
            Ok(())
        }
    }

    pub async fn count(&self) -> Result<u64, DbError> {
        let row = self
            .0
            .row("select count(*) as n from user_account", [])
            .await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count as u64)
    }

    /// Replaces the one-time link that creates the owner.
    pub async fn put_setup_token(&self, token_hash: &[u8], at: Timestamp) -> Result<(), DbError> {
        self.0.execute("delete from setup_token", []).await?;
        self.0
            .execute(
                "insert into setup_token (token_hash, created_at) values ($1, $2)",
                [token_hash.to_vec().into(), at.micros().into()],
            )
            .await?;
        Ok(())
    }

    /// Uses up the link; false when it is not the one, or was used.
    pub async fn take_setup_token(&self, token_hash: &[u8]) -> Result<bool, DbError> {
        let taken = self
            .0
            .execute(
                "delete from setup_token where token_hash = $1",
                [token_hash.to_vec().into()],
            )
            .await?;
        Ok(taken == 1)
    }
}

fn user(row: &QueryResult) -> Result<UserRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    Ok(UserRow {
        id: id.into(),
        email: row.try_get("", "email")?,
        name: row.try_get("", "name")?,
        password_hash: row.try_get("", "password_hash")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
    })
}
