//! The relay as a service of its own: every process that works jobs off runs one.

use std::{sync::Arc, time::Duration};

use stowage_db::Database;
use stowage_jobs::{Bus, Relay};
use stowage_runtime::Service;
use tracing::debug;

use crate::JobsConfig;

/// How soon to listen again after the connection broke. Until then the relay looks by itself.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// Rings for jobs that are due, until it is told to stop.
pub fn relay(config: &JobsConfig, db: Database, bus: Arc<dyn Bus>) -> Service {
    let options = config.relay();
    Service::new("relay", async move |shutdown| {
        let (listener, stop) = (db.clone(), shutdown.soft.clone());
        shutdown.spawn("listen", async move { listen(&listener, stop).await });
        Relay::new(bus, Arc::new(db), options)
            .run(shutdown.soft)
            .await;
        Ok(())
    })
}

async fn listen(db: &Database, stop: tokio_util::sync::CancellationToken) {
    loop {
        match stop.run_until_cancelled(db.listen_for_work()).await {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => debug!(%error, "stopped hearing of new jobs; listening again"),
        }
        if stop
            .run_until_cancelled(tokio::time::sleep(LISTEN_AGAIN))
            .await
            .is_none()
        {
            return;
        }
    }
}
