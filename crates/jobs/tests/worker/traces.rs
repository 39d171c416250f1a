use std::sync::{Arc, Mutex};

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::{
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use stowage_jobs::current_trace;
use stowage_proto::job::ReapOrphans;
use tracing_subscriber::layer::SubscriberExt;

use crate::{fixture::Fixture, table::State};

/// The middle of `00-<trace>-<span>-<flags>`.
fn trace_of(context: &std::collections::HashMap<String, String>) -> String {
    context["traceparent"].split('-').nth(1).unwrap().to_owned()
}

/// As in a process without a collector: nothing is recorded, and ids are there all the same.
#[tokio::test(start_paused = true)]
async fn a_job_runs_in_the_trace_of_whoever_made_it_necessary() {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOff)
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer);
    let _here = tracing::subscriber::set_default(subscriber);
    let mut fixture = Fixture::new();
    let made_in = tracing::info_span!("a request").in_scope(|| {
        let context = current_trace();
        fixture.table.add(&ReapOrphans {});
        trace_of(&context)
    });
    let seen = Arc::new(Mutex::new(None));
    let notes = seen.clone();
    fixture.relay();
    fixture.work(1, move |_| {
        *notes.lock().unwrap() = Some(trace_of(&current_trace()));
        std::future::ready(Ok(()))
    });

    let id = fixture.table.first();
    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!(seen.lock().unwrap().as_deref(), Some(made_in.as_str()));
    assert_ne!(made_in, "0".repeat(32));
}
