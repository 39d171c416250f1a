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
    pub central: Arc<dyn Storage>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// The state of the router.
#[derive(Clone, FromRef)]
pub(crate) struct Gateway {
    pub(crate) config: Arc<GatewayConfig>,
    pub(crate) db: Database,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) connector: Connector,
    pub(crate) central: Arc<dyn Storage>,
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
            clock: deps.clock,
            ids: deps.ids,
        }
    }
}
