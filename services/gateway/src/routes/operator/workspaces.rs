//! `GET /operator/workspaces`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, Scope, repo::WorkspaceSummary};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    GatewayConfig,
    extract::{Json, Operator, OperatorError, Query, QueryError},
    plan::PlanLimits,
    problem::{Fields, route_error},
    routes::workspaces::plan::PlanUse,
    wire::{List, Moment, PageQuery, cursor_of, limit_of},
};

/// A workspace as the operator sees it: nothing of what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorWorkspace {
    id: Uuid,
    short_id: String,
    name: String,
    created_at: Moment,
    /// Since when it is being deleted.
    deleting_at: Option<Moment>,
    /// Whether the operator gave it a plan of its own.
    has_own_plan: bool,
    limits: PlanLimits,
    used: PlanUse,
}

route_error! {
    /// What listing workspaces answers when it does not.
    RouteError, after [OperatorError, QueryError], from [Fields, DbError] {}
}

/// List the workspaces of the installation with their plans, the latest first.
#[utoipa::path(
    get,
    path = "/operator/workspaces",
    tag = "operator",
    operation_id = "list_operator_workspaces",
    security(("operator" = [])),
    params(PageQuery),
    responses(
        (status = 200, description = "Workspaces", body = List<OperatorWorkspace>),
        RouteError,
    )
)]
pub(crate) async fn list(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    _: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<OperatorWorkspace>>, RouteError> {
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read(Scope::System).await?;
    let page = tx.plans().list(cursor, limit).await?;
    Ok(Json(List::of(page, |row| {
        OperatorWorkspace::of(row, &config)
    })))
}

impl OperatorWorkspace {
    pub(super) fn of(row: WorkspaceSummary, config: &GatewayConfig) -> Self {
        Self {
            id: row.id.0,
            short_id: row.short_id,
            name: row.name,
            created_at: row.created_at.into(),
            deleting_at: row.deleting_at.map(Into::into),
            has_own_plan: row.plan.is_some(),
            limits: row.plan.unwrap_or_else(|| config.usual_plan()).into(),
            used: PlanUse {
                central_bytes: row.central_bytes,
                storages: row.storages,
            },
        }
    }
}
