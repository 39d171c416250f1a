//! Legal holds: the database itself refuses to purge what is under one.

use sea_orm::QueryResult;
use stowage_domain::{AssetId, HoldId, Timestamp, UserId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// Legal holds of the scope's workspace.
    Holds
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    pub id: HoldId,
    /// None for all of the workspace.
    pub asset: Option<AssetId>,
    pub reason: String,
    pub by: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    pub id: HoldId,
    pub asset: Option<AssetId>,
    /// None for all of the workspace, and once the asset is gone.
    pub asset_name: Option<String>,
    pub reason: String,
    /// None when that person is no longer known.
    pub by_name: Option<String>,
    pub placed_at: Timestamp,
}

const SELECT: &str = "select l.id, l.asset_id, l.reason, l.placed_at, u.name as by_name, \
     a.name as asset_name from legal_hold l left join user_account u on u.id = l.placed_by \
     left join asset a on a.id = l.asset_id where l.workspace_id = $1";

impl Holds<'_> {
    /// Places a hold. False when there is no such asset, or it is being purged already: then
    /// there is nothing left to hold.
    pub async fn place(&self, hold: &NewHold) -> Result<bool, DbError> {
        if !self.lock(hold.asset).await? {
            return Ok(false);
        }
        let sql = format!(
            "insert into legal_hold (id, workspace_id, asset_id, reason, placed_by, placed_at) \
             values ($1, $2, $3, $4, $5, {})",
            self.0.now()
        );
        let values = [
            hold.id.0.into(),
            self.0.workspace()?.0.into(),
            hold.asset.map(Uuid::from).into(),
            hold.reason.clone().into(),
            hold.by.0.into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(true)
    }

    /// Waits for purges that are being decided on, and keeps others out until this transaction
    /// ends.
    async fn lock(self, asset: Option<AssetId>) -> Result<bool, DbError> {
        let lock = self.0.dialect.lock_rows();
        let workspace = self.0.workspace()?;
        // A deletion of the workspace that began has looked for holds already.
        let standing = format!(
            "select id from workspace where id = $1 and deleting_at is null{}",
            self.0.dialect.share_rows()
        );
        if self.0.row(&standing, [workspace.0.into()]).await?.is_none() {
            return Ok(false);
        }
        let found = match asset {
            Some(asset) => {
                let sql = format!(
                    "select id from asset where id = $1 and workspace_id = $2 \
                     and lifecycle in ('live', 'trashed'){lock}"
                );
                self.0
                    .row(&sql, [asset.0.into(), workspace.0.into()])
                    .await?
            }
            None => {
                let sql = format!("select id from workspace where id = $1{lock}");
                self.0.row(&sql, [workspace.0.into()]).await?
            }
        };
        Ok(found.is_some())
    }

    /// Lifts a hold and returns what it was; none where there is none.
    pub async fn lift(&self, id: HoldId) -> Result<Option<HoldRow>, DbError> {
        let Some(hold) = self.find(id).await? else {
            return Ok(None);
        };
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let lifted = self
            .0
            .execute(
                "delete from legal_hold where id = $1 and workspace_id = $2",
                values,
            )
            .await?;
        Ok((lifted == 1).then_some(hold))
    }

    pub async fn find(&self, id: HoldId) -> Result<Option<HoldRow>, DbError> {
        let sql = format!("{SELECT} and l.id = $2");
        let values = [self.0.workspace()?.0.into(), id.0.into()];
        self.0
            .row(&sql, values)
            .await?
            .as_ref()
            .map(hold_of)
            .transpose()
    }

    /// Lists holds, those of the whole workspace first; those that hold `asset` alone where one is
    /// given.
    pub async fn list(&self, asset: Option<AssetId>) -> Result<Vec<HoldRow>, DbError> {
        let mut values = vec![self.0.workspace()?.0.into()];
        values.extend(asset.map(|id| id.0.into()));
        let of_asset = if asset.is_some() {
            "and (l.asset_id = $2 or l.asset_id is null)"
        } else {
            ""
        };
        let sql = format!(
            "{SELECT} {of_asset} order by case when l.asset_id is null then 0 else 1 end, \
             l.placed_at desc, l.id desc limit 1000"
        );
        let rows = self.0.rows(&sql, values).await?;
        rows.iter().map(hold_of).collect()
    }

    /// Returns whether an asset is held, by itself or with the whole workspace.
    pub async fn holds(&self, asset: AssetId) -> Result<bool, DbError> {
        let sql = "select 1 as one from legal_hold where workspace_id = $1 \
                   and (asset_id is null or asset_id = $2) limit 1";
        let values = [self.0.workspace()?.0.into(), asset.0.into()];
        Ok(self.0.row(sql, values).await?.is_some())
    }

    /// Returns whether anything of the workspace is held.
    pub async fn holds_anything(&self) -> Result<bool, DbError> {
        let sql = "select 1 as one from legal_hold where workspace_id = $1 limit 1";
        let values = [self.0.workspace()?.0.into()];
        Ok(self.0.row(sql, values).await?.is_some())
    }

    /// Returns whether all of the workspace is held.
    pub async fn holds_workspace(&self) -> Result<bool, DbError> {
        let found = self
            .0
            .row(
                "select id from legal_hold where workspace_id = $1 and asset_id is null limit 1",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(found.is_some())
    }

    /// Returns whether anything that a storage has is held, so that its entries must not go.
    pub async fn holds_storage(&self, storage: stowage_domain::StorageId) -> Result<bool, DbError> {
        let found = self
            .0
            .row(
                "select l.id from legal_hold l where l.workspace_id = $1 and (l.asset_id is null \
                 or exists (select 1 from remote_object o where o.asset_id = l.asset_id \
                 and o.storage_id = $2)) limit 1",
                [self.0.workspace()?.0.into(), storage.0.into()],
            )
            .await?;
        Ok(found.is_some())
    }
}

fn hold_of(row: &QueryResult) -> Result<HoldRow, DbError> {
    Ok(HoldRow {
        id: row.try_get::<Uuid>("", "id")?.into(),
        asset: row.try_get::<Option<Uuid>>("", "asset_id")?.map(Into::into),
        asset_name: row.try_get("", "asset_name")?,
        reason: row.try_get("", "reason")?,
        by_name: row.try_get("", "by_name")?,
        placed_at: Timestamp(row.try_get("", "placed_at")?),
    })
}
