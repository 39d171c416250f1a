//! What every incoming call passes: the token check, and a span in the caller's trace.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{HeaderMap, Request, Response, header::AUTHORIZATION};
use stowage_config::Secret;
use subtle::ConstantTimeEq;
use tonic::{Status, body::Body};
use tower::{Layer, Service};
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{ListenConfig, trace, trace_id};

/// Answered to anybody: probes carry no token.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// The name of the service that called, in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Arc<str>);

/// Puts a [`Guarded`] before a server.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    tokens: Arc<[(Arc<str>, Secret)]>,
}

impl Door {
    pub(crate) fn new(config: &ListenConfig) -> Self {
        let tokens = config
            .tokens
            .iter()
            .map(|(name, token)| (name.as_str().into(), token.clone()));
        Self {
            tokens: tokens.collect(),
        }
    }

    fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let given = header.strip_prefix("Bearer ")?.as_bytes();
        let is_given = |token: &Secret| bool::from(token.expose().as_bytes().ct_eq(given));
        let (name, _) = self
            .tokens
            .iter()
            .find(|(_, token)| !token.is_empty() && is_given(token))?;
        Some(Caller(name.clone()))
    }
}

impl<S> Layer<S> for Door {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            inner,
            door: self.clone(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Guarded<S> {
    inner: S,
    door: Door,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if request.uri().path().starts_with(HEALTH) {
            return Box::pin(self.inner.call(request));
        }
        let Some(caller) = self.door.caller(request.headers()) else {
            let refusal = Status::unauthenticated("the call carries no token that is known here");
            return Box::pin(std::future::ready(Ok(refusal.into_http())));
        };
        let span = tracing::info_span!(
            "rpc",
            rpc.method = request.uri().path().trim_start_matches('/'),
            rpc.caller = &*caller.0,
            trace.id = tracing::field::Empty,
        );
        // Fails only where no telemetry is installed: then there is no trace to join.
        let _ = span.set_parent(trace::extract(request.headers()));
        if let Some(id) = span.in_scope(trace_id) {
            span.record("trace.id", id);
        }
        request.extensions_mut().insert(caller);
        let answer = span.in_scope(|| self.inner.call(request));
        Box::pin(answer.instrument(span))
    }
}
