//! What a request shows to say who it is: a browser's session, or a program's key.

use axum::http::{HeaderMap, header};
use stowage_secrets::Token;

use super::cookie;

/// The header that holds a key, where `Authorization` is taken by something in between.
pub(crate) const KEY_HEADER: &str = "x-api-key";

/// Says who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    Session(Token),
    Key(Token),
}

impl Credential {
    /// Returns what a request shows. Where it sends a key the cookie counts for nothing, so that
    /// a key never does more than it may alone.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        if sends_key(headers) {
            return key_of(headers).map(Self::Key);
        }
        cookie::token_of(headers).map(Self::Session)
    }
}

/// Returns whether a request sends a key, good or not. No page of another site can make a browser
/// do that without asking first, and none is let.
pub(crate) fn sends_key(headers: &HeaderMap) -> bool {
    headers.contains_key(KEY_HEADER) || bearer(headers).is_some()
}

/// Returns the key, unless the request sends two different ones.
fn key_of(headers: &HeaderMap) -> Option<Token> {
    let named = headers.get_all(KEY_HEADER).into_iter();
    let named = named.map(|value| value.to_str().unwrap_or_default().trim());
    let mut keys: Vec<&str> = named.chain(bearer(headers)).collect();
    keys.dedup();
    match keys.as_slice() {
        [key] if !key.is_empty() => Some(Token::from_caller(key)),
        _ => None,
    }
}

/// Returns what a request shows in `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.trim().split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Option<Credential> {
        let map = headers.iter().map(|(name, value)| {
            (
                header::HeaderName::from_static(name),
                header::HeaderValue::from_static(value),
            )
        });
        Credential::of(&map.collect())
    }

    #[test]
    fn a_key_is_taken_from_either_header_and_the_cookie_counts_for_nothing_then() {
        let key = Some(Credential::Key(Token::from_caller("stw_a")));
        let cookie = ("cookie", "stowage_session=xyz");
        assert_eq!(of(&[("authorization", "Bearer stw_a")]), key);
        assert_eq!(of(&[("authorization", "bearer  stw_a"), cookie]), key);
        assert_eq!(of(&[("x-api-key", "stw_a"), cookie]), key);
        assert_eq!(
            of(&[("x-api-key", "stw_a"), ("authorization", "Bearer stw_a")]),
            key
        );
        assert_eq!(of(&[("x-api-key", ""), cookie]), None);
        assert_eq!(
            of(&[("x-api-key", "stw_a"), ("authorization", "Bearer stw_b")]),
            None
        );
    }

    #[test]
    fn a_password_for_something_in_between_is_no_key() {
        let session = Some(Credential::Session(Token::from_caller("xyz")));
        let cookie = ("cookie", "stowage_session=xyz");
        assert_eq!(of(&[("authorization", "Basic YTpi"), cookie]), session);
        assert_eq!(of(&[]), None);
    }
}
