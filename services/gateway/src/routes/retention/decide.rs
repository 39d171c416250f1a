//! `POST /workspaces/{workspace_id}/retention/batches/{batch_id}/approve` and `…/refuse`

use axum::extract::State;
use serde_json::json;
use stowage_db::DbError;
use stowage_domain::{
    AuditAction, Permission, RetentionBatchId,
    retention::{BatchEvent, BatchState},
};
use stowage_proto::job::ApplyRetention;
use stowage_rpc::ErrorCode;

use super::{about, batches::RetentionBatch};
use crate::{
    extract::{BatchPath, Json, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::{Kind, route_error},
    state::Gateway,
};

route_error! {
    /// What deciding about a batch answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoBatch = Kind::named(ErrorCode::NotFound, "not-found", "There is no such batch"),
        Decided = Kind::named(
            ErrorCode::Conflict, "batch-decided", "Nothing is to be decided about this batch any more"
        ),
    }
}

/// Let a batch of a retention rule go to the bin. What was restored, held or changed since it was
/// planned stays.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/retention/batches/{batch_id}/approve",
    tag = "retention",
    operation_id = "approve_retention_batch",
    security(("session" = [])),
    params(WorkspacePath, BatchPath),
    responses((status = 200, description = "It is on its way", body = RetentionBatch), RouteError)
)]
pub(crate) async fn approve(
    State(gateway): State<Gateway>,
    member: Member,
    Path(path): Path<BatchPath>,
) -> Result<Json<RetentionBatch>, RouteError> {
    decide(&gateway, &member, &path, BatchEvent::Approve).await
}

/// Refuse a batch of a retention rule: nothing of it goes. The rule stays, and may ask again the
/// next day.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/retention/batches/{batch_id}/refuse",
    tag = "retention",
    operation_id = "refuse_retention_batch",
    security(("session" = [])),
    params(WorkspacePath, BatchPath),
    responses((status = 200, description = "It is refused", body = RetentionBatch), RouteError)
)]
pub(crate) async fn refuse(
    State(gateway): State<Gateway>,
    member: Member,
    Path(path): Path<BatchPath>,
) -> Result<Json<RetentionBatch>, RouteError> {
    decide(&gateway, &member, &path, BatchEvent::Refuse).await
}

/// No API key approves: this takes a person.
async fn decide(
    gateway: &Gateway,
    member: &Member,
    path: &BatchPath,
    event: BatchEvent,
) -> Result<Json<RetentionBatch>, RouteError> {
    let workspace = member.must_in_person(Permission::Administer)?;
    let id = RetentionBatchId(path.batch_id);
    let tx = gateway.db.begin_in(workspace).await?;
    let batch = tx.retention().batch(id).await?.ok_or(RouteError::NoBatch)?;
    let next = batch.state.step(event).ok_or(RouteError::Decided)?;
    let way = (batch.state, next);
    if !tx.retention().settle(id, way, Some(member.user)).await? {
        return Err(RouteError::Decided);
    }
    let action = if next == BatchState::Running {
        let job = ApplyRetention {
            rule_id: String::new(),
            batch_id: id.to_string(),
        };
        tx.jobs().enqueue(&job).await?;
        AuditAction::RetentionApproved
    } else {
        AuditAction::RetentionRefused
    };
    let detail = json!({
        "rule": batch.rule_name,
        "batch": id,
        "assets": batch.assets,
        "bytes": batch.bytes,
    });
    let entry = about((workspace, member.user), action, detail);
    tx.audit().record(gateway.ids.next().into(), &entry).await?;
    let after = tx.retention().batch(id).await?.ok_or(RouteError::NoBatch)?;
    tx.commit().await?;
    Ok(Json(RetentionBatch::of(after)))
}
