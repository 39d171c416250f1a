//! `DELETE /workspaces/{workspace_id}/uploads/{upload_id}`

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::json;
use stowage_db::{Database, DbError, repo::AuditEntry};
use stowage_domain::{
    Actor, AuditAction, AuditId, AuditSubject, Clock, Ids, Permission, UploadState,
};
use stowage_rpc::ErrorCode;

use super::{GONE, NOT_SPOKEN, find_own};
use crate::{
    extract::{Member, MemberError, Path, PathError, Refused, UploadPath, WorkspacePath},
    problem::{Kind, kinds, route_error},
    upload::tus,
};

route_error! {
    /// What cancelling an upload answers when it is not cancelled.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoUpload = kinds::NO_UPLOAD,
        Gone = GONE,
        NotSpoken = NOT_SPOKEN,
        Complete = Kind::named(
            ErrorCode::Conflict,
            "upload-complete",
            "The upload is complete; delete the asset that it becomes",
        ),
    }
}

/// Cancel an upload, by tus 1.0. Its bytes go soon after.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/uploads/{upload_id}",
    tag = "uploads",
    operation_id = "delete_upload",
    params(
        WorkspacePath,
        UploadPath,
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`; it has to be there"),
    ),
    responses((status = 204, description = "It is cancelled"), RouteError)
)]
pub(crate) async fn cancel(
    State(db): State<Database>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<UploadPath>,
    headers: HeaderMap,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must(Permission::Contribute)?;
    let tx = db.begin_in(workspace).await?;
    let upload = find_own(&tx, &member, &path).await?;
    let upload = upload.ok_or(RouteError::NoUpload)?;
    if upload.state.is_gone() {
        return Err(RouteError::Gone);
    }
    if !tus::is_spoken(&headers) {
        return Err(RouteError::NotSpoken);
    }
    let way = (UploadState::Receiving, UploadState::Cancelled);
    let is_cancelled = tx
        .uploads()
        .become_state(upload.id, way, clock.now())
        .await?;
    if !is_cancelled {
        return Err(RouteError::Complete);
    }
    let act = AuditEntry {
        actor: Actor::User(member.user),
        action: AuditAction::UploadCancelled,
        subject: AuditSubject::Upload,
        subject_id: upload.id.0,
        detail: json!({ "bytes": upload.offset, "size": upload.size }),
    };
    tx.audit().record(AuditId(ids.next()), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
