//! `POST /workspaces/{workspace_id}/uploads`

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use stowage_domain::Permission;
use tracing::debug;

use super::{NOT_SPOKEN, content_length};
use crate::{
    extract::{Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    upload::{Admission, Announced, NotAdmitted, NotTaken, Receiver, tus},
};

route_error! {
    /// What beginning an upload answers when it does not.
    RouteError, after [MemberError], from [Refused, Fields, NotAdmitted, NotTaken] {
        NotSpoken = NOT_SPOKEN,
    }
}

/// Begin an upload, by tus 1.0. Its first bytes may come along.
///
/// `Upload-Metadata` may have `filename`, `relativePath` (the folders it lay in, with its name),
/// `lastModified` (milliseconds since 1970) and `filetype`; all may be missing.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/uploads",
    tag = "uploads",
    operation_id = "create_upload",
    params(
        WorkspacePath,
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`; it has to be there"),
        ("Upload-Length" = Option<u64>, Header, description = "Bytes of the whole file; it has to be there"),
        ("Upload-Metadata" = Option<String>, Header, description = "Pairs of a key and a value in base64"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` or `sha1`, and the checksum of the body in base64"),
    ),
    request_body(
        content = Vec<u8>,
        content_type = "application/offset+octet-stream",
        description = "The first bytes, or nothing",
    ),
    responses(
        (
            status = 201,
            description = "The upload can go on",
            headers(
                ("Location" = String, description = "Where it goes on"),
                ("Upload-Offset" = u64, description = "How many bytes are durable"),
                ("Upload-Expires" = Option<String>, description = "Until when somebody has to go on"),
            )
        ),
        RouteError,
    )
)]
pub(crate) async fn create(
    State(admission): State<Admission>,
    State(receiver): State<Receiver>,
    member: Member,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, RouteError> {
    let workspace = member.must(Permission::Contribute)?;
    if !tus::is_spoken(&headers) {
        return Err(RouteError::NotSpoken);
    }
    if headers.contains_key(tus::DEFER_LENGTH) {
        let why = "the size has to be known from the beginning";
        return Err(Fields::one(tus::DEFER_LENGTH.as_str(), why).into());
    }
    let size = tus::number_of(&headers, &tus::LENGTH)?;
    let metadata = tus::metadata(&headers)?;
    let brings_bytes = tus::is_offset_stream(&headers);
    let checksum = tus::checksum(&headers)?;
    if brings_bytes && content_length(&headers).is_some_and(|length| length > size) {
        return Err(NotTaken::TooLong.into());
    }

    let announced = Announced {
        name: metadata.name,
        folder: metadata.folder,
        size,
        media_type: metadata.media_type,
        modified_at: metadata.modified_at,
        sent_metadata: metadata.sent,
    };
    let mut upload = admission.admit(workspace, member.user, announced).await?;
    let id = upload.id;
    debug!(upload.id = %id, upload.bytes = size, "began upload {id}");
    if brings_bytes || size == 0 {
        let before = upload.clone();
        let body = if brings_bytes { body } else { Body::empty() };
        let taken = receiver
            .take(upload, body.into_data_stream(), checksum)
            .await;
        upload = match taken {
            Ok(upload) => upload,
            Err(error) => {
                // Who does not hear where it goes on cannot go on.
                receiver.give_up(&before).await;
                return Err(error.into());
            }
        };
    }
    let location = [(header::LOCATION, tus::location(&upload))];
    Ok((StatusCode::CREATED, location, tus::progress(&upload)).into_response())
}
