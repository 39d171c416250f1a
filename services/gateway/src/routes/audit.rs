//! `GET /workspaces/{workspace_id}/audit`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stowage_db::{
    Database, DbError,
    repo::{AuditFilter, AuditRow},
};
use stowage_domain::{Actor, AuditAction, AuditSubject, Permission, Timestamp};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, Moment, cursor_of, limit_of, words},
};

/// An act that took something away, gave it back, or decided about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditAct {
    id: Uuid,
    at: Moment,
    user_id: Option<Uuid>,
    /// Null where the system acted, and for people that are no longer known.
    user_name: Option<String>,
    #[schema(schema_with = words::audit_action)]
    action: AuditAction,
    #[schema(schema_with = words::audit_subject)]
    subject: AuditSubject,
    subject_id: Uuid,
    /// What it is called; null when nothing is left of it.
    subject_name: Option<String>,
    /// Why, which version, how many.
    #[schema(value_type = Object)]
    detail: Value,
}

/// Which acts are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Acts on this asset, storage, upload or workspace alone.
    subject_id: Option<Uuid>,
    /// Acts of this kind; given more than once, of any of these kinds.
    #[param(explode = true)]
    action: Vec<String>,
    /// Acts of this person alone.
    user_id: Option<Uuid>,
    /// `true` for what Stowage did by itself, by a rule or when a time was over.
    system: Option<bool>,
    /// Acts from then on: RFC 3339.
    #[param(format = DateTime)]
    since: Option<String>,
    /// Acts before that: RFC 3339.
    #[param(format = DateTime)]
    until: Option<String>,
    /// How many items at most, 1 to 500.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

route_error! {
    /// What listing acts answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List what was deleted, restored or decided, the latest first. Nothing is ever taken off this
/// list.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/audit",
    tag = "audit",
    operation_id = "list_audit",
    params(WorkspacePath, AuditQuery),
    responses((status = 200, description = "Acts", body = List<AuditAct>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<AuditQuery>,
) -> Result<Json<List<AuditAct>>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let filter = query.filter()?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    let page = tx.audit().list(&filter, cursor, limit).await?;
    Ok(Json(List::of(page, AuditAct::from)))
}

impl AuditQuery {
    fn filter(&self) -> Result<AuditFilter, Fields> {
        let actions = self.action.iter().map(|word| word.parse()).collect();
        let actions: Result<Vec<AuditAction>, _> = actions;
        let by_user = self.user_id.map(|user| Actor::User(user.into()));
        let by_system = self.system == Some(true);
        if by_system && by_user.is_some() {
            return Err(Fields::one("system", "cannot be true beside a user_id"));
        }
        Ok(AuditFilter {
            subject_id: self.subject_id,
            actions: actions.map_err(|_| Fields::one("action", "is no kind of act"))?,
            actor: by_user.or(by_system.then_some(Actor::System)),
            since: moment_of("since", self.since.as_deref())?,
            until: moment_of("until", self.until.as_deref())?,
        })
    }
}

fn moment_of(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Fields> {
    let parsed = text.map(Timestamp::parse_rfc3339).transpose();
    parsed.map_err(|_| Fields::one(field, "must be a time such as 2024-05-03T10:00:00Z"))
}

impl From<AuditRow> for AuditAct {
    fn from(row: AuditRow) -> Self {
        // A storage that was removed is still called what it was called then.
        let then = row.detail["name"].as_str().map(str::to_owned);
        let name = row.subject_name.filter(|name| !name.is_empty());
        Self {
            id: row.id.0,
            at: row.at.into(),
            user_id: row.user.map(|user| user.0),
            user_name: row.user_name,
            action: row.action,
            subject: row.subject,
            subject_id: row.subject_id,
            subject_name: name.or(then),
            detail: row.detail,
        }
    }
}
