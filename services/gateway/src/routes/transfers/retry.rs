//! `POST /workspaces/{workspace_id}/transfers/{transfer_id}/retry`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde_json::json;
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, AuditSubject, Ids, Permission, TransferId};
use stowage_rpc::ErrorCode;

use super::Transfer;
use crate::{
    extract::{Json, Member, MemberError, Path, PathError, Refused, TransferPath, WorkspacePath},
    problem::{Kind, route_error},
};

route_error! {
    /// What trying a transfer again answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoTransfer = Kind::named(
            ErrorCode::NotFound, "not-found", "There is no such transfer"
        ),
        Over = Kind::named(
            ErrorCode::Conflict, "transfer-over", "There is nothing to copy any more"
        ),
    }
}

/// Try a transfer again now. Attempts are counted anew.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/transfers/{transfer_id}/retry",
    tag = "storages",
    operation_id = "retry_transfer",
    params(WorkspacePath, TransferPath),
    responses((status = 202, description = "It is tried now", body = Transfer), RouteError)
)]
pub(crate) async fn retry(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<TransferPath>,
) -> Result<(StatusCode, Json<Transfer>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = TransferId(path.transfer_id);
    let tx = db.begin_in(workspace).await?;
    let before = tx.transfers().find(id).await?;
    let before = before.ok_or(RouteError::NoTransfer)?;
    if !tx.transfers().retry(id).await? {
        return Err(RouteError::Over);
    }
    let shown = tx.transfers().show(id).await?;
    let shown = shown.ok_or(RouteError::NoTransfer)?;
    let detail = json!({
        "transfer": id,
        "to": before.target,
        "to_name": shown.target_name,
        "trouble": before.trouble,
        "reason": before.error,
    });
    let subject = (AuditSubject::Asset, before.asset.0);
    let entry = member.act(AuditAction::TransfersRetried, subject, detail);
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(shown.into())))
}
