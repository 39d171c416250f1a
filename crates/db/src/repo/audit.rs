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

/// Which acts are wanted: those to which everything applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Done to this asset, storage, upload or workspace.
    pub subject_id: Option<Uuid>,
    /// Any of these; all where none is given.
    pub actions: Vec<AuditAction>,
    /// By whom.
    pub actor: Option<Actor>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before that.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// Returns the conditions that it means, behind `values`.
    fn conditions(&self, values: &mut Vec<sea_orm::Value>) -> String {
        let mut only = Vec::new();
        let mut add = |condition: &str, value: sea_orm::Value| {
            values.push(value);
            only.push(format!(" and {condition} ${}", values.len()));
        };
        if let Some(subject) = self.subject_id {
            add("l.subject_id =", subject.into());
        }
        if let Some(Actor::User(user)) = self.actor {
            add("l.user_id =", user.0.into());
        }
        if let Some(since) = self.since {
            add("l.at >=", since.micros().into());
        }
        if let Some(until) = self.until {
            add("l.at <", until.micros().into());
        }
        if self.actor == Some(Actor::System) {
            only.push(" and l.user_id is null".to_owned());
        }
        if !self.actions.is_empty() {
            let words = self.actions.iter().map(|action| format!("'{action}'"));
            let words = words.collect::<Vec<_>>().join(", ");
            only.push(format!(" and l.action in ({words})"));
        }
        only.concat()
    }
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

    /// Lists acts, the latest first.
    pub async fn list(
        &self,
        filter: &AuditFilter,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<AuditRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let mut values = vec![
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let only = filter.conditions(&mut values);
        let sql = format!(
            "select l.id, l.at, l.user_id, u.name as user_name, l.action, l.subject, \
             l.subject_id, coalesce(a.name, s.name, p.name) as subject_name, l.detail from audit l \
             left join user_account u on u.id = l.user_id \
             left join asset a on a.id = l.subject_id and a.workspace_id = l.workspace_id \
             left join storage s on s.id = l.subject_id and s.workspace_id = l.workspace_id \
             and l.subject = 'storage' \
             left join upload p on p.id = l.subject_id and p.workspace_id = l.workspace_id \
             and l.subject = 'upload' \
             where l.workspace_id = $1 and (l.at, l.id) < ($2, $3){only} \
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
