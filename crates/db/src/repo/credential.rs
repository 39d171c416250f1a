//! Sealed credentials; only the storage-connector opens them.

use stowage_domain::{StorageId, WorkspaceId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// Sealed credentials by storage.
    Credentials
);

#[derive(Clone, PartialEq, Eq)]
pub struct SealedCredential {
    pub storage: StorageId,
    pub workspace: WorkspaceId,
    /// Which key sealed it.
    pub key_id: String,
    /// Counts replacements; part of what the seal covers.
    pub version: i32,
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for SealedCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedCredential")
            .field("storage", &self.storage)
            .finish_non_exhaustive()
    }
}

impl Credentials<'_> {
    pub async fn find(&self, storage: StorageId) -> Result<Option<SealedCredential>, DbError> {
        let workspace = self.0.workspace()?;
        let row = self
            .0
            .row(
                "select workspace_id, key_id, version, sealed from credential \
                 where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), workspace.0.into()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let workspace: Uuid = row.try_get("", "workspace_id")?;
        Ok(Some(SealedCredential {
            storage,
            workspace: workspace.into(),
            key_id: row.try_get("", "key_id")?,
            version: row.try_get("", "version")?,
            sealed: row.try_get("", "sealed")?,
        }))
    }

    pub async fn put(&self, credential: &SealedCredential) -> Result<(), DbError> {
        let sql = format!(
            "insert into credential (storage_id, workspace_id, key_id, version, sealed, updated_at) \
             values ($1, $2, $3, $4, $5, {}) on conflict (storage_id) do update set \
             key_id = excluded.key_id, version = excluded.version, sealed = excluded.sealed, \
             updated_at = excluded.updated_at",
            self.0.now()
        );
        self.0
            .execute(
                &sql,
                [
                    credential.storage.0.into(),
                    self.0.workspace()?.0.into(),
                    credential.key_id.clone().into(),
                    credential.version.into(),
                    credential.sealed.clone().into(),
                ],
            )
            .await?;
        Ok(())
    }

    pub async fn delete(&self, storage: StorageId) -> Result<(), DbError> {
        self.0
            .execute(
                "delete from credential where storage_id = $1 and workspace_id = $2",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(())
    }
}
