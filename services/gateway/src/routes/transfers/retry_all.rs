//! `POST /workspaces/{workspace_id}/transfers/retry`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, AuditSubject, Ids, Permission, StorageId};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{kinds, route_error},
    routes::storages::find,
};

/// Which transfers are to be tried again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RetryTransfers {
    /// Those to this storage; to all of them when left out.
    storage_id: Option<Uuid>,
}

/// How many transfers are tried again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetriedTransfers {
    retried: u64,
}

route_error! {
    /// What trying transfers again answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, DbError] {
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Try all transfers again now that something stands against. Attempts are counted anew.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/transfers/retry",
    tag = "storages",
    operation_id = "retry_transfers",
    params(WorkspacePath),
    request_body = RetryTransfers,
    responses((status = 202, description = "They are tried now", body = RetriedTransfers), RouteError)
)]
pub(crate) async fn retry_all(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(body): Json<RetryTransfers>,
) -> Result<(StatusCode, Json<RetriedTransfers>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let tx = db.begin_in(workspace).await?;
    let storage = body.storage_id.map(StorageId);
    if let Some(storage) = storage
        && find(&tx, storage).await?.is_none()
    {
        return Err(RouteError::NoStorage);
    }
    let retried = tx.transfers().retry_all(storage).await?;
    if retried > 0 {
        let subject = storage.map_or((AuditSubject::Workspace, workspace.0), |storage| {
            (AuditSubject::Storage, storage.0)
        });
        let detail = json!({ "originals": retried });
        let entry = member.act(AuditAction::TransfersRetried, subject, detail);
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(RetriedTransfers { retried })))
}
