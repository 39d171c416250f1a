//! `POST /workspaces/{workspace_id}/lingering/{copy_id}/acknowledge`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde_json::json;
use stowage_db::{Database, DbError, repo::AuditEntry};
use stowage_domain::{
    Actor, AuditAction, AuditSubject, ExternalOpId, Ids, Permission,
    purge::{Event, OpState, step},
};

use super::{NO_COPY, SETTLED};
use crate::{
    extract::{CopyPath, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What letting a copy be answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoCopy = NO_COPY,
        Settled = SETTLED,
    }
}

/// Say that a lingering copy may stay where it is. It is not tried again, and not imported again
/// as long as it is unchanged.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/lingering/{copy_id}/acknowledge",
    tag = "bin",
    operation_id = "acknowledge_lingering",
    params(WorkspacePath, CopyPath),
    responses((status = 204, description = "It may stay"), RouteError)
)]
pub(crate) async fn acknowledge(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<CopyPath>,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must(Permission::Purge)?;
    let id = ExternalOpId(path.copy_id);
    let tx = db.begin_in(workspace).await?;
    let op = tx.external_ops().find(id).await?;
    let op = op.ok_or(RouteError::NoCopy)?;
    let (state, _) = step(op.state, Event::Acknowledge);
    let is_ours = op.state != OpState::Acknowledged
        && state == OpState::Acknowledged
        && tx
            .external_ops()
            .settle(id, (op.state, state), op.error.as_deref())
            .await?;
    if !is_ours {
        return Err(RouteError::Settled);
    }
    // The source of a transfer may stay: it is a further copy from then on.
    tx.transfers()
        .settle_source(op.object, op.asset, true)
        .await?;
    let entry = AuditEntry {
        actor: Actor::User(member.user),
        action: AuditAction::CopyAcknowledged,
        subject: AuditSubject::Asset,
        subject_id: op.asset.into(),
        detail: json!({ "storage": op.storage, "path": op.path, "revision": op.revision }),
    };
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
