//! The W3C trace context of a job: one trace follows a picture through every service.

use std::collections::HashMap;

use opentelemetry::{global, trace::TraceContextExt};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Returns the current span's trace context in W3C form; empty where no telemetry is installed.
pub fn current_trace() -> HashMap<String, String> {
    let context = Span::current().context();
    let mut trace = HashMap::new();
    global::get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut trace));
    trace
}

/// Makes `span` a child of whoever made the job necessary, and notes the id of their trace.
pub(crate) fn join(span: &Span, trace: &HashMap<String, String>) {
    let parent = global::get_text_map_propagator(|propagator| propagator.extract(trace));
    // Fails only where no telemetry is installed: then there is no trace to join.
    let _ = span.set_parent(parent);
    let context = span.context();
    let id = context.span().span_context().trace_id();
    if context.has_active_span() {
        span.record("trace.id", id.to_string());
    }
}
