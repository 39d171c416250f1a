//! Keys with which programs act for somebody in one workspace.

use sea_orm::QueryResult;
use stowage_domain::{ApiKeyId, KeyScope, Timestamp, UserId, WorkspaceId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// API keys, found by their hash.
    ApiKeys
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    pub id: ApiKeyId,
    pub name: String,
    /// The two ends of the key.
    pub masked: String,
    pub scopes: Vec<KeyScope>,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// For whom a key acts, where, and in what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHolder {
    pub id: ApiKeyId,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub scopes: Vec<KeyScope>,
    pub last_used_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, masked, scopes, is_active, created_at, last_used_at";

impl ApiKeys<'_> {
    pub async fn insert(
        &self,
        row: &ApiKeyRow,
        user: UserId,
        key_hash: &[u8],
    ) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let scopes: Vec<&str> = row.scopes.iter().map(|scope| scope.as_str()).collect();
        self.0
            .execute(
                "insert into api_key (id, workspace_id, user_id, name, key_hash, masked, scopes, \
                 is_active, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                [
                    row.id.0.into(),
                    workspace.0.into(),
                    user.0.into(),
                    row.name.clone().into(),
                    key_hash.to_vec().into(),
                    row.masked.clone().into(),
                    scopes.join(" ").into(),
                    row.is_active.into(),
                    row.created_at.micros().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Lists somebody's keys to the workspace, the oldest first.
    pub async fn list(&self, user: UserId) -> Result<Vec<ApiKeyRow>, DbError> {
        let sql = format!(
            "select {COLUMNS} from api_key where workspace_id = $1 and user_id = $2 \
             order by created_at, id limit 1000"
        );
        let workspace = self.0.workspace()?;
        let rows = self
            .0
            .rows(&sql, [workspace.0.into(), user.0.into()])
            .await?;
        rows.iter().map(api_key).collect()
    }

    pub async fn find(&self, id: ApiKeyId, user: UserId) -> Result<Option<ApiKeyRow>, DbError> {
        let sql = format!(
            "select {COLUMNS} from api_key where workspace_id = $1 and user_id = $2 and id = $3"
        );
        let workspace = self.0.workspace()?;
        let row = self
            .0
            .row(&sql, [workspace.0.into(), user.0.into(), id.0.into()])
            .await?;
        row.as_ref().map(api_key).transpose()
    }

    /// Returns for whom a key acts, unless it is switched off.
    pub async fn find_holder(&self, key_hash: &[u8]) -> Result<Option<KeyHolder>, DbError> {
        let row = self
            .0
            .row(
                "select id, workspace_id, user_id, scopes, last_used_at from api_key \
                 where key_hash = $1 and is_active = $2",
                [key_hash.to_vec().into(), true.into()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let id: Uuid = row.try_get("", "id")?;
        let workspace: Uuid = row.try_get("", "workspace_id")?;
        let user: Uuid = row.try_get("", "user_id")?;
        let last_used_at: Option<i64> = row.try_get("", "last_used_at")?;
        Ok(Some(KeyHolder {
            id: id.into(),
            workspace: workspace.into(),
            user: user.into(),
            scopes: scopes(&row)?,
            last_used_at: last_used_at.map(Timestamp),
        }))
    }

    pub async fn update(
        &self,
        id: ApiKeyId,
        user: UserId,
        name: &str,
        is_active: bool,
    ) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "update api_key set name = $4, is_active = $5 \
                 where workspace_id = $1 and user_id = $2 and id = $3",
                [
                    workspace.0.into(),
                    user.0.into(),
                    id.0.into(),
                    name.into(),
                    is_active.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Puts another key in the place of this one, which stops working.
    pub async fn replace(
        &self,
        id: ApiKeyId,
        user: UserId,
        key_hash: &[u8],
        masked: &str,
    ) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "update api_key set key_hash = $4, masked = $5, last_used_at = null \
                 where workspace_id = $1 and user_id = $2 and id = $3",
                [
                    workspace.0.into(),
                    user.0.into(),
                    id.0.into(),
                    key_hash.to_vec().into(),
                    masked.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Returns whether there was one to delete.
    pub async fn delete(&self, id: ApiKeyId, user: UserId) -> Result<bool, DbError> {
        let workspace = self.0.workspace()?;
        let deleted = self
            .0
            .execute(
                "delete from api_key where workspace_id = $1 and user_id = $2 and id = $3",
                [workspace.0.into(), user.0.into(), id.0.into()],
            )
            .await?;
        Ok(deleted == 1)
    }

    /// Notes that a key was used just now.
    pub async fn touch(&self, id: ApiKeyId) -> Result<(), DbError> {
        let sql = format!(
            "update api_key set last_used_at = {} where id = $1",
            self.0.now()
        );
        self.0.execute(&sql, [id.0.into()]).await?;
        Ok(())
    }
}

/// A scope that this build does not know opens nothing here, and the rest of the key still does.
fn scopes(row: &QueryResult) -> Result<Vec<KeyScope>, DbError> {
    let text: String = row.try_get("", "scopes")?;
    Ok(text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect())
}

fn api_key(row: &QueryResult) -> Result<ApiKeyRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let last_used_at: Option<i64> = row.try_get("", "last_used_at")?;
    Ok(ApiKeyRow {
        id: id.into(),
        name: row.try_get("", "name")?,
        masked: row.try_get("", "masked")?,
        scopes: scopes(row)?,
        is_active: row.try_get("", "is_active")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        last_used_at: last_used_at.map(Timestamp),
    })
}
