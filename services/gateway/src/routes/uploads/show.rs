//! `GET /workspaces/{workspace_id}/uploads/{upload_id}`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::{Upload, find_own};
use crate::{
    extract::{Json, Member, MemberError, Path, PathError, Refused, UploadPath, WorkspacePath},
    problem::{kinds, route_error},
};

route_error! {
    /// What showing an upload answers when there is none.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoUpload = kinds::NO_UPLOAD,
    }
}

/// Show an upload of one's own, and what became of it.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/uploads/{upload_id}",
    tag = "uploads",
    operation_id = "get_upload",
    params(WorkspacePath, UploadPath),
    responses((status = 200, description = "The upload", body = Upload), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<UploadPath>,
) -> Result<Json<Upload>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let upload = find_own(&tx, &member, &path).await?;
    Ok(Json(upload.ok_or(RouteError::NoUpload)?.into()))
}
