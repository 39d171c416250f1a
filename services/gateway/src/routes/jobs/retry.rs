//! `POST /workspaces/{workspace_id}/jobs/{job_id}/retry`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{JobId, Permission};
use stowage_rpc::ErrorCode;

use crate::{
    extract::{JobPath, Json, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::{Kind, route_error},
    wire::JobRef,
};

route_error! {
    /// What trying a job again answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoJob = Kind::named(ErrorCode::NotFound, "not-found", "There is no such job"),
        NotParked = Kind::named(
            ErrorCode::Conflict, "job-not-parked", "Only a job that gave up can be tried again"
        ),
    }
}

/// Try a job again that gave up.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/jobs/{job_id}/retry",
    tag = "jobs",
    operation_id = "retry_job",
    params(WorkspacePath, JobPath),
    responses((status = 202, description = "It is queued again", body = JobRef), RouteError)
)]
pub(crate) async fn retry(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<JobPath>,
) -> Result<(StatusCode, Json<JobRef>), RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let id = JobId(path.job_id);
    let tx = db.begin_in(workspace).await?;
    if tx.jobs().find(id).await?.is_none() {
        return Err(RouteError::NoJob);
    }
    if !tx.jobs().retry_dead(id).await? {
        return Err(RouteError::NotParked);
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobRef { job_id: id.0 })))
}
