//! `stowage.library`: the library for internal clients, with health and reflection.

mod library;

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use stowage_proto::library::library_service_server::LibraryServiceServer;
use stowage_runtime::Shutdown;
use tokio::net::TcpListener;
use tonic::transport::{Server, server::TcpIncoming};
use tonic_health::ServingStatus;
use tracing::info;

use self::library::Library;
use crate::Deps;

/// Answers gRPC until the shutdown.
pub(crate) async fn serve(
    listen: SocketAddr,
    deps: &Deps,
    shutdown: &Shutdown,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("could not open the port for gRPC {listen}"))?;
    info!(grpc.listen = %listen, "answering gRPC on {listen}");
    serve_on(listener, deps, shutdown).await
}

/// Answers gRPC on a port that is open.
pub async fn serve_on(
    listener: TcpListener,
    deps: &Deps,
    shutdown: &Shutdown,
) -> anyhow::Result<()> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_serving::<LibraryServiceServer<Library>>()
        .await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(stowage_proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .context("the descriptors for reflection are broken")?;
    let soft = shutdown.soft.clone();
    let stopping = async move {
        soft.cancelled().await;
        reporter
            .set_service_status("", ServingStatus::NotServing)
            .await;
        reporter
            .set_not_serving::<LibraryServiceServer<Library>>()
            .await;
    };
    let library = LibraryServiceServer::new(Library::new(deps.db.clone()));
    let server = Server::builder()
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .add_service(health)
        .add_service(reflection)
        .add_service(library)
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stopping,
        );
    tokio::select! {
        ended = server => ended.context("the port for gRPC closed"),
        () = shutdown.hard.cancelled() => Ok(()),
    }
}
