//! What handlers take by `State`: each names only what it uses.

use std::sync::Arc;

use axum::extract::FromRef;
use stowage_db::Database;
use stowage_domain::{Clock, Ids};
use stowage_jobs::Bus;
use stowage_proto::storage::storage_service_client::StorageServiceClient;
use stowage_rpc::{MAX_MESSAGE_BYTES, Transport};
use stowage_runtime::Shutdown;
use stowage_storage::Storage;

use crate::{
    GatewayConfig,
    auth::{Passwords, Throttle},
    connector::Connector,
    events::Hub,
};

/// What the gateway uses.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub storage: StorageServiceClient<Transport>,
    /// Central storage, for uploads too: a write ends when it would survive the loss of power.
    pub central: Arc<dyn Storage>,
    /// How much the spool may hold; 0 means no limit.
    pub spool_bytes: u64,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// How much the spool may hold; 0 means no limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpoolBytes(pub(crate) u64);

/// The state of the router.
#[derive(Clone, FromRef)]
pub(crate) struct Gateway {
    pub(crate) config: Arc<GatewayConfig>,
    pub(crate) db: Database,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) connector: Connector,
    pub(crate) central: Arc<dyn Storage>,
    pub(crate) spool_bytes: SpoolBytes,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) throttle: Arc<Throttle>,
}

impl Gateway {
    pub(crate) fn new(config: &GatewayConfig, deps: Deps, shutdown: &Shutdown) -> Self {
        let storage = deps
            .storage
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Self {
            config: Arc::new(config.clone()),
            hub: Hub::start(Arc::clone(&deps.bus), Arc::clone(&deps.clock), shutdown),
            throttle: Arc::new(Throttle::new(Arc::clone(&deps.clock))),
            passwords: Arc::new(Passwords::new()),
            db: deps.db,
            bus: deps.bus,
            connector: Connector::new(storage),
            central: deps.central,
            spool_bytes: SpoolBytes(deps.spool_bytes),
            clock: deps.clock,
            ids: deps.ids,
        }
    }
}
