//! One connection to the broker, made anew whenever it is gone.

use lapin::{Channel, Connection, ConnectionProperties};
use stowage_jobs::BusError;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tracing::{debug, info};

use crate::config::AmqpConfig;

/// Publishing and consuming have a link each: an alarm of the broker blocks publishers only.
pub(crate) struct Link {
    name: &'static str,
    connection: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    /// Until then the broker is left alone.
    settled_at: Option<Instant>,
    /// There was a connection, or a try to make one: the broker may have just started.
    was_away: bool,
    is_closed: bool,
}

impl Link {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            connection: Mutex::default(),
        }
    }

    /// Opens a channel, connecting first when there is no connection.
    pub(crate) async fn channel(&self, config: &AmqpConfig) -> Result<Channel, BusError> {
        let opening = async {
            let mut state = self.connection.lock().await;
            if state.is_closed {
                return Err(BusError::Unavailable("the bus is closed".into()));
            }
            if let Some(connection) = &state.connection
                && connection.status().connected()
            {
                settle(state.settled_at).await;
                match connection.create_channel().await {
                    Ok(channel) => return Ok(channel),
                    Err(error) => debug!(%error, "the connection gives no channel"),
                }
            }
            drop(state.connection.take());
            let was_away = std::mem::replace(&mut state.was_away, true);
            let connection = self.connect(config).await?;
            let settled_at = was_away.then(|| Instant::now() + config.settle);
            state.settled_at = settled_at;
            // Kept before it settles: whoever cannot wait for that leaves it to the next caller,
            // or callers in a hurry would begin anew for ever.
            let connection = state.connection.insert(connection);
            settle(settled_at).await;
            connection.create_channel().await.map_err(unavailable)
        };
        match timeout(config.connect_timeout + config.settle, opening).await {
            Ok(result) => result,
            Err(elapsed) => Err(BusError::Unavailable(elapsed.into())),
        }
    }

    async fn connect(&self, config: &AmqpConfig) -> Result<Connection, BusError> {
        let uri = config
            .uri()
            .map_err(|reason| BusError::Unavailable(reason.into()))?;
        let name = format!("stowage {}", self.name);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connection = Connection::connect_uri(uri, properties)
            .await
            .map_err(unavailable)?;
        info!("connected to the broker for {}", self.name);
        Ok(connection)
    }

    /// Returns whether the broker has told us to send nothing for now.
    pub(crate) async fn is_blocked(&self) -> bool {
        let state = self.connection.lock().await;
        state
            .connection
            .as_ref()
            .is_some_and(|connection| connection.status().blocked())
    }

    /// Ends the connection for good.
    pub(crate) async fn close(&self) {
        let mut state = self.connection.lock().await;
        state.is_closed = true;
        if let Some(connection) = state.connection.take() {
            // Fails when a channel failed before: the connection ends all the same.
            let _ = connection.close(200, "bye".into()).await;
        }
    }
}

async fn settle(at: Option<Instant>) {
    if let Some(at) = at {
        tokio::time::sleep_until(at).await;
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

pub(crate) fn unavailable(error: lapin::Error) -> BusError {
    BusError::Unavailable(error.into())
}
