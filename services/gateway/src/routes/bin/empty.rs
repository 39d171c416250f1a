//! `POST /workspaces/{workspace_id}/bin/empty`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde_json::json;
use stowage_db::{
    Database, DbError,
    repo::{AuditEntry, NewBatch},
};
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids, Permission, purge::PurgeOrigin};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::PlanPurge;

use super::PurgePlan;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What emptying the bin answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Delete everything that is in the recycle bin now for good. What a legal hold keeps stays, and
/// so does what is put there later. Cannot be undone.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/bin/empty",
    tag = "bin",
    operation_id = "empty_bin",
    params(WorkspacePath),
    responses((status = 202, description = "It is under way; what it does", body = PurgePlan), RouteError)
)]
pub(crate) async fn empty(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
) -> Result<(StatusCode, Json<PurgePlan>), RouteError> {
    let workspace = member.must(Permission::Purge)?;
    let tx = db.begin_in(workspace).await?;
    let plan = tx.bin().plan(None).await?;
    if plan.assets > 0 {
        let batch = NewBatch {
            id: ids.next().into(),
            origin: PurgeOrigin::Person,
            by: Some(member.user),
        };
        tx.purges().insert_batch(&batch).await?;
        let job = PlanPurge {
            batch_id: batch.id.to_string(),
        };
        let job = NewJob::of(Some(workspace), &job).with_priority(Priority::Interactive);
        tx.jobs().enqueue_one(job).await?;
        let entry = AuditEntry {
            actor: Actor::User(member.user),
            action: AuditAction::PurgeRequested,
            subject: AuditSubject::Workspace,
            subject_id: workspace.into(),
            detail: json!({ "batch": batch.id, "assets": plan.assets, "everything": true }),
        };
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(plan.into())))
}
