//! Requests that change something come from our own pages.
//!
//! Three nets, any of which would do in a current browser: cookies are `SameSite=Lax`, the header
//! `X-Stowage` cannot be sent by another site's form or without its asking first, and browsers say
//! where a request comes from. A request with an API key needs none of them: no browser adds a key
//! by itself, and the cookie counts for nothing then.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

use crate::{GatewayConfig, auth::sends_key, problem::kinds};

const HEADER: &str = "x-stowage";

/// The origins that may act for somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Origins(Arc<[String]>);

impl Origins {
    pub(crate) fn of(config: &GatewayConfig) -> Self {
        Self(config.trusted_origins().into())
    }

    /// Returns what is wrong with an unsafe request, in words.
    fn refusal(&self, headers: &HeaderMap) -> Option<&'static str> {
        if !headers.contains_key(HEADER) {
            return Some("a request that changes something needs the header X-Stowage: 1");
        }
        let text = |name| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap_or_default())
        };
        if let Some(origin) = text(header::ORIGIN) {
            let host = text(header::HOST);
            let is_trusted = self.0.iter().any(|known| known == origin);
            if is_trusted {
                return None;
            }
            if host.is_none() || authority_of(origin).as_deref() != host {
                return Some("the request comes from a page of another origin");
            }
        }
        match text(header::HeaderName::from_static("sec-fetch-site")) {
            None | Some("same-origin" | "none") => None,
            Some(_) => Some("the request comes from a page of another site"),
        }
    }
}

/// Returns host and port of an origin as they stand in `Host`.
fn authority_of(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

/// Refuses unsafe requests that other sites' pages may have made.
pub(crate) async fn same_origin(
    State(origins): State<Origins>,
    request: Request,
    next: Next,
) -> Response {
    if !request.method().is_safe()
        && !sends_key(request.headers())
        && let Some(reason) = origins.refusal(request.headers())
    {
        return kinds::FOREIGN_ORIGIN
            .problem()
            .with_detail(reason)
            .into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_in(headers: &[(&'static str, &'static str)]) -> bool {
        let config = GatewayConfig {
            public_url: Some("https://photos.example.org".to_owned()),
            allowed_origins: vec!["https://frontend.example.net".to_owned()],
            ..GatewayConfig::default()
        };
        let map = headers.iter().map(|(name, value)| {
            (
                header::HeaderName::from_static(name),
                header::HeaderValue::from_static(value),
            )
        });
        Origins::of(&config).refusal(&map.collect()).is_none()
    }

    #[test]
    fn programs_need_the_header_and_nothing_else() {
        assert!(is_let_in(&[("x-stowage", "1"), ("host", "nas:8080")]));
        assert!(!is_let_in(&[("host", "nas:8080")]));
    }

    #[test]
    fn pages_of_this_host_get_in_by_whatever_name_it_was_called() {
        for (host, origin) in [
            ("nas:8080", "http://nas:8080"),
            ("192.0.2.1:8080", "http://192.0.2.1:8080"),
            ("[2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
            ("photos.example.org", "https://photos.example.org"),
            ("inside:8080", "https://photos.example.org"),
        ] {
            let headers = [
                ("x-stowage", "1"),
                ("host", host),
                ("origin", origin),
                ("sec-fetch-site", "same-origin"),
            ];
            assert!(is_let_in(&headers), "{host} {origin}");
        }
    }

    #[test]
    fn pages_of_other_sites_do_not_even_with_the_header() {
        for (origin, site) in [
            ("https://evil.example", "cross-site"),
            ("https://other.example.org", "same-site"),
            ("http://nas:9090", "same-site"),
            ("null", "cross-site"),
        ] {
            let headers = [
                ("x-stowage", "1"),
                ("host", "nas:8080"),
                ("origin", origin),
                ("sec-fetch-site", site),
            ];
            assert!(!is_let_in(&headers), "{origin}");
        }
        assert!(!is_let_in(&[
            ("x-stowage", "1"),
            ("host", "nas"),
            ("sec-fetch-site", "cross-site")
        ]));
    }

    #[test]
    fn an_allowed_frontend_gets_in() {
        let headers = [
            ("x-stowage", "1"),
            ("host", "photos.example.org"),
            ("origin", "https://frontend.example.net"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert!(is_let_in(&headers));
    }
}
