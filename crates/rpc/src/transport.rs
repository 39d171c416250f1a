//! One type for a service in this process and for a channel to another one.

use std::{convert::Infallible, time::Duration};

use futures::future::BoxFuture;
use http::{Request, Response};
use stowage_config::Secret;
use tonic::{Status, body::Body, transport::Endpoint};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{Service, ServiceExt, util::BoxCloneSyncService};

use crate::{ChannelConfig, call::Call, detached::detach};

pub type StdError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call did not arrive. A type of its own rather than the box inside: futures over a boxed
/// error cannot be proved `Send` by the compiler of today.
#[derive(Debug, thiserror::Error)]
#[error("the call did not arrive")]
pub struct CallError(#[source] pub StdError);

/// What every tonic client of ours is generic over:
/// `StorageServiceClient::new(transport)` is one type in the all-in-one and apart.
pub type Transport = BoxCloneSyncService<Request<Body>, Response<Body>, CallError>;

const IN_PROCESS_TIMEOUT: Duration = Duration::from_mins(1);
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// Wraps a generated server so that calls reach it without a socket. Messages are encoded and
/// decoded as on the wire; no token is asked for.
pub fn in_process<S>(service: S) -> Transport
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    let service = service
        .map_response(|answer| answer.map(detach))
        .map_err(|never| match never {});
    BoxCloneSyncService::new(Call::new(service, &Secret::default(), IN_PROCESS_TIMEOUT))
}

/// Prepares a channel that connects when it is first used, and again whenever it must. Inside a
/// runtime only.
pub fn channel(config: &ChannelConfig) -> Result<Transport, tonic::transport::Error> {
    let channel = Endpoint::from_shared(config.url.clone())?
        .connect_timeout(config.connect_timeout)
        .tcp_nodelay(true)
        .tcp_keepalive(Some(Duration::from_secs(30)))
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .connect_lazy()
        .map_err(|error| CallError(error.into()));
    Ok(BoxCloneSyncService::new(Call::new(
        channel,
        &config.token,
        config.timeout,
    )))
}

/// Asks the other side whether it serves, for `/readyz`.
pub fn check(transport: Transport) -> BoxFuture<'static, Result<(), Status>> {
    let mut client = HealthClient::new(transport);
    Box::pin(async move {
        let request = HealthCheckRequest {
            service: String::new(),
        };
        let answer = client.check(request).await?.into_inner();
        match answer.status() {
            tonic_health::pb::health_check_response::ServingStatus::Serving => Ok(()),
            other => Err(Status::unavailable(format!(
                "the service is {}",
                other.as_str_name()
            ))),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use futures::StreamExt;
    use http_body_util::{BodyExt, StreamBody};
    use tokio::sync::{Mutex, Notify};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_goes_on_while_its_caller_does_something_else() {
        let (connection, asked) = (Arc::new(Mutex::new(())), Arc::new(Notify::new()));
        let (of_service, tell) = (Arc::clone(&connection), Arc::clone(&asked));
        let transport = in_process(tower::service_fn(move |_: Request<Body>| {
            let (connection, tell) = (Arc::clone(&of_service), Arc::clone(&tell));
            // A first frame, then something that needs what the caller needs, too.
            let first = futures::stream::iter([Bytes::from_static(b"first")]);
            let rest = futures::stream::once(async move {
                tell.notify_one();
                drop(connection.lock().await);
                Bytes::from_static(b"rest")
            });
            let frames = first
                .chain(rest)
                .map(|bytes| Ok::<_, Status>(http_body::Frame::data(bytes)));
            let body = Body::new(StreamBody::new(frames));
            async move { Ok::<_, Infallible>(Response::new(body)) }
        }));

        let held = connection.lock().await;
        let answer = transport
            .oneshot(Request::new(Body::empty()))
            .await
            .unwrap();
        let mut body = answer.into_body();
        assert!(body.frame().await.unwrap().unwrap().is_data());
        // As when a transport looks whether more fits into its buffer.
        let _ = futures::poll!(body.frame());
        asked.notified().await;
        drop(held);
        let again = tokio::time::timeout(Duration::from_secs(5), connection.lock()).await;

        assert!(
            again.is_ok(),
            "the service holds a place in line and nobody lets it go on"
        );
    }
}
