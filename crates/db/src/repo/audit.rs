//! The record of destructive acts. Nothing here changes or removes a row, and the database refuses
//! whoever tries.

use sea_orm::QueryResult;
use serde_json::Value;
use stowage_domain::{Actor, AuditAction, AuditId, AuditSubject, Timestamp, UserId};
use uuid::Uuid;

use super::{Cursor, Page, column::word, repository};
use crate::DbError;

repository!(
    /// What was done in the scope's workspace that takes something away.
    AuditLog
);

/// An act, to be recorded in the transaction that does it.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    pub actor: Actor,
    pub action: AuditAction,
    pub subject: AuditSubject,
    pub subject_id: Uuid,
    /// Why, which version, how many: a JSON object without secrets.
    pub detail: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    pub id: AuditId,
    pub at: Timestamp,
    pub user: Option<UserId>,
    /// None once the account is gone, or when it was the system.
    pub user_name: Option<String>,
    pub action: AuditAction,
    pub subject: AuditSubject,
    pub subject_id: Uuid,
    /// What the subject is called, as long as a row of it is there.
    pub subject_name: Option<String>,
    pub detail: Value,
}

impl AuditLog<'_> {
    /// Adds an act under `id`.
    pub async fn record(&self, id: AuditId, entry: &AuditEntry) -> Result<(), DbError> {
        let sql = format!(
            "insert into audit (id, workspace_id, at, user_id, action, subject, subject_id, \
             detail) values ($1, $2, {}, $3, $4, $5, $6, $7)",
            self.0.now()
        );
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            entry.actor.user().map(Uuid::from).into(),
            entry.action.as_str().into(),
            entry.subject.as_str().into(),
            entry.subject_id.into(),
            entry.detail.to_string().into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Lists acts, the latest first; those done to `subject_id` alone where one is given.
    pub async fn list(
        &self,
        subject_id: Option<Uuid>,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<AuditRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let mut values = vec![
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let of_subject = if subject_id.is_some() {
            "and l.subject_id = $4"
        } else {
            ""
        };
        values.extend(subject_id.map(Into::into));
        let sql = format!(
            "select l.id, l.at, l.user_id, u.name as user_name, l.action, l.subject, \
             l.subject_id, coalesce(a.name, s.name) as subject_name, l.detail from audit l \
             left join user_account u on u.id = l.user_id \
             left join asset a on a.id = l.subject_id and a.workspace_id = l.workspace_id \
             left join storage s on s.id = l.subject_id and s.workspace_id = l.workspace_id \
             and l.subject = 'storage' \
             where l.workspace_id = $1 and (l.at, l.id) < ($2, $3) {of_subject} \
             order by l.at desc, l.id desc limit {}",
            limit + 1
        );
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<AuditRow> = rows.iter().map(audit_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |row| Cursor {
            at: row.at,
            id: row.id.0,
        }))
    }
}

fn audit_of(row: &QueryResult) -> Result<AuditRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let detail: String = row.try_get("", "detail")?;
    Ok(AuditRow {
        id: id.into(),
        at: Timestamp(row.try_get("", "at")?),
        user: row.try_get::<Option<Uuid>>("", "user_id")?.map(Into::into),
        user_name: row.try_get("", "user_name")?,
        action: word(row, "audit", "action")?,
        subject: word(row, "audit", "subject")?,
        subject_id: row.try_get("", "subject_id")?,
        subject_name: row.try_get("", "subject_name")?,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
    })
}
