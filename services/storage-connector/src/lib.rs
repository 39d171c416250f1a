//! The one door to customers' storages: the only holder of their credentials and the only service
//! that reaches out.
//!
//! Owns: opening a storage (`open.rs`), the marker that proves a place (`marker.rs`),
//! how each stands (`health.rs`), and the gRPC service that
//! the others call (`grpc.rs` and `grpc/`). To add a kind of storage: its crate in
//! `crates/connectors/`, and its two arms in `open.rs`.

mod config;
mod grpc;
mod health;
mod marker;
mod open;
mod upkeep;

use std::sync::Arc;

use stowage_db::Database;
use stowage_domain::Clock;
use stowage_egress::Egress;
use stowage_jobs::Bus;
use stowage_proto::storage::storage_service_server::StorageServiceServer;
use stowage_rpc::{ListenConfig, MAX_MESSAGE_BYTES};
use stowage_runtime::Service;
use stowage_secrets::KeyRing;
use tonic::service::Routes;

pub use config::ConnectorConfig;

/// What the connector works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub egress: Egress,
    pub keys: Arc<KeyRing>,
    pub clock: Arc<dyn Clock>,
}

/// The gRPC server, to be called in this process or put behind a port.
pub type Grpc = StorageServiceServer<grpc::StorageGrpc>;

/// Makes the gRPC server.
pub fn grpc(config: &ConnectorConfig, deps: &Deps) -> Grpc {
    let service = grpc::StorageGrpc::new(config, deps);
    StorageServiceServer::new(service).max_decoding_message_size(MAX_MESSAGE_BYTES)
}

/// Answers the other services on a port of its own, and looks after storages nobody scans.
pub fn service(config: ConnectorConfig, rpc: ListenConfig, deps: Deps) -> Service {
    Service::new("storage-connector", async move |shutdown| {
        let routes = Routes::new(grpc(&config, &deps));
        let upkeep = upkeep::run(config, deps, shutdown.soft.clone());
        shutdown.spawn("health-checks", upkeep);
        stowage_rpc::serve(&rpc, routes, shutdown.soft, shutdown.hard).await?;
        Ok(())
    })
}

/// Looks after storages nobody scans: the part of [`service`] that the all-in-one needs besides
/// [`grpc`].
pub fn upkeep(config: ConnectorConfig, deps: Deps) -> Service {
    Service::new("storage-connector", async move |shutdown| {
        upkeep::run(config, deps, shutdown.soft).await;
        Ok(())
    })
}
