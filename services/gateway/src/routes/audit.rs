//! `GET /workspaces/{workspace_id}/audit`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stowage_db::{Database, DbError, repo::AuditRow};
use stowage_domain::{AuditAction, AuditSubject, Permission};
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
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    let page = tx.audit().list(query.subject_id, cursor, limit).await?;
    Ok(Json(List::of(page, AuditAct::from)))
}

impl From<AuditRow> for AuditAct {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id.0,
            at: row.at.into(),
            user_id: row.user.map(|user| user.0),
            user_name: row.user_name,
            action: row.action,
            subject: row.subject,
            subject_id: row.subject_id,
            subject_name: row.subject_name,
            detail: row.detail,
        }
    }
}
