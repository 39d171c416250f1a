//! `POST /workspaces/{workspace_id}/storages/{storage_id}/scan`

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, StorageId};
use stowage_proto::job::ScanTrigger;
use stowage_storage::ObjectPath;
use utoipa::ToSchema;

use super::{enqueue_scan, find};
use crate::{
    extract::{
        Json, JsonError, MaybeJson, Member, MemberError, Path, PathError, Refused, StoragePath,
        WorkspacePath,
    },
    problem::{Fields, kinds, route_error},
    wire::JobRef,
};

/// What to scan.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScanRequest {
    /// Only this folder, relative to the connected one; all when left out.
    folder: Option<String>,
}

route_error! {
    /// What asking for a scan answers when there will be none.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, Fields, DbError] {
        NoStorage = kinds::NO_STORAGE,
        Off = kinds::STORAGE_OFF,
    }
}

/// Scan a storage, or a folder of it, now.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/storages/{storage_id}/scan",
    tag = "storages",
    operation_id = "scan_storage",
    params(WorkspacePath, StoragePath),
    request_body = Option<ScanRequest>,
    responses((status = 202, description = "The scan is queued", body = JobRef), RouteError)
)]
pub(crate) async fn scan(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<StoragePath>,
    MaybeJson(request): MaybeJson<ScanRequest>,
) -> Result<(StatusCode, Json<JobRef>), RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let id = StorageId(path.storage_id);
    let folder = request.folder.unwrap_or_default();
    let folder = folder.trim_matches('/');
    if !folder.is_empty() {
        ObjectPath::new(folder).map_err(|wrong| Fields::one("folder", wrong.to_string()))?;
    }
    let tx = db.begin_in(workspace).await?;
    let row = find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    if !row.is_on {
        return Err(RouteError::Off);
    }
    let job = enqueue_scan(&tx, workspace, id, ScanTrigger::Request, folder).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobRef { job_id: job.0 })))
}
