//! The ledger as people see it.

use sea_orm::{QueryResult, Value};
use stowage_domain::{StorageId, TransferId, TransferKind};

use super::{OPEN, TransferRow, Transfers, transfer_of};
use crate::{
    DbError,
    repo::page::{Cursor, Page},
};

/// Which transfers are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransferFilter {
    /// To this storage.
    pub target: Option<StorageId>,
    pub kind: Option<TransferKind>,
    /// Only those that something stands against.
    pub is_troubled: bool,
    /// Only those of which nothing is committed yet.
    pub is_open: bool,
}

/// A transfer with the names of what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTransfer {
    pub row: TransferRow,
    pub asset_name: String,
    pub target_name: String,
    /// None once the source's storage is removed.
    pub source_name: Option<String>,
}

const SELECT: &str = "select t.*, a.name as asset_name, g.name as target_name, \
     s.name as source_name from transfer t join asset a on a.id = t.asset_id \
     join storage g on g.id = t.target_storage_id left join storage s on s.id = t.source_storage_id";

impl Transfers<'_> {
    /// Lists transfers, the latest first.
    pub async fn list(
        &self,
        filter: TransferFilter,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<ListedTransfer>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let mut values: Vec<Value> = vec![
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let mut only = Vec::new();
        if let Some(target) = filter.target {
            values.push(target.0.into());
            only.push(format!("and t.target_storage_id = ${}", values.len()));
        }
        if let Some(kind) = filter.kind {
            values.push(kind.as_str().into());
            only.push(format!("and t.kind = ${}", values.len()));
        }
        if filter.is_troubled {
            only.push("and t.trouble is not null".to_owned());
        }
        if filter.is_open || filter.is_troubled {
            only.push(format!("and t.state in {OPEN}"));
        }
        let only = only.join(" ");
        let sql = format!(
            "{SELECT} where t.workspace_id = $1 and (t.created_at, t.id) < ($2, $3) {only} \
             order by t.created_at desc, t.id desc limit {}",
            limit + 1
        );
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<ListedTransfer> = rows.iter().map(listed_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |listed| Cursor {
            at: listed.row.created_at,
            id: listed.row.id.0,
        }))
    }

    /// Returns a transfer with the names of what it is about.
    pub async fn show(&self, id: TransferId) -> Result<Option<ListedTransfer>, DbError> {
        let sql = format!("{SELECT} where t.id = $1 and t.workspace_id = $2");
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let row = self.0.row(&sql, values).await?;
        row.as_ref().map(listed_of).transpose()
    }
}

fn listed_of(row: &QueryResult) -> Result<ListedTransfer, DbError> {
    Ok(ListedTransfer {
        row: transfer_of(row)?,
        asset_name: row.try_get("", "asset_name")?,
        target_name: row.try_get("", "target_name")?,
        source_name: row.try_get("", "source_name")?,
    })
}
