//! Under whom a storage's files come into the library.

use sea_orm::QueryResult;
use stowage_domain::{AssetId, Importer, Role, StorageId, UserId};
use uuid::Uuid;

use super::{column::word, repository};
use crate::DbError;

repository!(
    /// Users that storages of the scope's workspace name as their importer.
    Importers
);

/// Who a storage names, and what they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImporterRow {
    pub storage: StorageId,
    pub user: UserId,
    /// None once the account is gone.
    pub name: Option<String>,
    /// None where they do not belong to the workspace any more.
    pub role: Option<Role>,
}

impl ImporterRow {
    pub fn importer(&self) -> Importer {
        Importer::of(Some(self.user), self.role)
    }
}

impl Importers<'_> {
    /// Lists whom storages name.
    pub async fn list(&self) -> Result<Vec<ImporterRow>, DbError> {
        let sql = "select s.id, s.import_user_id, u.name, m.role from storage s \
                   left join user_account u on u.id = s.import_user_id \
                   left join membership m on m.user_id = s.import_user_id \
                   and m.workspace_id = s.workspace_id \
                   where s.workspace_id = $1 and s.import_user_id is not null \
                   order by s.id limit 1000";
        let rows = self.0.rows(sql, [self.0.workspace()?.0.into()]).await?;
        rows.iter().map(importer_of).collect()
    }

    /// Returns whom a storage names.
    pub async fn find(&self, storage: StorageId) -> Result<Option<ImporterRow>, DbError> {
        let all = self.list().await?;
        Ok(all.into_iter().find(|row| row.storage == storage))
    }

    /// Has a storage name somebody, or nobody.
    pub async fn set(&self, storage: StorageId, user: Option<UserId>) -> Result<(), DbError> {
        let sql = "update storage set import_user_id = $3 where id = $1 and workspace_id = $2";
        let values = [
            storage.0.into(),
            self.0.workspace()?.0.into(),
            user.map(|user| user.0).into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Records who an asset came in under.
    pub async fn credit(&self, asset: AssetId, user: UserId) -> Result<(), DbError> {
        let sql = "update asset set imported_by = $3 where id = $1 and workspace_id = $2";
        let values = [asset.0.into(), self.0.workspace()?.0.into(), user.0.into()];
        self.0.execute(sql, values).await?;
        Ok(())
    }
}

fn importer_of(row: &QueryResult) -> Result<ImporterRow, DbError> {
    let storage: Uuid = row.try_get("", "id")?;
    let user: Uuid = row.try_get("", "import_user_id")?;
    let role: Option<String> = row.try_get("", "role")?;
    Ok(ImporterRow {
        storage: storage.into(),
        user: user.into(),
        name: row.try_get("", "name")?,
        role: match role {
            Some(_) => Some(word(row, "membership", "role")?),
            None => None,
        },
    })
}
