//! A gRPC port with health, reflection and the token check.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    service::Routes,
    transport::{Server, server::TcpIncoming},
};
use tonic_health::ServingStatus;
use tracing::info;

use crate::{ListenConfig, door::Door};

const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("could not open the port for internal calls {listen}")]
    Listen {
        listen: std::net::SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("the descriptors for reflection are broken")]
    Reflection(#[source] tonic_reflection::server::Error),
    #[error("the port for internal calls closed")]
    Serve(#[source] tonic::transport::Error),
}

/// Answers calls until `soft` fires, then ends those in flight, at the latest when `hard` fires.
///
/// `routes` are the generated servers: `Routes::new(StorageServiceServer::new(…))`. Health and
/// reflection are added; health says "not serving" from the moment that `soft` fires.
pub async fn serve(
    config: &ListenConfig,
    routes: Routes,
    soft: CancellationToken,
    hard: CancellationToken,
) -> Result<(), ServeError> {
    let listen = config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|source| ServeError::Listen { listen, source })?;
    info!(rpc.listen = %listen, "answering internal calls on {listen}");
    serve_on(listener, config, routes, soft, hard).await
}

pub(crate) async fn serve_on(
    listener: TcpListener,
    config: &ListenConfig,
    routes: Routes,
    soft: CancellationToken,
    hard: CancellationToken,
) -> Result<(), ServeError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(stowage_proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(ServeError::Reflection)?;
    let routes = routes.add_service(health).add_service(reflection);

    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let stopping = async move {
        soft.cancelled().await;
        reporter
            .set_service_status("", ServingStatus::NotServing)
            .await;
    };
    let server = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .layer(Door::new(config))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stopping);
    tokio::select! {
        ended = server => ended.map_err(ServeError::Serve),
        () = hard.cancelled() => Ok(()),
    }
}

#[cfg(test)]
mod tests;
