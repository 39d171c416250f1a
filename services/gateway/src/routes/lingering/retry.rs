//! `POST /workspaces/{workspace_id}/lingering/{copy_id}/retry`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde_json::json;
use stowage_db::{Database, DbError};
use stowage_domain::{
    AuditAction, AuditSubject, ExternalOpId, Ids, Permission,
    purge::{Effect, Event, step},
};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::DeleteOriginal;

use super::{NO_COPY, SETTLED};
use crate::{
    extract::{CopyPath, Json, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
    wire::JobRef,
};

route_error! {
    /// What trying to delete a copy again answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoCopy = NO_COPY,
        Settled = SETTLED,
    }
}

/// Try to delete a lingering copy now.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/lingering/{copy_id}/retry",
    tag = "bin",
    operation_id = "retry_lingering",
    params(WorkspacePath, CopyPath),
    responses((status = 202, description = "It is tried now", body = JobRef), RouteError)
)]
pub(crate) async fn retry(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<CopyPath>,
) -> Result<(StatusCode, Json<JobRef>), RouteError> {
    let workspace = member.must(Permission::Purge)?;
    let id = ExternalOpId(path.copy_id);
    let tx = db.begin_in(workspace).await?;
    let op = tx.external_ops().find(id).await?;
    let op = op.ok_or(RouteError::NoCopy)?;
    let (state, effect) = step(op.state, Event::Retry);
    if effect != Some(Effect::TryAgain) {
        return Err(RouteError::Settled);
    }
    tx.external_ops()
        .settle(id, (op.state, state), op.error.as_deref())
        .await?;
    let job = DeleteOriginal {
        external_op_id: id.to_string(),
    };
    let job = NewJob::of(Some(workspace), &job).with_priority(Priority::Interactive);
    let job = tx.jobs().enqueue_one(job).await?;
    tx.external_ops().wake(id).await?;
    let detail = json!({ "storage": op.storage, "path": op.path, "reason": op.error });
    let subject = (AuditSubject::Asset, op.asset.0);
    let entry = member.act(AuditAction::CopyRetried, subject, detail);
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobRef { job_id: job.0 })))
}
