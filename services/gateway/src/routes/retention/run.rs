//! `POST /workspaces/{workspace_id}/retention/rules/{rule_id}/run`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, RetentionRuleId};
use stowage_jobs::{NewJob, Priority};

use super::{NO_RULE, planning};
use crate::{
    extract::{Json, Member, MemberError, Path, PathError, Refused, RulePath, WorkspacePath},
    problem::route_error,
    wire::JobRef,
};

route_error! {
    /// What running a rule answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoRule = NO_RULE,
    }
}

/// Run a retention rule now, also one that is switched off. A batch of it that waits or runs
/// already comes first.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/retention/rules/{rule_id}/run",
    tag = "retention",
    operation_id = "run_retention_rule",
    params(WorkspacePath, RulePath),
    responses((status = 202, description = "It is queued", body = JobRef), RouteError)
)]
pub(crate) async fn run(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<RulePath>,
) -> Result<(StatusCode, Json<JobRef>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = RetentionRuleId(path.rule_id);
    let tx = db.begin_in(workspace).await?;
    let rule = tx.retention().find(id).await?.ok_or(RouteError::NoRule)?;
    let job = NewJob::of(Some(workspace), &planning(rule.id));
    let job = job.with_priority(Priority::Interactive);
    let job_id = tx.jobs().enqueue_one(job).await?.0;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobRef { job_id })))
}
