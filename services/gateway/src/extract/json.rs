//! JSON bodies, in and out.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use stowage_rpc::ErrorCode;

use crate::problem::{Fields, Kind, kinds, log, route_error};

const TOO_LARGE: Kind = Kind::named(
    ErrorCode::Invalid,
    "too-large",
    "The request's body is too large",
)
.with_status(StatusCode::PAYLOAD_TOO_LARGE);
const NO_JSON: Kind = Kind::named(
    ErrorCode::Invalid,
    "not-json",
    "The request's body must be application/json",
)
.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
const BROKEN: Kind = Kind::named(
    ErrorCode::Invalid,
    "broken-body",
    "The request's body did not arrive whole",
);

/// A JSON body: of a request, whole and without anything unknown; or of an answer, never cached.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that may be left out, which then is the default.
#[derive(Debug)]
pub(crate) struct MaybeJson<T>(pub(crate) T);

route_error! {
    /// A body that cannot be taken.
    JsonError, from [Fields] {
        TooLarge = TOO_LARGE,
        NoJson = NO_JSON,
        Broken = BROKEN,
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = JsonError;

    async fn from_request(request: Request, state: &S) -> Result<Self, JsonError> {
        if !is_json(request.headers()) {
            return Err(JsonError::NoJson);
        }
        Ok(Self(parse(&bytes_of(request, state).await?)?))
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for MaybeJson<T> {
    type Rejection = JsonError;

    async fn from_request(request: Request, state: &S) -> Result<Self, JsonError> {
        let is_json = is_json(request.headers());
        let body = bytes_of(request, state).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        if !is_json {
            return Err(JsonError::NoJson);
        }
        Ok(Self(parse(&body)?))
    }
}

async fn bytes_of<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, JsonError> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection: BytesRejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                JsonError::TooLarge
            } else {
                JsonError::Broken
            }
        })
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads a body; what is wrong is told by the field that it is wrong with.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fields> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        told(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| told(".", &error))?;
    Ok(value)
}

/// Reads a part of a body whose shape depends on another part.
pub(crate) fn fitting<T: DeserializeOwned>(field: &str, value: &Value) -> Result<T, Fields> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let whole = if path == "." {
            field.to_owned()
        } else {
            below(field, &path)
        };
        told(&whole, error.inner())
    })
}

/// Words serde's error. For a field that is unknown or missing, serde points at its parent.
fn told(path: &str, error: &serde_json::Error) -> Fields {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    let parent = if path == "." { "" } else { path };
    if error.is_syntax() || error.is_eof() {
        return Fields::one("", format!("the body is no valid JSON: {text}"));
    }
    if let Some(field) = quoted(text, "missing field `") {
        return Fields::one(below(parent, field), "is missing");
    }
    if let Some(field) = quoted(text, "unknown field `") {
        let known = text.split_once(", ").map(|(_, known)| format!("; {known}"));
        let words = format!("is not known here{}", known.unwrap_or_default());
        // serde reports the path with the field in some shapes and without it in others.
        let parent = parent
            .strip_suffix(field)
            .map_or(parent, |parent| parent.trim_end_matches('.'));
        return Fields::one(below(parent, field), words);
    }
    Fields::one(parent, text)
}

fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.split('`').next()
}

fn below(parent: &str, field: &str) -> String {
    if parent.is_empty() {
        field.to_owned()
    } else {
        format!("{parent}.{field}")
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let headers = [
                    (
                        header::CONTENT_TYPE,
                        HeaderValue::from_static("application/json"),
                    ),
                    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                ];
                (headers, body).into_response()
            }
            Err(failure) => {
                log(&failure, "an answer could not be written as JSON");
                kinds::INTERNAL.problem().into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Answer;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        count: u32,
    }

    fn refused(body: &str) -> std::collections::BTreeMap<String, String> {
        parse::<Outer>(body.as_bytes())
            .unwrap_err()
            .problem()
            .errors
    }

    #[test]
    fn takes_what_fits() {
        let parsed: Outer = parse(br#"{"name": "a", "inner": {"count": 2}}"#).unwrap();
        assert_eq!(
            parsed,
            Outer {
                name: "a".into(),
                inner: Some(Inner { count: 2 })
            }
        );
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        assert_eq!(refused("{}")["name"], "is missing");
        assert!(refused(r#"{"name": "a", "size": 1}"#)["size"].starts_with("is not known here"));
        assert!(refused(r#"{"name": 7}"#)["name"].contains("expected a string"));
        assert_eq!(
            refused(r#"{"name": "a", "inner": {}}"#)["inner.count"],
            "is missing"
        );
        let nested = refused(r#"{"name": "a", "inner": {"count": 1, "x": 1}}"#);
        assert!(
            nested["inner.x"].starts_with("is not known here"),
            "{nested:?}"
        );
        assert!(refused(r#"{"name": "a", "inner": {"count": -1}}"#).contains_key("inner.count"));
    }

    #[test]
    fn tells_broken_json_apart() {
        for body in ["", "{", "nonsense", r#"{"name": "a"} x"#] {
            assert!(refused(body)[""].contains("no valid JSON"), "{body}");
        }
    }

    #[tokio::test]
    async fn a_body_of_another_type_is_refused() {
        let request = Request::post("/")
            .header("content-type", "text/plain")
            .body("{}".into());
        let answer = Json::<Outer>::from_request(request.unwrap(), &())
            .await
            .unwrap_err();
        assert_eq!(
            answer.into_response().status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
    }

    #[tokio::test]
    async fn a_body_may_be_left_out_where_the_route_says_so() {
        let request = Request::post("/").body(axum::body::Body::empty()).unwrap();
        let MaybeJson(value) = MaybeJson::<Outer>::from_request(request, &())
            .await
            .unwrap();
        assert_eq!(value, Outer::default());
    }
}
