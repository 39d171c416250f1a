//! The cookie that holds the session's token.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use stowage_secrets::Token;

use crate::GatewayConfig;

pub(crate) const NAME: &str = "stowage_session";

/// Returns the token that a browser sent.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == NAME && !value.is_empty()).then(|| Token::from_caller(value))
    })
}

/// Makes the header that hands a token to the browser.
pub(crate) fn set(token: &Token, config: &GatewayConfig) -> HeaderValue {
    header_of(
        token.expose(),
        config.session_length,
        config.is_cookie_secure(),
    )
}

/// Makes the header that takes the token away.
pub(crate) fn clear(config: &GatewayConfig) -> HeaderValue {
    header_of("", Duration::ZERO, config.is_cookie_secure())
}

fn header_of(value: &str, lasts: Duration, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let seconds = lasts.as_secs();
    let text = format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut header = HeaderValue::from_str(&text).expect("tokens are written in plain letters");
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_token_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            "a=b; stowage_session=xyz; c=d".parse().unwrap(),
        );
        assert_eq!(token_of(&headers).unwrap().expose(), "xyz");

        headers.insert(
            header::COOKIE,
            "not_stowage_session=xyz; stowage_session=".parse().unwrap(),
        );
        assert!(token_of(&headers).is_none());
    }

    #[test]
    fn scripts_and_other_sites_do_not_get_the_session() {
        let config = GatewayConfig {
            public_url: Some("https://photos.example.org".to_owned()),
            ..GatewayConfig::default()
        };
        let header = set(&Token::from_caller("xyz"), &config);
        let text = header.to_str().unwrap();
        for part in [
            "stowage_session=xyz; ",
            "HttpOnly",
            "SameSite=Lax",
            "; Secure",
            "Path=/",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(header.is_sensitive());
        assert!(clear(&config).to_str().unwrap().contains("Max-Age=0"));
    }
}
