//! Links to a new password, at most one a person.

use std::time::Duration;

use stowage_domain::UserId;
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// Links to a new password, found by the hash of their token.
    PasswordResets
);

impl PasswordResets<'_> {
    /// Makes a link for somebody; one that they had before stops working.
    pub async fn put(&self, hash: &[u8], user: UserId, lasts: Duration) -> Result<(), DbError> {
        self.delete_of(user).await?;
        let now = self.0.now();
        let lasts = lasts.as_micros() as i64;
        let sql = format!(
            "insert into password_reset (token_hash, user_id, created_at, expires_at) \
             values ($1, $2, {now}, {now} + {lasts})"
        );
        self.0
            .execute(&sql, [hash.to_vec().into(), user.0.into()])
            .await?;
        Ok(())
    }

    /// Returns whose link this is, unless it is over.
    pub async fn find(&self, hash: &[u8]) -> Result<Option<UserId>, DbError> {
        let sql = format!(
            "select user_id from password_reset where token_hash = $1 and expires_at > {}",
            self.0.now()
        );
        let Some(row) = self.0.row(&sql, [hash.to_vec().into()]).await? else {
            return Ok(None);
        };
        let user: Uuid = row.try_get("", "user_id")?;
        Ok(Some(user.into()))
    }

    /// Uses a link up; false when another did so before.
    pub async fn take(&self, hash: &[u8]) -> Result<bool, DbError> {
        let taken = self
            .0
            .execute(
                "delete from password_reset where token_hash = $1",
                [hash.to_vec().into()],
            )
            .await?;
        Ok(taken == 1)
    }

    pub async fn delete_of(&self, user: UserId) -> Result<(), DbError> {
        self.0
            .execute(
                "delete from password_reset where user_id = $1",
                [user.0.into()],
            )
            .await?;
        Ok(())
    }
}
