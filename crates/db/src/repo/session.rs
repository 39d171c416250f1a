//! Signed-in browsers.

use std::time::Duration;

use sea_orm::QueryResult;
use stowage_domain::{SessionId, Timestamp, UserId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// Sessions, found by the hash of their token.
    Sessions
);

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub id: SessionId,
    pub user: UserId,
    /// What the browser said about itself, in words.
    pub device: Option<String>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

const COLUMNS: &str = "id, user_id, device, created_at, last_used_at, expires_at";

impl Sessions<'_> {
    pub async fn insert(
        &self,
        id: SessionId,
        token_hash: &[u8],
        user: UserId,
        lasts: Duration,
        device: Option<&str>,
    ) -> Result<(), DbError> {
        let now = self.0.now();
        let lasts = lasts.as_micros() as i64;
        let sql = format!(
            "insert into session (id, token_hash, user_id, device, created_at, last_used_at, \
             expires_at) values ($1, $2, $3, $4, {now}, {now}, {now} + {lasts})"
        );
        self.0
            .execute(
                &sql,
                [
                    id.0.into(),
                    token_hash.to_vec().into(),
                    user.0.into(),
                    device.map(str::to_owned).into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Returns the session with this token, unless it is over.
    pub async fn find(&self, token_hash: &[u8]) -> Result<Option<SessionRow>, DbError> {
        let sql = format!(
            "select {COLUMNS} from session where token_hash = $1 and expires_at > {}",
            self.0.now()
        );
        let row = self.0.row(&sql, [token_hash.to_vec().into()]).await?;
        row.as_ref().map(session).transpose()
    }

    /// Lists the sessions of a person that are not over, the last used first.
    pub async fn list_of(&self, user: UserId) -> Result<Vec<SessionRow>, DbError> {
        let sql = format!(
            "select {COLUMNS} from session where user_id = $1 and expires_at > {} \
             order by coalesce(last_used_at, created_at) desc, id limit 1000",
            self.0.now()
        );
        let rows = self.0.rows(&sql, [user.0.into()]).await?;
        rows.iter().map(session).collect()
    }

    /// Notes that a session was used just now.
    pub async fn touch(&self, id: SessionId) -> Result<(), DbError> {
        let sql = format!(
            "update session set last_used_at = {} where id = $1",
            self.0.now()
        );
        self.0.execute(&sql, [id.0.into()]).await?;
        Ok(())
    }

    /// Ends a session of this person; false when they have no such session.
    pub async fn delete_own(&self, user: UserId, id: SessionId) -> Result<bool, DbError> {
        let deleted = self
            .0
            .execute(
                "delete from session where user_id = $1 and id = $2",
                [user.0.into(), id.0.into()],
            )
            .await?;
        Ok(deleted == 1)
    }

    /// Ends all sessions of this person but one.
    pub async fn delete_others(&self, user: UserId, kept: SessionId) -> Result<u64, DbError> {
        self.0
            .execute(
                "delete from session where user_id = $1 and id <> $2",
                [user.0.into(), kept.0.into()],
            )
            .await
    }

    pub async fn delete(&self, id: SessionId) -> Result<(), DbError> {
        self.0
            .execute("delete from session where id = $1", [id.0.into()])
            .await?;
        Ok(())
    }

    pub async fn delete_of(&self, user: UserId) -> Result<u64, DbError> {
        self.0
            .execute("delete from session where user_id = $1", [user.0.into()])
            .await
    }

    /// Deletes sessions that are over, at most `limit`, and returns how many.
    pub async fn delete_expired(&self, limit: u32) -> Result<u64, DbError> {
        let sql = format!(
            "delete from session where id in \
             (select id from session where expires_at <= {} limit {limit})",
            self.0.now()
        );
        self.0.execute(&sql, []).await
    }
}

fn session(row: &QueryResult) -> Result<SessionRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let user: Uuid = row.try_get("", "user_id")?;
    let last_used_at: Option<i64> = row.try_get("", "last_used_at")?;
    Ok(SessionRow {
        id: id.into(),
        user: user.into(),
        device: row.try_get("", "device")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        last_used_at: last_used_at.map(Timestamp),
        expires_at: Timestamp(row.try_get("", "expires_at")?),
    })
}
