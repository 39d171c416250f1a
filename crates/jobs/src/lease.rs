//! Keeps a claimed row ours while its handler works.

use std::time::Duration;

use stowage_domain::JobId;
use tokio::time::{Instant, sleep_until};
use tracing::{debug, warn};

use crate::JobStore;

/// A lease as this process sees it: by its own clock, and a little shorter than the database does,
/// so that work stops before somebody else may start.
#[derive(Debug)]
pub(crate) struct Lease {
    id: JobId,
    fence: i64,
    length: Duration,
    /// Past this moment we no longer believe that the row is ours.
    trusted_until: Instant,
}

impl Lease {
    /// Notes a lease that was asked for at `asked_at` and granted since.
    pub(crate) fn new(id: JobId, fence: i64, length: Duration, asked_at: Instant) -> Self {
        Self {
            id,
            fence,
            length,
            trusted_until: asked_at + trusted(length),
        }
    }

    /// Renews the lease every third of its length; returns when it is lost.
    pub(crate) async fn keep(&mut self, store: &dyn JobStore) {
        let mut next = self.trusted_until - trusted(self.length) + self.length / 3;
        loop {
            sleep_until(next.min(self.trusted_until)).await;
            let asked_at = Instant::now();
            if asked_at >= self.trusted_until {
                warn!(job.id = %self.id, "the lease ran out before it could be renewed");
                return;
            }
            let renewal = store.renew(self.id, self.fence, self.length);
            match tokio::time::timeout_at(self.trusted_until, renewal).await {
                Ok(Ok(true)) => {
                    self.trusted_until = asked_at + trusted(self.length);
                    next = asked_at + self.length / 3;
                }
                Ok(Ok(false)) => {
                    warn!(job.id = %self.id, "the lease was taken away");
                    return;
                }
                Ok(Err(error)) => {
                    debug!(job.id = %self.id, error = &error as &dyn std::error::Error, "could not renew the lease yet");
                    next = asked_at + self.length / 12;
                }
                Err(_) => {}
            }
        }
    }

    pub(crate) fn trusted_until(&self) -> Instant {
        self.trusted_until
    }
}

fn trusted(length: Duration) -> Duration {
    length.mul_f64(0.9)
}
