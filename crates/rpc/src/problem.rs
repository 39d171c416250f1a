//! The body of every HTTP error: RFC 9457 problem details.

use std::{collections::BTreeMap, time::Duration};

use axum::response::{IntoResponse, Response};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ErrorCode, trace_id};

pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, for programs (`type`) and people (`title`, `detail`).
///
/// Answers of 500 and above carry the trace id and no detail: what happened stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stays the same over versions: `urn:stowage:problem:<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What is wrong with each field of the request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

impl Problem {
    /// Makes a problem whose slug and title are those of its code.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            kind: urn(code.as_str()),
            title: code.title().to_owned(),
            status: code.http().as_u16(),
            detail: None,
            errors: BTreeMap::new(),
            trace_id: None,
            retry_after: None,
        }
    }

    /// Tells this problem apart from others of its code, for programs and for people.
    pub fn named(mut self, slug: &str, title: &str) -> Self {
        self.kind = urn(slug);
        title.clone_into(&mut self.title);
        self
    }

    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says what is wrong with one field of the request.
    pub fn with_error(mut self, field: impl Into<String>, error: impl Into<String>) -> Self {
        self.errors.insert(field.into(), error.into());
        self
    }

    /// Answers with a status that is more exact than the code's own, such as 413.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status.as_u16();
        self
    }

    /// Says when trying again makes sense.
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

fn urn(slug: &str) -> String {
    format!("urn:stowage:problem:{slug}")
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            self.detail = None;
            self.errors.clear();
            self.trace_id = trace_id();
        }
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_problem_json_with_a_stable_type() {
        let problem = Problem::new(ErrorCode::Conflict)
            .named("storage-busy", "The storage is being scanned")
            .with_retry_after(Duration::from_millis(1500));

        let response = problem.clone().into_response();

        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON);
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "urn:stowage:problem:storage-busy");
        assert!(json.get("detail").is_none() && json.get("errors").is_none());
    }

    #[tokio::test]
    async fn an_internal_problem_tells_no_detail() {
        let problem = Problem::new(ErrorCode::Internal).with_detail("password is hunter2");

        let body = axum::body::to_bytes(problem.into_response().into_body(), 4096)
            .await
            .unwrap();

        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
    }
}
