//! What every outgoing call carries: the trace, the caller's token and a deadline.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use stowage_config::Secret;
use tonic::{Status, body::Body};
use tower::Service;

use crate::{CallError, trace};

/// A transport that adds them.
#[derive(Debug, Clone)]
pub(crate) struct Call<S> {
    inner: S,
    token: Option<HeaderValue>,
    timeout: Duration,
}

impl<S> Call<S> {
    pub(crate) fn new(inner: S, token: &Secret, timeout: Duration) -> Self {
        let token = (!token.is_empty()).then(|| bearer(token)).flatten();
        Self {
            inner,
            token,
            timeout,
        }
    }
}

/// Returns none for a token that no header can hold; the other side will then refuse the call.
fn bearer(token: &Secret) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok()?;
    header.set_sensitive(true);
    Some(header)
}

impl<S> Service<Request<Body>> for Call<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = CallError>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, CallError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        trace::inject(request.headers_mut());
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        let timeout = self.timeout;
        let answer = self.inner.call(request);
        Box::pin(async move {
            match tokio::time::timeout(timeout, answer).await {
                Ok(answer) => answer,
                Err(_) => {
                    let reason = format!("no answer within {timeout:?}");
                    Err(CallError(Status::deadline_exceeded(reason).into()))
                }
            }
        })
    }
}
