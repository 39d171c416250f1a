//! `POST /workspaces/{workspace_id}/uploads/{upload_id}`: what stands for another method.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use stowage_db::{Database, DbError};
use stowage_domain::{Clock, Ids, Permission};
use stowage_rpc::ErrorCode;

use super::{
    append::{RouteError as Appending, append},
    cancel::{RouteError as Cancelling, cancel},
    find_own,
};
use crate::{
    extract::{Member, MemberError, Path, PathError, Refused, UploadPath, WorkspacePath},
    problem::{Kind, kinds, route_error},
    upload::{Receiver, tus},
};

route_error! {
    /// What is answered where a `POST` does not stand for another method, or that one fails.
    RouteError, after [MemberError, PathError], from [Refused, DbError, Appending, Cancelling] {
        NoUpload = kinds::NO_UPLOAD,
        StandsForNothing = Kind::named(
            ErrorCode::Invalid,
            "method-not-allowed",
            "X-HTTP-Method-Override has to be PATCH or DELETE",
        )
        .with_status(StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// Add bytes or cancel, for clients behind something that lets neither `PATCH` nor `DELETE` through.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/uploads/{upload_id}",
    tag = "uploads",
    operation_id = "override_upload",
    params(
        WorkspacePath,
        UploadPath,
        ("X-HTTP-Method-Override" = Option<String>, Header, description = "`PATCH` or `DELETE`; the other headers are that method's"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "As that method answers"), RouteError)
)]
#[expect(clippy::too_many_arguments, reason = "one for each thing that is used")]
pub(crate) async fn post(
    State(db): State<Database>,
    State(receiver): State<Receiver>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    path: Path<UploadPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, RouteError> {
    let (database, taker) = (State(db.clone()), State(receiver));
    match tus::stands_for(&headers) {
        Some(Method::PATCH) => {
            let answer = append(database, taker, member, path, headers, body).await?;
            Ok(answer.into_response())
        }
        Some(Method::DELETE) => {
            let (clock, ids) = (State(clock), State(ids));
            let answer = cancel(database, clock, ids, member, path, headers).await?;
            Ok(answer.into_response())
        }
        _ => {
            let tx = db.read_in(member.must(Permission::Contribute)?).await?;
            let upload = find_own(&tx, &member, &path.0).await?;
            upload.ok_or(RouteError::NoUpload)?;
            Err(RouteError::StandsForNothing)
        }
    }
}
