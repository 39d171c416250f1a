//! `GET /operator/log`

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use stowage_db::{Database, DbError, Scope, repo::OperatorLogRow};
use stowage_domain::OperatorAction;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{Json, Operator, OperatorError, Query, QueryError},
    problem::{Fields, route_error},
    wire::{List, Moment, PageQuery, cursor_of, limit_of, words},
};

/// An act on a workspace as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorAct {
    id: Uuid,
    at: Moment,
    #[schema(schema_with = words::operator_action)]
    action: OperatorAction,
    workspace_id: Uuid,
    /// What it was called then.
    workspace_name: String,
    /// Null where the operator or the system acted.
    user_id: Option<Uuid>,
    /// Null for accounts that are no longer known, too.
    user_email: Option<String>,
    #[schema(value_type = Object)]
    detail: Value,
}

route_error! {
    /// What listing the log answers when it does not.
    RouteError, after [OperatorError, QueryError], from [Fields, DbError] {}
}

/// List what was done to workspaces as a whole, the latest first. It outlives them, and nothing is
/// ever taken off it.
#[utoipa::path(
    get,
    path = "/operator/log",
    tag = "operator",
    operation_id = "list_operator_log",
    security(("operator" = [])),
    params(PageQuery),
    responses((status = 200, description = "Acts", body = List<OperatorAct>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    _: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<OperatorAct>>, RouteError> {
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read(Scope::System).await?;
    let page = tx.operator_log().list(cursor, limit).await?;
    Ok(Json(List::of(page, OperatorAct::from)))
}

impl From<OperatorLogRow> for OperatorAct {
    fn from(row: OperatorLogRow) -> Self {
        Self {
            id: row.id.0,
            at: row.at.into(),
            action: row.entry.action,
            workspace_id: row.entry.workspace.0,
            workspace_name: row.entry.workspace_name,
            user_id: row.entry.user.map(Uuid::from),
            user_email: row.user_email,
            detail: row.entry.detail,
        }
    }
}
