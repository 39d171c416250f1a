//! `OPTIONS /workspaces/{workspace_id}/uploads`, and the same of one upload.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};

use crate::{
    GatewayConfig,
    extract::{UploadPath, WorkspacePath},
    upload::tus,
};

/// Ask what this server can do, in the words of tus.
#[utoipa::path(
    options,
    path = "/workspaces/{workspace_id}/uploads",
    tag = "uploads",
    operation_id = "get_upload_options",
    params(WorkspacePath),
    security(()),
    responses((
        status = 204,
        description = "See the headers",
        headers(
            ("Tus-Version" = String, description = "`1.0.0`"),
            ("Tus-Extension" = String, description = "What is understood beyond the core"),
            ("Tus-Max-Size" = Option<u64>, description = "The largest file, where there is a limit"),
            ("Tus-Checksum-Algorithm" = String, description = "What `Upload-Checksum` may name"),
        )
    ))
)]
pub(crate) async fn all(State(config): State<Arc<GatewayConfig>>) -> (StatusCode, HeaderMap) {
    (StatusCode::NO_CONTENT, tus::abilities(&config))
}

/// Ask the same at the place of one upload.
#[utoipa::path(
    options,
    path = "/workspaces/{workspace_id}/uploads/{upload_id}",
    tag = "uploads",
    operation_id = "get_options_of_upload",
    params(WorkspacePath, UploadPath),
    security(()),
    responses((status = 204, description = "See the headers of the other"))
)]
pub(crate) async fn one(State(config): State<Arc<GatewayConfig>>) -> (StatusCode, HeaderMap) {
    (StatusCode::NO_CONTENT, tus::abilities(&config))
}
