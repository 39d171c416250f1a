//! `GET /workspaces/{workspace_id}/jobs`

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{JobState, Permission};
use utoipa::IntoParams;

use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{Job, List, cursor_of, limit_of, words},
};

/// Which jobs are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// Jobs in this state; parked ones when left out.
    #[param(schema_with = words::job_state)]
    state: Option<JobState>,
    /// How many items at most, 1 to 500.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

route_error! {
    /// What listing jobs answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List jobs of the workspace, last changed first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/jobs",
    tag = "jobs",
    operation_id = "list_jobs",
    params(WorkspacePath, JobsQuery),
    responses((status = 200, description = "Jobs", body = List<Job>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<JobsQuery>,
) -> Result<Json<List<Job>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let state = query.state.unwrap_or(JobState::Dead);
    let tx = db.read_in(workspace).await?;
    let page = tx.jobs().list(state, cursor, limit).await?;
    Ok(Json(List::of(page, Job::from)))
}
