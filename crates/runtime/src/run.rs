//! Starts services in order and stops them in reverse.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, error, info, warn};

use crate::{Service, Shutdown};

/// How long a service may take to let go once the hard token has fired.
const LET_GO: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("service {name} ended by itself")]
    Ended { name: &'static str },
    #[error("service {name} failed")]
    Failed {
        name: &'static str,
        #[source]
        source: anyhow::Error,
    },
    #[error("service {name} panicked")]
    Panicked { name: &'static str },
    #[error("service {name} was cut off when the time to stop was over")]
    CutOff { name: &'static str },
}

/// Runs services until `stop` fires or one of them ends, then stops them, the last one first.
///
/// Each service has its own soft token; the hard token fires for all once `grace` has passed
/// since the first one was asked. The first thing that went wrong is returned.
pub async fn run(
    services: Vec<Service>,
    stop: CancellationToken,
    grace: Duration,
) -> Result<(), RunError> {
    let hard = CancellationToken::new();
    let mut running = Running {
        tasks: JoinSet::new(),
        entries: Vec::new(),
    };
    let ended = CancellationToken::new();
    for service in services {
        running.start(service, &hard, &ended);
    }

    tokio::select! {
        () = stop.cancelled() => info!("stopping"),
        () = ended.cancelled() => error!("a service ended by itself: stopping the others"),
    }
    running.stop(&hard, Instant::now() + grace).await
}

struct Running {
    tasks: JoinSet<(usize, Result<(), RunError>)>,
    entries: Vec<Entry>,
}

struct Entry {
    name: &'static str,
    soft: CancellationToken,
    outcome: Option<Result<(), RunError>>,
}

impl Running {
    fn start(&mut self, service: Service, hard: &CancellationToken, ended: &CancellationToken) {
        let name = service.name;
        let shutdown = Shutdown {
            hard: hard.clone(),
            ..Shutdown::new()
        };
        let soft = shutdown.soft.clone();
        let at = self.entries.len();
        let guarded = guard(
            name,
            shutdown.clone(),
            service.start(shutdown),
            ended.clone(),
        );
        info!(service.name = name, "starting service {name}");
        self.tasks.spawn(
            async move { (at, guarded.await) }
                .instrument(tracing::info_span!("service", service.name = name)),
        );
        self.entries.push(Entry {
            name,
            soft,
            outcome: None,
        });
    }

    async fn stop(mut self, hard: &CancellationToken, deadline: Instant) -> Result<(), RunError> {
        for at in (0..self.entries.len()).rev() {
            self.entries[at].soft.cancel();
            if self.wait_for(at, deadline).await.is_err() {
                warn!(
                    service.name = self.entries[at].name,
                    "time is up: letting go of work"
                );
                break;
            }
        }
        let all_ended = self.entries.iter().all(|entry| entry.outcome.is_some());
        if !all_ended {
            hard.cancel();
            for entry in &self.entries {
                entry.soft.cancel();
            }
            let last_call = Instant::now() + LET_GO;
            for at in 0..self.entries.len() {
                let _ = self.wait_for(at, last_call).await;
            }
            self.tasks.abort_all();
        }
        for entry in self.entries {
            entry
                .outcome
                .unwrap_or(Err(RunError::CutOff { name: entry.name }))?;
        }
        Ok(())
    }

    /// Waits until one service has ended; notes others that end meanwhile.
    async fn wait_for(
        &mut self,
        at: usize,
        deadline: Instant,
    ) -> Result<(), tokio::time::error::Elapsed> {
        while self.entries[at].outcome.is_none() {
            match timeout_at(deadline, self.tasks.join_next()).await? {
                Some(Ok((which, outcome))) => {
                    info!(service.name = self.entries[which].name, "service ended");
                    self.entries[which].outcome = Some(outcome);
                }
                // Panics are caught inside the task: what is left is being aborted.
                Some(Err(_)) | None => break,
            }
        }
        Ok(())
    }
}

/// Runs one service and its tasks to the end, and says how it ended.
async fn guard(
    name: &'static str,
    shutdown: Shutdown,
    service: impl Future<Output = anyhow::Result<()>>,
    ended: CancellationToken,
) -> Result<(), RunError> {
    let result = AssertUnwindSafe(service).catch_unwind().await;
    let was_asked = shutdown.soft.is_cancelled();
    let outcome = match result {
        Ok(Ok(())) if was_asked => Ok(()),
        Ok(Ok(())) => Err(RunError::Ended { name }),
        Ok(Err(source)) => Err(RunError::Failed { name, source }),
        Err(_) => Err(RunError::Panicked { name }),
    };
    if !was_asked {
        ended.cancel();
        shutdown.soft.cancel();
    }
    shutdown.tracker.close();
    shutdown.tracker.wait().await;
    outcome
}

#[cfg(test)]
mod tests;
