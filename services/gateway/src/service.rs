//! The gateway as a service: two ports until it is told to stop.

use std::net::SocketAddr;

use anyhow::Context;
use axum::Router;
use stowage_runtime::{Service, Shutdown};
use tokio::net::TcpListener;
use tracing::info;

use crate::{Deps, GatewayConfig, grpc, router};

/// Returns the gateway, to be run.
pub fn service(config: GatewayConfig, deps: Deps) -> Service {
    Service::new("gateway", async move |shutdown: Shutdown| {
        let listen = config.listen;
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("could not open the port for HTTP {listen}"))?;
        let router = router(&config, deps.clone(), &shutdown);
        info!(http.listen = %listen, "answering HTTP on {listen}");
        let http = serve(listener, router, &shutdown);
        match config.grpc_listen {
            Some(listen) => {
                let grpc = grpc::serve(listen, &deps, &shutdown);
                tokio::try_join!(http, grpc)?;
            }
            None => http.await?,
        }
        Ok(())
    })
}

/// Answers HTTP until the shutdown: what is in flight may end, until there is no time left.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: &Shutdown,
) -> anyhow::Result<()> {
    let soft = shutdown.soft.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service)
        .with_graceful_shutdown(async move { soft.cancelled().await });
    tokio::select! {
        ended = server.into_future() => ended.context("the port for HTTP closed"),
        () = shutdown.hard.cancelled() => Ok(()),
    }
}
