//! `GET /workspaces/{workspace_id}/renditions/{content_key}/{file}`

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use stowage_domain::{Permission, RenditionKind};
use stowage_rpc::ErrorCode;
use stowage_storage::{ObjectPath, Storage, StorageError};
use utoipa::IntoParams;

use crate::{
    extract::{Member, MemberError, Path, PathError, Refused, WorkspacePath},
    http_file::{is_fresh, log_broken},
    problem::{Answer, Kind, kinds, log, route_error},
};

/// A rendition changes its address with its content, so a browser never asks twice.
const FOREVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Which rendition is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RenditionPath {
    /// Names the content, as in the addresses that assets carry.
    content_key: String,
    /// `thumbnail.jpg`, `preview.jpg` or `fullscreen.jpg`.
    file: String,
}

route_error! {
    /// What a rendition's address answers when there is none.
    RouteError, after [MemberError, PathError], from [Refused, CentralError] {
        NoRendition = Kind::named(ErrorCode::NotFound, "not-found", "There is no such rendition"),
    }
}

/// Central storage that does not give what was asked for.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct CentralError(#[from] StorageError);

impl Answer for CentralError {
    fn kinds() -> Vec<Kind> {
        vec![kinds::UNAVAILABLE, kinds::INTERNAL]
    }

    fn problem(self) -> stowage_rpc::Problem {
        log(&self.0, "central storage could not be read");
        if self.0.is_temporary() {
            kinds::UNAVAILABLE
        } else {
            kinds::INTERNAL
        }
        .problem()
    }
}

/// Show a rendition.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/renditions/{content_key}/{file}",
    tag = "assets",
    operation_id = "get_rendition",
    params(WorkspacePath, RenditionPath),
    responses(
        (status = 200, description = "The picture", content_type = "image/jpeg", body = Vec<u8>),
        (status = 304, description = "It is what the caller has"),
        RouteError,
    )
)]
pub(crate) async fn download(
    State(central): State<Arc<dyn Storage>>,
    member: Member,
    Path(path): Path<RenditionPath>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let workspace = member.must(Permission::View)?;
    let (key, kind) = path.parse().ok_or(RouteError::NoRendition)?;
    let tag = format!("\"{key}-{kind}\"");
    let etag = HeaderValue::from_str(&tag).map_err(|_| RouteError::NoRendition)?;
    let fresh = [(header::ETAG, etag), (header::CACHE_CONTROL, FOREVER)];
    if is_fresh(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, fresh).into_response());
    }
    // The workspace is part of the key, so another one's renditions cannot be named.
    let object = ObjectPath::new(format!("w/{workspace}/renditions/{key}/{kind}.jpg"))
        .map_err(|_| RouteError::NoRendition)?;
    let found = if method == Method::HEAD {
        central
            .stat(&object)
            .await
            .map(|object| (object.size, Body::empty()))
    } else {
        let read = central.read(&object, None).await;
        read.map(|read| (read.object.size, Body::from_stream(log_broken(read.body))))
    };
    let (size, body) = match found {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Err(RouteError::NoRendition),
        Err(error) => return Err(CentralError(error).into()),
    };
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CONTENT_LENGTH, HeaderValue::from(size)),
    ];
    Ok((fresh, about, body).into_response())
}

impl RenditionPath {
    /// Returns the content key and the kind, none when they cannot be such.
    fn parse(&self) -> Option<(&str, RenditionKind)> {
        let kind = self.file.strip_suffix(".jpg")?.parse().ok()?;
        let is_plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        let key = self.content_key.as_str();
        let is_key = (1..=128).contains(&key.len())
            && key
                .bytes()
                .all(|byte| is_plain(byte) || b".-".contains(&byte))
            && key.bytes().any(is_plain);
        is_key.then_some((key, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_digits_letters_dots_and_hyphens_and_no_way_out() {
        let parse = |key: &str, file: &str| {
            let path = RenditionPath {
                content_key: key.to_owned(),
                file: file.to_owned(),
            };
            path.parse().map(|(_, kind)| kind)
        };
        assert_eq!(
            parse("0a1b.2-c", "preview.jpg"),
            Some(RenditionKind::Preview)
        );
        for (key, file) in [
            ("..", "preview.jpg"),
            (".", "preview.jpg"),
            ("", "preview.jpg"),
            ("a/b", "preview.jpg"),
            ("A", "preview.jpg"),
            ("a", "preview.png"),
            ("a", "original.jpg"),
            ("a", "preview"),
        ] {
            assert_eq!(parse(key, file), None, "{key} {file}");
        }
    }
}
