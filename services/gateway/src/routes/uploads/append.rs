//! `PATCH /workspaces/{workspace_id}/uploads/{upload_id}`

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, UploadState, WrongBytes, may_append};
use stowage_rpc::ErrorCode;

use super::{GONE, NOT_SPOKEN, WRONG_TYPE, content_length, find_own};
use crate::{
    extract::{Member, MemberError, Path, PathError, Refused, UploadPath, WorkspacePath},
    problem::{Fields, Kind, kinds, route_error},
    upload::{NotTaken, Receiver, tus},
};

route_error! {
    /// What adding bytes to an upload answers when they are not taken.
    RouteError, after [MemberError, PathError], from [Refused, Fields, DbError, NotTaken] {
        NoUpload = kinds::NO_UPLOAD,
        Gone = GONE,
        NotSpoken = NOT_SPOKEN,
        WrongType = WRONG_TYPE,
        Shredded = Kind::named(
            ErrorCode::Invalid,
            "upload-pieces-too-small",
            "The upload comes in far too many pieces; begin again with larger ones",
        ),
    }
}

/// Add bytes to an upload, by tus 1.0.
///
/// What comes before a break counts, in pieces of 16 MiB; ask with `HEAD` where to go on.
#[utoipa::path(
    patch,
    path = "/workspaces/{workspace_id}/uploads/{upload_id}",
    tag = "uploads",
    operation_id = "append_upload",
    params(
        WorkspacePath,
        UploadPath,
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`; it has to be there"),
        ("Upload-Offset" = Option<u64>, Header, description = "Where the bytes begin; it has to be there"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` or `sha1`, and the checksum of the body in base64. With it, the body counts as a whole or not at all"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (
            status = 204,
            description = "They are durable",
            headers(
                ("Upload-Offset" = u64, description = "How many bytes are durable"),
                ("Upload-Expires" = Option<String>, description = "Until when somebody has to go on"),
            )
        ),
        RouteError,
    )
)]
pub(crate) async fn append(
    State(db): State<Database>,
    State(receiver): State<Receiver>,
    member: Member,
    Path(path): Path<UploadPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, HeaderMap), RouteError> {
    let workspace = member.must(Permission::Contribute)?;
    let tx = db.read_in(workspace).await?;
    let upload = find_own(&tx, &member, &path).await?;
    let upload = upload.ok_or(RouteError::NoUpload)?;
    let chunks = tx.upload_chunks().count(upload.id).await?;
    drop(tx);
    if upload.state.is_gone() {
        return Err(RouteError::Gone);
    }
    if !tus::is_spoken(&headers) {
        return Err(RouteError::NotSpoken);
    }
    if !tus::is_offset_stream(&headers) {
        return Err(RouteError::WrongType);
    }
    let at = tus::number_of(&headers, &tus::OFFSET)?;
    let checksum = tus::checksum(&headers)?;
    let stands = (upload.offset, upload.size);
    may_append(stands, chunks, at, content_length(&headers)).map_err(because)?;
    let taken = if upload.state == UploadState::Receiving {
        let bytes = body.into_data_stream();
        receiver.take(upload, bytes, checksum).await?
    } else {
        // It has all of its bytes: what comes is nothing, or too much.
        receiver.refuse_more(body.into_data_stream()).await?;
        upload
    };
    Ok((StatusCode::NO_CONTENT, tus::progress(&taken)))
}

fn because(wrong: WrongBytes) -> RouteError {
    match wrong {
        WrongBytes::Elsewhere => NotTaken::Moved.into(),
        WrongBytes::TooMany => NotTaken::TooLong.into(),
        WrongBytes::TooSmall => RouteError::Shredded,
    }
}
