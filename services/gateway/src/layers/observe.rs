//! A span and metrics for every request, by the route's template and never by the path itself.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use metrics::{counter, histogram};
use tracing::{Instrument, debug, field::Empty, info_span};

/// Counts and times requests, and runs each in a span whose trace id is in the log.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = label(request.method());
    let span = info_span!(
        "http",
        http.method = method,
        http.route = route,
        http.status = Empty,
        trace.id = Empty,
    );
    if let Some(id) = span.in_scope(stowage_rpc::trace_id) {
        span.record("trace.id", id);
    }
    let since = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;

    let status = response.status().as_u16();
    span.record("http.status", status);
    span.in_scope(|| debug!("answered {status}"));
    let status = status.to_string();
    counter!(
        "stowage_http_requests_total",
        "route" => route.clone(), "method" => method, "status" => status
    )
    .increment(1);
    histogram!("stowage_http_request_duration_seconds", "route" => route, "method" => method)
        .record(since.elapsed());
    response
}

/// Only known methods become labels, so that no caller can fill the metrics.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
