//! A worker and a relay around one handler whose behaviour a test writes as a closure.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::{FutureExt, future::BoxFuture};
use stowage_jobs::{
    Backoff, Bus, Handler, JobContext, JobError, Relay, RelayOptions, Worker, WorkerOptions,
};
use stowage_jobs_memory::MemoryBus;
use stowage_proto::job::ReapOrphans;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::table::Table;

pub(crate) const LEASE: Duration = Duration::from_secs(3);
pub(crate) const TIMEOUT: Duration = Duration::from_mins(1);

type Behaviour = Arc<dyn Fn(JobContext) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

struct Scripted {
    runs: Arc<AtomicU32>,
    behaviour: Behaviour,
}

#[async_trait]
impl Handler for Scripted {
    type Job = ReapOrphans;

    fn timeout(&self) -> Duration {
        TIMEOUT
    }

    async fn run(&self, _: ReapOrphans, context: JobContext) -> Result<(), JobError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        (self.behaviour)(context).await
    }
}

pub(crate) struct Fixture {
    pub(crate) bus: Arc<MemoryBus>,
    pub(crate) table: Arc<Table>,
    pub(crate) soft: CancellationToken,
    pub(crate) hard: CancellationToken,
    runs: Arc<AtomicU32>,
    tasks: JoinSet<()>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self {
            bus: Arc::new(MemoryBus::new()),
            table: Arc::default(),
            soft: CancellationToken::new(),
            hard: CancellationToken::new(),
            runs: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    /// Starts a worker that runs `behaviour` for every job.
    pub(crate) fn work<F, R>(&mut self, concurrency: usize, behaviour: F)
    where
        F: Fn(JobContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.work_from(self.bus.clone(), concurrency, behaviour);
    }

    pub(crate) fn work_from<F, R>(&mut self, bus: Arc<dyn Bus>, concurrency: usize, behaviour: F)
    where
        F: Fn(JobContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let behaviour: Behaviour = Arc::new(move |context| behaviour(context).boxed());
        let handler = Scripted {
            runs: self.runs.clone(),
            behaviour,
        };
        let options = WorkerOptions {
            lease: LEASE,
            max_attempts: 4,
            backoff: Backoff::JOBS,
        };
        let worker = Worker::new(bus, self.table.clone(), options).handle(handler, concurrency);
        self.tasks
            .spawn(worker.run(self.soft.clone(), self.hard.clone()));
    }

    pub(crate) fn relay(&mut self) {
        self.relay_to(self.bus.clone());
    }

    pub(crate) fn relay_to(&mut self, bus: Arc<dyn Bus>) {
        let relay = Relay::new(bus, self.table.clone(), RelayOptions::default());
        self.tasks.spawn(relay.run(self.soft.clone()));
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    /// Waits until everything has ended by itself.
    pub(crate) async fn ended(mut self) {
        while let Some(task) = self.tasks.join_next().await {
            task.unwrap();
        }
    }
}
