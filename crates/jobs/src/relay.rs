//! Rings for rows that are due.

use std::{sync::Arc, time::Duration};

use metrics::{counter, gauge};
use stowage_domain::JobId;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{Backoff, Bus, BusError, JobStore, KINDS, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayOptions {
    /// How many rows are rung for at once.
    pub batch: u32,
    /// How many rows of one workspace and kind may be rung and unclaimed.
    pub per_queue: u32,
    /// After how long an unclaimed row rings again: what an emptied broker costs.
    pub again_after: Duration,
    /// How long to wait for news before looking again.
    pub idle_wait: Duration,
    /// How often to count what waits.
    pub count_every: Duration,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            batch: 500,
            per_queue: 200,
            again_after: Duration::from_mins(1),
            idle_wait: Duration::from_secs(5),
            count_every: Duration::from_secs(15),
        }
    }
}

/// Moves rings from the job table to the bus. Any number may run: a row that rings twice is
/// claimed once.
#[derive(Debug)]
pub struct Relay {
    bus: Arc<dyn Bus>,
    store: Arc<dyn JobStore>,
    options: RelayOptions,
}

/// What one pass did.
#[derive(Debug, Default)]
struct Pass {
    rung: usize,
    failed: usize,
    /// The first thing that went wrong with the bus.
    failure: Option<BusError>,
    /// There may be more than fitted into the batch.
    is_full: bool,
}

impl Relay {
    pub fn new(bus: Arc<dyn Bus>, store: Arc<dyn JobStore>, options: RelayOptions) -> Self {
        Self {
            bus,
            store,
            options,
        }
    }

    /// Rings until `stop` fires. Starts with a pass over everything that is due.
    pub async fn run(self, stop: CancellationToken) {
        let _ = stop.run_until_cancelled(self.relay()).await;
    }

    async fn relay(&self) {
        let mut failures = 0;
        let mut counted_at: Option<Instant> = None;
        loop {
            if counted_at.is_none_or(|at| at.elapsed() >= self.options.count_every) {
                counted_at = Some(Instant::now());
                self.count().await;
            }
            let pass = match self.pass().await {
                Ok(pass) => pass,
                Err(error) => {
                    failures += 1;
                    if failures == 1 {
                        let error = &error as &dyn std::error::Error;
                        warn!(
                            error,
                            "could not read which jobs are due: trying until it works"
                        );
                    }
                    tokio::time::sleep(Backoff::PEERS.after(failures, "job table")).await;
                    continue;
                }
            };
            if let Some(error) = pass.failure {
                if failures == 0 {
                    let error = &error as &dyn std::error::Error;
                    warn!(
                        error,
                        "could not ring for {} jobs: trying until it works", pass.failed
                    );
                }
                // One kind that cannot be rung must not hold up the others for long.
                failures = if pass.rung > 0 { 1 } else { failures + 1 };
                tokio::time::sleep(Backoff::PEERS.after(failures, "bus")).await;
                continue;
            }
            if failures > 0 {
                info!("ringing works again");
                failures = 0;
            }
            if !pass.is_full {
                let at_most = self.options.idle_wait.min(self.options.again_after);
                self.store.wait_for_work(at_most).await;
            }
        }
    }

    async fn pass(&self) -> Result<Pass, StoreError> {
        let RelayOptions {
            batch,
            per_queue,
            again_after,
            ..
        } = self.options;
        let due = self.store.to_ring(batch, per_queue, again_after).await?;
        if due.is_empty() {
            return Ok(Pass::default());
        }
        let mut pass = Pass {
            is_full: due.len() >= batch as usize,
            ..Pass::default()
        };
        let mut failed: Vec<JobId> = Vec::new();
        for (envelope, result) in due.iter().zip(self.bus.ring(&due).await) {
            match result {
                Ok(()) => pass.rung += 1,
                Err(error) => {
                    pass.failed += 1;
                    pass.failure.get_or_insert(error);
                    failed.extend(envelope.job_id.parse::<JobId>());
                }
            }
        }
        counter!("stowage_relay_rung_total").increment(pass.rung as u64);
        counter!("stowage_relay_failed_total").increment(pass.failed as u64);
        debug!("rang for {} jobs", pass.rung);
        if !failed.is_empty() {
            self.store.unring(&failed).await?;
        }
        Ok(pass)
    }

    /// Tells how much waits and for how long.
    async fn count(&self) {
        match self.store.backlog().await {
            Ok(backlog) => {
                // A kind of which nothing is due has no row, and still its gauge to set.
                for kind in KINDS {
                    let row = backlog.iter().find(|row| row.kind == kind);
                    let (due, oldest) =
                        row.map_or((0, Duration::ZERO), |row| (row.due, row.oldest));
                    gauge!("stowage_jobs_due", "kind" => kind).set(due as f64);
                    gauge!("stowage_jobs_oldest_due_seconds", "kind" => kind)
                        .set(oldest.as_secs_f64());
                }
            }
            Err(error) => debug!(
                error = &error as &dyn std::error::Error,
                "could not count jobs"
            ),
        }
    }
}
