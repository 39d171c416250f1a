//! `POST /workspaces/{workspace_id}/assets/{asset_id}/retry`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{AssetId, Permission};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::ImportObject;
use stowage_rpc::ErrorCode;

use crate::{
    extract::{AssetPath, Json, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::{Kind, kinds, route_error},
    wire::JobRef,
};

route_error! {
    /// What reading an asset again answers when it will not be.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoAsset = kinds::NO_ASSET,
        Missing = Kind::named(
            ErrorCode::Conflict,
            "original-missing",
            "The original is gone from its storage and cannot be read again",
        ),
    }
}

/// Read the original of an asset again and make its pictures anew.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/{asset_id}/retry",
    tag = "assets",
    operation_id = "retry_asset",
    params(WorkspacePath, AssetPath),
    responses((status = 202, description = "It is queued", body = JobRef), RouteError)
)]
pub(crate) async fn retry(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<AssetPath>,
) -> Result<(StatusCode, Json<JobRef>), RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let tx = db.begin_in(workspace).await?;
    let detail = tx
        .gallery()
        .find(AssetId(path.asset_id))
        .await?
        .ok_or(RouteError::NoAsset)?;
    let original = detail.locations.iter().find(|location| location.present);
    let original = original.ok_or(RouteError::Missing)?;
    let import = ImportObject {
        remote_object_id: original.object.to_string(),
        again: true,
        scan_run_id: String::new(),
    };
    let job = NewJob::of(Some(workspace), &import).with_priority(Priority::Interactive);
    let id = tx.jobs().enqueue_one(job).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(JobRef { job_id: id.0 })))
}
