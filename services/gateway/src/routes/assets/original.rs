//! `GET /workspaces/{workspace_id}/assets/{asset_id}/original`

mod source;

use std::{ops::Range, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{AssetId, Permission};
use stowage_rpc::ErrorCode;
use stowage_storage::Storage;
use utoipa::IntoParams;

use self::source::{Facts, Failed, Original};
use crate::{
    connector::{Connector, ConnectorError},
    extract::{
        AssetPath, Member, MemberError, Path, PathError, Query, QueryError, Refused, WorkspacePath,
    },
    http_file::{Wanted, attachment, inline, is_fresh, is_shown, range_holds, sent_type, wanted},
    layers::ORIGINAL_POLICY,
    problem::{Answer, Kind, kinds, route_error},
};

/// How the original is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OriginalQuery {
    /// `1` to save it, whatever it is.
    download: Option<u16>,
}

const NO_SUCH_RANGE: Kind = Kind::named(
    ErrorCode::Invalid,
    "no-such-range",
    "The original has no such bytes",
)
.with_status(StatusCode::RANGE_NOT_SATISFIABLE);

route_error! {
    /// Why an original cannot be had.
    RouteError, after [MemberError, PathError, QueryError],
    from [Refused, DbError, ConnectorError] {
        NoAsset = kinds::NO_ASSET,
        Missing = Kind::named(
            ErrorCode::NotFound, "original-missing", "The original is gone from its storage"
        ),
        Disconnected = Kind::named(
            ErrorCode::Conflict,
            "original-disconnected",
            "The storage of the original is disconnected; connect it again",
        ),
        Disabled = Kind::named(
            ErrorCode::Conflict,
            "original-disabled",
            "The storage of the original is switched off and hides its originals",
        ),
        NoSuchRange = NO_SUCH_RANGE,
    }
}

/// Download an original, whole or in part.
///
/// Pictures that every browser can show are shown; everything else is saved. Pictures, films and
/// sounds come in their own type, everything else as `application/octet-stream`: the asset says
/// what it is.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/assets/{asset_id}/original",
    tag = "assets",
    operation_id = "get_original",
    params(
        WorkspacePath,
        AssetPath,
        OriginalQuery,
        ("Range" = Option<String>, Header, description = "One range, as `bytes=0-99` or `bytes=-100`"),
    ),
    responses(
        (status = 200, description = "The file", content_type = "*/*", body = Vec<u8>),
        (status = 206, description = "The part", content_type = "*/*", body = Vec<u8>),
        (status = 304, description = "It is what the caller has"),
        RouteError,
    )
)]
#[expect(clippy::too_many_arguments, reason = "one for each thing that is used")]
pub(crate) async fn download(
    State(db): State<Database>,
    State(connector): State<Connector>,
    State(central): State<Arc<dyn Storage>>,
    member: Member,
    Path(path): Path<AssetPath>,
    Query(query): Query<OriginalQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let original = Original::find(&tx, workspace, AssetId(path.asset_id)).await?;
    drop(tx);
    let original = original.ok_or(RouteError::NoAsset)?;
    let is_shown = is_shown(&original.media_type) && query.download.unwrap_or(0) == 0;

    let known = original.known();
    if is_fresh(&headers, &known.etag) {
        return Ok((
            StatusCode::NOT_MODIFIED,
            about(&original, &known.etag, is_shown),
        )
            .into_response());
    }
    if method == Method::HEAD {
        return Ok(answer(&original, &known, is_shown, None, Body::empty()));
    }

    let mut expected = known;
    for is_last_try in [false, false, true] {
        let range = match range_of(&headers, &expected.etag, expected.size) {
            Wanted::Part(range) if !is_last_try => Some(range),
            Wanted::All | Wanted::Part(_) => None,
            Wanted::Nothing => return Ok(no_such_range(expected.size)),
        };
        let opened = original
            .open(&connector, &central, range.clone())
            .await
            .map_err(because)?;
        // It changed since it was last listed: a range of what it was is none of what it is.
        if range.is_some() && opened.facts != expected {
            expected = opened.facts;
            continue;
        }
        return Ok(answer(
            &original,
            &opened.facts,
            is_shown,
            range,
            opened.body,
        ));
    }
    unreachable!("the last try takes the whole file")
}

fn range_of(headers: &HeaderMap, etag: &str, size: u64) -> Wanted {
    if range_holds(headers, etag) {
        wanted(headers, size)
    } else {
        Wanted::All
    }
}

fn because(failed: Failed) -> RouteError {
    match failed {
        Failed::Missing => RouteError::Missing,
        Failed::Disabled => RouteError::Disabled,
        Failed::Disconnected => RouteError::Disconnected,
        Failed::Connector(error) => error.into(),
    }
}

fn about(original: &Original, etag: &str, is_shown: bool) -> HeaderMap {
    let name = original.name.as_str();
    let disposition = if is_shown {
        inline(name)
    } else {
        attachment(name)
    };
    let etag = HeaderValue::from_str(etag).expect("made of hexadecimal digits");
    HeaderMap::from_iter([
        (header::ETAG, etag),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        // Asked for again each time, so that who left the workspace sees it no more.
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, ORIGINAL_POLICY),
    ])
}

fn answer(
    original: &Original,
    facts: &Facts,
    is_shown: bool,
    range: Option<Range<u64>>,
    body: Body,
) -> Response {
    let length = range
        .as_ref()
        .map_or(facts.size, |range| range.end - range.start);
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    *headers = about(original, &facts.etag, is_shown);
    headers.insert(header::CONTENT_TYPE, sent_type(&original.media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(range) = range {
        let stretch = format!("bytes {}-{}/{}", range.start, range.end - 1, facts.size);
        let stretch = HeaderValue::from_str(&stretch).expect("made of digits");
        headers.insert(header::CONTENT_RANGE, stretch);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn no_such_range(size: u64) -> Response {
    let content_range = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
    (content_range, RouteError::NoSuchRange.problem()).into_response()
}
