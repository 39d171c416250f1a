//! A part of a process that runs until it is told to stop.

use std::{fmt, future::Future};

use futures::{FutureExt, future::BoxFuture};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

/// A name, and a function from [`Shutdown`] to the future that is the service.
pub struct Service {
    pub name: &'static str,
    run: Box<dyn FnOnce(Shutdown) -> BoxFuture<'static, anyhow::Result<()>> + Send>,
}

impl Service {
    /// Wraps what runs from start to stop. Returning before the soft token fires is a crash.
    pub fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: FnOnce(Shutdown) -> R + Send + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self {
            name,
            run: Box::new(move |shutdown| run(shutdown).boxed()),
        }
    }

    pub(crate) fn start(self, shutdown: Shutdown) -> BoxFuture<'static, anyhow::Result<()>> {
        (self.run)(shutdown)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// How a service learns that it should stop.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Take nothing new, end what is in flight.
    pub soft: CancellationToken,
    /// Time is up: let go.
    pub hard: CancellationToken,
    /// Tasks of this service; stopping waits for them.
    pub tracker: TaskTracker,
}

impl Shutdown {
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a task that stopping waits for. It ends by itself when the soft token fires, and is
    /// dropped where it stands when the hard one does.
    pub fn spawn<F>(&self, name: &'static str, task: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let hard = self.hard.clone();
        let task = async move { hard.run_until_cancelled_owned(task).await };
        self.tracker
            .spawn(task.instrument(tracing::info_span!("task", task.name = name)))
    }
}
