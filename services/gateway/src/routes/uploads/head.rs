//! `HEAD /workspaces/{workspace_id}/uploads/{upload_id}`

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
};
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::{GONE, NOT_SPOKEN, find_own};
use crate::{
    extract::{Member, MemberError, Path, PathError, Refused, UploadPath, WorkspacePath},
    problem::{kinds, route_error},
    upload::tus,
};

route_error! {
    /// What asking how far an upload is answers when it cannot be said.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoUpload = kinds::NO_UPLOAD,
        Gone = GONE,
        NotSpoken = NOT_SPOKEN,
    }
}

/// Ask how far an upload is, by tus 1.0.
#[utoipa::path(
    head,
    path = "/workspaces/{workspace_id}/uploads/{upload_id}",
    tag = "uploads",
    operation_id = "head_upload",
    params(
        WorkspacePath,
        UploadPath,
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`; it has to be there"),
    ),
    responses(
        (
            status = 200,
            description = "See the headers",
            headers(
                ("Upload-Offset" = u64, description = "How many bytes are durable"),
                ("Upload-Length" = u64, description = "Bytes of the whole file"),
                ("Upload-Metadata" = Option<String>, description = "As it was sent"),
                ("Upload-Expires" = Option<String>, description = "Until when somebody has to go on"),
            )
        ),
        RouteError,
    )
)]
pub(crate) async fn head(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<UploadPath>,
    headers: HeaderMap,
) -> Result<HeaderMap, RouteError> {
    let workspace = member.must(Permission::Contribute)?;
    let tx = db.read_in(workspace).await?;
    let upload = find_own(&tx, &member, &path).await?;
    drop(tx);
    let upload = upload.ok_or(RouteError::NoUpload)?;
    if upload.state.is_gone() {
        return Err(RouteError::Gone);
    }
    if !tus::is_spoken(&headers) {
        return Err(RouteError::NotSpoken);
    }
    let mut answer = tus::progress(&upload);
    answer.insert(tus::LENGTH, HeaderValue::from(upload.size));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !upload.sent_metadata.is_empty()
        && let Ok(metadata) = HeaderValue::from_str(&upload.sent_metadata)
    {
        answer.insert(tus::METADATA, metadata);
    }
    Ok(answer)
}
