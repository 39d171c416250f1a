//! Headers that keep a browser from doing with our answers what nobody meant.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::GatewayConfig;

const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; \
     style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of originals: whatever they are, they run nothing and reach nothing.
pub(crate) const ORIGINAL_POLICY: HeaderValue =
    HeaderValue::from_static("sandbox; default-src 'none'");

/// What goes on every answer that does not say otherwise.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders(Vec<(HeaderName, HeaderValue)>);

impl SecurityHeaders {
    pub(crate) fn of(config: &GatewayConfig) -> Self {
        // A frontend elsewhere shows our pictures; without one nobody else does.
        let readers = if config.allowed_origins.is_empty() {
            "same-origin"
        } else {
            "cross-origin"
        };
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "same-origin"),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                readers,
            ),
        ];
        if config.public_url().starts_with("https://") {
            headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
        }
        let headers = headers.into_iter();
        Self(
            headers
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect(),
        )
    }

    fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// Adds the headers to every answer.
pub(crate) async fn security_headers(
    State(headers): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    headers.apply(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_gets_the_policy_and_an_original_keeps_its_own() {
        let added = SecurityHeaders::of(&GatewayConfig::default());

        let mut page = HeaderMap::new();
        added.apply(&mut page);
        assert_eq!(page[header::CONTENT_SECURITY_POLICY], PAGE_POLICY);
        assert_eq!(page[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(page["cross-origin-opener-policy"], "same-origin");
        assert_eq!(page["cross-origin-resource-policy"], "same-origin");
        assert!(!page.contains_key(header::STRICT_TRANSPORT_SECURITY));

        let mut original = HeaderMap::new();
        original.insert(header::CONTENT_SECURITY_POLICY, ORIGINAL_POLICY);
        added.apply(&mut original);
        assert_eq!(original[header::CONTENT_SECURITY_POLICY], ORIGINAL_POLICY);
    }

    #[test]
    fn who_comes_over_tls_is_told_to_stay_there() {
        let config = GatewayConfig {
            public_url: Some("https://photos.example.org".to_owned()),
            ..GatewayConfig::default()
        };
        let mut headers = HeaderMap::new();
        SecurityHeaders::of(&config).apply(&mut headers);
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }
}
