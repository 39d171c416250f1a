//! `GET /workspaces/{workspace_id}/retention/batches`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError, repo::BatchRow};
use stowage_domain::{Permission, retention::BatchState};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, Moment, cursor_of, limit_of, words},
};

/// What a rule meant on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionBatch {
    id: Uuid,
    rule_id: Uuid,
    rule_name: String,
    #[schema(schema_with = words::batch_state)]
    state: BatchState,
    /// As they were counted when it was planned.
    assets: u64,
    bytes: u64,
    live_assets: u64,
    /// How many it has put in the bin so far. What was restored, held or changed since it was
    /// planned is left alone.
    binned: u64,
    created_at: Moment,
    /// Null until it is decided, and when that person is no longer known.
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    finished_at: Option<Moment>,
}

/// Which batches are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BatchQuery {
    /// Those alone that wait for a decision.
    waiting: Option<bool>,
    /// How many items at most, 1 to 500.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

route_error! {
    /// What listing batches answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List what retention rules meant, the latest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/retention/batches",
    tag = "retention",
    operation_id = "list_retention_batches",
    params(WorkspacePath, BatchQuery),
    responses((status = 200, description = "Batches", body = List<RetentionBatch>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<BatchQuery>,
) -> Result<Json<List<RetentionBatch>>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let only_waiting = query.waiting.unwrap_or_default();
    let tx = db.read_in(workspace).await?;
    let page = tx.retention().batches(only_waiting, cursor, limit).await?;
    Ok(Json(List::of(page, RetentionBatch::of)))
}

impl RetentionBatch {
    pub(super) fn of(row: BatchRow) -> Self {
        Self {
            id: row.id.0,
            rule_id: row.rule.0,
            rule_name: row.rule_name,
            state: row.state,
            assets: row.assets,
            bytes: row.bytes,
            live_assets: row.live_assets,
            binned: row.binned,
            created_at: row.created_at.into(),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Into::into),
            finished_at: row.finished_at.map(Into::into),
        }
    }
}
