//! The operator's log: acts on workspaces as a whole, which outlive them. Nothing here changes or
//! removes a row, and the database refuses whoever tries.

use sea_orm::QueryResult;
use serde_json::Value;
use stowage_domain::{OperatorAction, OperatorLogId, Timestamp, UserId, WorkspaceId};
use uuid::Uuid;

use super::{Cursor, Page, column::word, repository};
use crate::DbError;

repository!(
    /// The operator's log, over all workspaces.
    OperatorLog
);

/// An act, to be recorded in the transaction that does it.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorEntry {
    /// None where the operator or the system acted.
    pub user: Option<UserId>,
    pub action: OperatorAction,
    pub workspace: WorkspaceId,
    pub workspace_name: String,
    /// What exactly: a JSON object without secrets.
    pub detail: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OperatorLogRow {
    pub id: OperatorLogId,
    pub at: Timestamp,
    pub entry: OperatorEntry,
    /// None once the account is gone, or when it was no account.
    pub user_email: Option<String>,
}

impl OperatorLog<'_> {
    /// Adds an act under `id`.
    pub async fn record(&self, id: OperatorLogId, entry: &OperatorEntry) -> Result<(), DbError> {
        let sql = format!(
            "insert into operator_log (id, at, user_id, action, concerns_workspace, \
             workspace_name, detail) values ($1, {}, $2, $3, $4, $5, $6)",
            self.0.now()
        );
        let values = [
            id.0.into(),
            entry.user.map(Uuid::from).into(),
            entry.action.as_str().into(),
            entry.workspace.0.into(),
            entry.workspace_name.clone().into(),
            entry.detail.to_string().into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Lists acts, the latest first.
    pub async fn list(
        &self,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<OperatorLogRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "select l.*, u.email from operator_log l left join user_account u on u.id = l.user_id \
             where (l.at, l.id) < ($1, $2) order by l.at desc, l.id desc limit {}",
            limit + 1
        );
        let values = [cursor.at.micros().into(), cursor.id.into()];
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<OperatorLogRow> = rows.iter().map(row_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |row| Cursor {
            at: row.at,
            id: row.id.0,
        }))
    }
}

fn row_of(row: &QueryResult) -> Result<OperatorLogRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let workspace: Uuid = row.try_get("", "concerns_workspace")?;
    let detail: String = row.try_get("", "detail")?;
    Ok(OperatorLogRow {
        id: id.into(),
        at: Timestamp(row.try_get("", "at")?),
        entry: OperatorEntry {
            user: row.try_get::<Option<Uuid>>("", "user_id")?.map(Into::into),
            action: word(row, "operator_log", "action")?,
            workspace: workspace.into(),
            workspace_name: row.try_get("", "workspace_name")?,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
        },
        user_email: row.try_get("", "email")?,
    })
}
