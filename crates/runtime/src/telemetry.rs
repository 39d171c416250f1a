//! Logs and traces of a process.

use std::time::Duration;

use anyhow::Context;
use opentelemetry::{KeyValue, global, trace::TracerProvider as _};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{LogConfig, LogFormat, TelemetryConfig};

const EXPORT_TIMEOUT: Duration = Duration::from_secs(3);

/// Keeps the exporter alive; ask it to [`Telemetry::finish`] before the process ends.
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

impl Telemetry {
    /// Installs logging, tracing and the W3C propagator. Inside a runtime only. A collector that
    /// is away delays nothing.
    pub fn install(
        service: &'static str,
        log: &LogConfig,
        telemetry: &TelemetryConfig,
    ) -> anyhow::Result<Self> {
        global::set_text_map_propagator(TraceContextPropagator::new());
        let provider = provider(service, telemetry)?;
        let traces = tracing_opentelemetry::layer().with_tracer(provider.tracer(service));

        let filter = EnvFilter::try_new(&log.filter).context("could not read `log.filter`")?;
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = match log.format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        tracing_subscriber::registry()
            .with(filter)
            .with(traces)
            .with(lines)
            .try_init()
            .context("another logger is installed already")?;
        log_panics();
        Ok(Self { provider })
    }

    /// Sends what is left, for a few seconds at most.
    pub fn finish(self) {
        // A collector that is away is no reason to end with an error.
        let _ = self.provider.shutdown_with_timeout(EXPORT_TIMEOUT);
    }
}

/// Spans always have ids, so that one trace follows a picture through jobs and calls even where
/// no collector is set; they are recorded and sent only where one is.
fn provider(
    service: &'static str,
    telemetry: &TelemetryConfig,
) -> anyhow::Result<SdkTracerProvider> {
    let resource = Resource::builder()
        .with_service_name(format!("stowage-{service}"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let builder = SdkTracerProvider::builder().with_resource(resource);
    if telemetry.otlp_endpoint.is_empty() {
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&telemetry.otlp_endpoint)
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .context("could not prepare the OTLP exporter")?;
    let root = Sampler::TraceIdRatioBased(telemetry.sample_ratio);
    Ok(builder
        .with_sampler(Sampler::ParentBased(Box::new(root)))
        .with_batch_exporter(exporter)
        .build())
}

/// Writes panics to the log like every other trouble.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(panic.place = place, "panicked: {text}");
    }));
}

/// Makes ring the process's TLS provider; the first one to call it wins, later calls do nothing.
pub fn install_tls_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
