//! The web UI: files that were built into the program.

use std::borrow::Cow;

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{http_file::is_fresh, router::no_route, wire::hex};

/// What `npm run build` left; a debug build reads it from disk each time.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// Shown when the program was built without the web UI.
const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Stowage</title>\
    <h1>Stowage is running</h1><p>Its web interface was not built. Build and start both with \
    <code>make run</code>.</p><p>The API answers at <code>/api/v1</code>.</p></html>";

/// Answers everything that is no route.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let is_api = path == "api" || path.starts_with("api/");
    let is_read = method == Method::GET || method == Method::HEAD;
    if is_api || !is_read {
        return no_route().await.into_response();
    }
    answer(path, &headers, Dist::get)
}

fn answer(
    path: &str,
    headers: &HeaderMap,
    find: impl Fn(&str) -> Option<EmbeddedFile>,
) -> Response {
    if !path.is_empty()
        && path != INDEX
        && let Some(file) = find(path)
    {
        return answer_file(path, headers, file);
    }
    // An old page asks for files of a former build: a page is not what it can use.
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let never_kept = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    match find(INDEX) {
        Some(file) => (never_kept, Html(file.data)).into_response(),
        None => (
            StatusCode::OK,
            never_kept,
            Html(Cow::Borrowed(NOT_BUILT.as_bytes())),
        )
            .into_response(),
    }
}

fn answer_file(path: &str, headers: &HeaderMap, file: EmbeddedFile) -> Response {
    // Files below assets/ carry a hash of their content in their names.
    let kept = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let etag = HeaderValue::from_str(&tag).expect("made of hexadecimal digits");
    let about = [
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        (header::ETAG, etag),
    ];
    if is_fresh(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let media_type = HeaderValue::from_str(media_type.as_ref())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    (about, [(header::CONTENT_TYPE, media_type)], file.data).into_response()
}

#[cfg(test)]
mod tests {
    use rust_embed::Metadata;

    use super::*;

    fn built(path: &str) -> Option<EmbeddedFile> {
        let known = [INDEX, "assets/index-abc.js", "favicon.svg"];
        known.contains(&path).then(|| EmbeddedFile {
            data: Cow::Borrowed(b"x"),
            metadata: Metadata::__rust_embed_new([7; 32], None, None),
        })
    }

    fn get(path: &str) -> Response {
        answer(path, &HeaderMap::new(), built)
    }

    #[test]
    fn pages_are_never_kept_and_hashed_files_are_kept_for_good() {
        for page in ["", "index.html", "w/abc/assets", "setup"] {
            let response = get(page);
            assert_eq!(
                response.headers()[header::CACHE_CONTROL],
                "no-store",
                "{page}"
            );
            assert_eq!(
                response.headers()[header::CONTENT_TYPE],
                "text/html; charset=utf-8"
            );
        }
        let script = get("assets/index-abc.js");
        assert!(
            script.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert!(
            script.headers()[header::CONTENT_TYPE]
                .to_str()
                .unwrap()
                .contains("javascript")
        );
    }

    #[test]
    fn a_file_of_a_former_build_is_not_a_page() {
        assert_eq!(get("assets/index-old.js").status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let etag = get("favicon.svg").headers()[header::ETAG].clone();
        let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]);
        assert_eq!(
            answer("favicon.svg", &headers, built).status(),
            StatusCode::NOT_MODIFIED
        );
    }

    #[test]
    fn says_so_when_it_was_not_built() {
        let response = answer("", &HeaderMap::new(), |_| None);
        assert_eq!(response.status(), StatusCode::OK);
    }
}
