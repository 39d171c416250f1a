//! The loop that works jobs off.

use std::{fmt, sync::Arc, time::Duration};

use futures::StreamExt;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    Backoff, Bus, Deliveries, Handler, Job, JobStore,
    attempt::{AnyHandler, Shared, Typed},
};

#[derive(Debug, Clone, PartialEq)]
pub struct WorkerOptions {
    /// How long a claimed row is ours without a renewal.
    pub lease: Duration,
    /// After how many attempts a job is parked.
    pub max_attempts: u32,
    /// How long to wait between attempts.
    pub backoff: Backoff,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            lease: Duration::from_mins(1),
            max_attempts: 8,
            backoff: Backoff::JOBS,
        }
    }
}

/// Takes rings, claims rows and runs handlers, each kind within its own limit.
///
/// ```ignore
/// let worker = Worker::new(bus, store, WorkerOptions::default())
///     .handle(RenderAssetHandler { .. }, 2);
/// Service::new("thumbnailer", async move |shutdown| {
///     worker.run(shutdown.soft, shutdown.hard).await;
///     Ok(())
/// })
/// ```
pub struct Worker {
    bus: Arc<dyn Bus>,
    store: Arc<dyn JobStore>,
    options: WorkerOptions,
    lines: Vec<Line>,
}

/// One kind of job and how many of it may run at once.
struct Line {
    handler: Arc<dyn AnyHandler>,
    concurrency: usize,
}

impl Worker {
    pub fn new(bus: Arc<dyn Bus>, store: Arc<dyn JobStore>, options: WorkerOptions) -> Self {
        Self {
            bus,
            store,
            options,
            lines: Vec::new(),
        }
    }

    /// Adds a kind of job, of which at most `concurrency` run at once (0 counts as 1).
    pub fn handle<H: Handler>(mut self, handler: H, concurrency: usize) -> Self {
        let is_taken = self
            .lines
            .iter()
            .any(|line| line.handler.kind() == H::Job::KIND);
        assert!(
            !is_taken,
            "two handlers for one kind of job: {}",
            H::Job::KIND
        );
        let handler = Arc::new(Typed(Arc::new(handler)));
        self.lines.push(Line {
            handler,
            concurrency: concurrency.max(1),
        });
        self
    }

    /// Works until `soft` fires, then ends what is in flight, at the latest when `hard` fires.
    pub async fn run(self, soft: CancellationToken, hard: CancellationToken) {
        let Self {
            bus,
            store,
            options,
            lines,
        } = self;
        let shared = Arc::new(Shared {
            store,
            options,
            soft,
            hard,
        });
        let mut running = JoinSet::new();
        for line in lines {
            running.spawn(line.run(bus.clone(), shared.clone()));
        }
        while let Some(ended) = running.join_next().await {
            if let Err(error) = ended {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.lines.iter().map(|line| line.handler.kind()).collect();
        f.debug_struct("Worker")
            .field("kinds", &kinds)
            .finish_non_exhaustive()
    }
}

impl Line {
    async fn run(self, bus: Arc<dyn Bus>, shared: Arc<Shared>) {
        let kind = self.handler.kind();
        let mut in_flight = JoinSet::new();
        while let Some(deliveries) = self.subscribe(&*bus, &shared.soft).await {
            self.take(deliveries, &shared, &mut in_flight).await;
        }
        if !in_flight.is_empty() {
            info!(
                job.kind = kind,
                "finishing {} jobs of kind {kind}",
                in_flight.len()
            );
        }
        // Each attempt looks at the hard token itself, so this ends soon after it fires.
        while in_flight.join_next().await.is_some() {}
    }

    /// Opens the door, trying until it works; none once we are stopping.
    async fn subscribe(&self, bus: &dyn Bus, soft: &CancellationToken) -> Option<Deliveries> {
        let kind = self.handler.kind();
        let prefetch = u16::try_from(self.concurrency).unwrap_or(u16::MAX);
        let mut failures = 0;
        while !soft.is_cancelled() {
            match soft
                .run_until_cancelled(bus.subscribe(kind, prefetch))
                .await?
            {
                Ok(deliveries) => return Some(deliveries),
                Err(error) => {
                    failures += 1;
                    if failures == 1 {
                        let error = &error as &dyn std::error::Error;
                        warn!(error, "could not listen for {kind}: trying until it works");
                    }
                    let wait = tokio::time::sleep(Backoff::PEERS.after(failures, kind));
                    soft.run_until_cancelled(wait).await?;
                }
            }
        }
        None
    }

    /// Takes rings, each once there is room for it, until they end or we are stopping.
    async fn take(
        &self,
        mut deliveries: Deliveries,
        shared: &Arc<Shared>,
        in_flight: &mut JoinSet<()>,
    ) {
        loop {
            while in_flight.len() >= self.concurrency {
                tokio::select! {
                    _ = in_flight.join_next() => {}
                    () = shared.soft.cancelled() => return,
                }
            }
            let delivery = tokio::select! {
                biased;
                () = shared.soft.cancelled() => return,
                Some(_) = in_flight.join_next() => continue,
                delivery = deliveries.next() => delivery,
            };
            let Some(delivery) = delivery else { return };
            let (shared, handler) = (shared.clone(), self.handler.clone());
            in_flight.spawn(async move { shared.attempt(&*handler, delivery).await });
        }
    }
}
