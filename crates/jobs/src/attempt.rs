//! One ring, from its claim to its outcome.

use std::{sync::Arc, time::Duration};

use metrics::{counter, gauge, histogram};
use prost::Message;
use stowage_domain::JobId;
use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::{
    Claimed, Delivery, Handler, Job, JobContext, JobError, JobStore, Outcome, WorkerOptions,
    backoff::Backoff, lease::Lease, trace,
};

/// How long a handler may take to notice that it was cancelled before it is dropped.
const NOTICE: Duration = Duration::from_secs(2);

/// How long a broker may take to hear that a ring arrived. The row is claimed by then and its lease
/// runs, so this is shorter than any lease.
const ACKNOWLEDGEMENT: Duration = Duration::from_millis(500);

/// What every attempt of a worker shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn JobStore>,
    pub(crate) options: WorkerOptions,
    pub(crate) soft: CancellationToken,
    pub(crate) hard: CancellationToken,
}

/// A handler of any kind.
pub(crate) trait AnyHandler: Send + Sync {
    fn kind(&self) -> &'static str;
    fn timeout(&self) -> Duration;
    /// Starts the handler in `tasks`.
    fn start(
        &self,
        payload: &[u8],
        context: JobContext,
        tasks: &mut JoinSet<Result<(), JobError>>,
    ) -> Result<(), prost::DecodeError>;
}

pub(crate) struct Typed<H>(pub(crate) Arc<H>);

impl<H: Handler> AnyHandler for Typed<H> {
    fn kind(&self) -> &'static str {
        H::Job::KIND
    }

    fn timeout(&self) -> Duration {
        self.0.timeout()
    }

    fn start(
        &self,
        payload: &[u8],
        context: JobContext,
        tasks: &mut JoinSet<Result<(), JobError>>,
    ) -> Result<(), prost::DecodeError> {
        let job = H::Job::decode(payload)?;
        let handler = self.0.clone();
        tasks.spawn(async move { handler.run(job, context).await }.in_current_span());
        Ok(())
    }
}

/// How an attempt ended, before it is written down.
enum Ended {
    Finished(Result<(), JobError>),
    Panicked(String),
    TimedOut,
    /// The row is no longer ours: nothing may be written.
    Lost,
    /// The process is ending and does not wait any longer.
    CutOff,
}

impl Shared {
    /// Claims the row that `delivery` rings for and works it off. Returns when all is written.
    pub(crate) async fn attempt(&self, handler: &dyn AnyHandler, delivery: Box<dyn Delivery>) {
        let Ok(id) = delivery.envelope().job_id.parse::<JobId>() else {
            warn!(
                job.kind = handler.kind(),
                "a ring names no job: {:?}",
                delivery.envelope().job_id
            );
            acknowledge(delivery).await;
            return;
        };
        // Kept to the end: the in-process bus counts what still runs.
        let _hold = delivery.hold();
        let Some((claimed, lease)) = self.claim(id, handler.kind()).await else {
            if !self.soft.is_cancelled() {
                acknowledge(delivery).await;
            }
            return;
        };
        acknowledge(delivery).await;

        let span = info_span!(
            parent: None,
            "job",
            job.id = %id,
            job.kind = handler.kind(),
            job.attempt = claimed.attempts,
            workspace.id = claimed.workspace.map(tracing::field::display),
            trace.id = tracing::field::Empty,
        );
        trace::join(&span, &claimed.trace);
        self.work(handler, claimed, lease).instrument(span).await;
    }

    /// Returns none when somebody else has the row, when it is not due, or when we are stopping.
    async fn claim(&self, id: JobId, kind: &'static str) -> Option<(Claimed, Lease)> {
        let mut failures = 0;
        loop {
            let asked_at = Instant::now();
            let length = self.options.lease;
            match self.store.claim(id, length).await {
                Ok(Some(claimed)) => {
                    let lease = Lease::new(id, claimed.fence, length, asked_at);
                    return Some((claimed, lease));
                }
                Ok(None) => {
                    debug!(job.id = %id, job.kind = kind, "nothing to claim");
                    return None;
                }
                Err(error) => {
                    failures += 1;
                    if failures == 1 {
                        let error = &error as &dyn std::error::Error;
                        warn!(job.id = %id, error, "could not claim job {id}: trying until it works");
                    }
                    let wait = tokio::time::sleep(Backoff::PEERS.after(failures, id));
                    self.soft.run_until_cancelled(wait).await?;
                }
            }
        }
    }

    async fn work(&self, handler: &dyn AnyHandler, claimed: Claimed, mut lease: Lease) {
        let kind = handler.kind();
        let since = Instant::now();
        counter!("stowage_jobs_started_total", "kind" => kind).increment(1);
        gauge!("stowage_jobs_in_flight", "kind" => kind).increment(1.0);
        let outcome = self.outcome(handler, &claimed, &mut lease).await;
        let label = match &outcome {
            Some(outcome) => {
                tell(&claimed, kind, outcome);
                self.finish(&claimed, outcome.clone(), lease.trusted_until())
                    .await
            }
            None => "lost",
        };
        gauge!("stowage_jobs_in_flight", "kind" => kind).decrement(1.0);
        counter!("stowage_jobs_completed_total", "kind" => kind, "outcome" => label).increment(1);
        histogram!("stowage_jobs_duration_seconds", "kind" => kind).record(since.elapsed());
    }

    /// Runs the handler and decides what becomes of the row, none when it is no longer ours.
    async fn outcome(
        &self,
        handler: &dyn AnyHandler,
        claimed: &Claimed,
        lease: &mut Lease,
    ) -> Option<Outcome> {
        if claimed.kind != handler.kind() {
            let reason = format!("rung as {:?} and is a {:?}", handler.kind(), claimed.kind);
            return Some(Outcome::Snooze {
                after: Duration::ZERO,
                reason,
            });
        }
        // Whoever crashes with the row in hand writes no outcome: the count still stops it.
        if claimed.attempts > self.options.max_attempts {
            let error = format!("{} attempts ended without an outcome", claimed.attempts - 1);
            return Some(Outcome::Dead { error });
        }
        let context = JobContext {
            id: claimed.id,
            workspace: claimed.workspace,
            attempt: claimed.attempts,
            fence: claimed.fence,
            cancelled: CancellationToken::new(),
            stopping: self.soft.child_token(),
        };
        let cancelled = context.cancelled.clone();
        let mut tasks = JoinSet::new();
        if let Err(error) = handler.start(&claimed.payload, context, &mut tasks) {
            return Some(Outcome::Dead {
                error: format!("the message could not be read: {error}"),
            });
        }
        let ended = tokio::select! {
            joined = tasks.join_next() => ended(joined),
            () = lease.keep(&*self.store) => Ended::Lost,
            () = tokio::time::sleep(handler.timeout()) => Ended::TimedOut,
            () = self.hard.cancelled() => Ended::CutOff,
        };
        if !tasks.is_empty() {
            cancelled.cancel();
            let notice = if matches!(ended, Ended::CutOff) {
                Duration::ZERO
            } else {
                NOTICE
            };
            let _ = timeout(notice, tasks.join_next()).await;
            tasks.shutdown().await;
        }
        self.judge(claimed, handler.timeout(), ended)
    }

    fn judge(&self, claimed: &Claimed, allowed: Duration, ended: Ended) -> Option<Outcome> {
        let error = match ended {
            Ended::Lost => return None,
            Ended::Finished(Ok(())) => return Some(Outcome::Done),
            Ended::Finished(Err(JobError::Snooze { after, reason })) => {
                return Some(Outcome::Snooze { after, reason });
            }
            Ended::Finished(Err(JobError::Reject(error))) => {
                return Some(Outcome::Dead {
                    error: format!("{error:#}"),
                });
            }
            Ended::CutOff => {
                let reason = "the process ended before the job did".to_owned();
                return Some(Outcome::Snooze {
                    after: Duration::ZERO,
                    reason,
                });
            }
            Ended::Finished(Err(JobError::Retry(error))) => format!("{error:#}"),
            Ended::Panicked(text) => format!("panicked: {text}"),
            Ended::TimedOut => format!("did not end within {allowed:?}"),
        };
        if claimed.attempts >= self.options.max_attempts {
            return Some(Outcome::Dead { error });
        }
        let after = self.options.backoff.after(claimed.attempts, claimed.id);
        Some(Outcome::Retry { after, error })
    }

    /// Writes the outcome down, trying again while the lease is ours. Returns its label.
    async fn finish(
        &self,
        claimed: &Claimed,
        outcome: Outcome,
        trusted_until: Instant,
    ) -> &'static str {
        let label = label(&outcome);
        let mut failures = 0;
        loop {
            let writing = self
                .store
                .finish(claimed.id, claimed.fence, outcome.clone());
            match timeout_at(trusted_until, writing).await {
                Ok(Ok(true)) => return label,
                Ok(Ok(false)) => {
                    warn!("the lease was lost before the outcome could be written");
                    return "lost";
                }
                Ok(Err(error)) => {
                    failures += 1;
                    if failures == 1 {
                        let error = &error as &dyn std::error::Error;
                        warn!(
                            error,
                            "could not write the outcome: trying while the lease lasts"
                        );
                    }
                    let wait = tokio::time::sleep(Backoff::PEERS.after(failures, claimed.id));
                    let is_over = timeout_at(trusted_until, wait).await.is_err();
                    if is_over || self.hard.is_cancelled() {
                        return "lost";
                    }
                }
                Err(_) => return "lost",
            }
        }
    }
}

async fn acknowledge(delivery: Box<dyn Delivery>) {
    // Not acknowledged, it will ring again and find nothing to claim.
    match timeout(ACKNOWLEDGEMENT, delivery.acknowledge()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => debug!(
            error = &error as &dyn std::error::Error,
            "could not acknowledge a ring"
        ),
        Err(_) => debug!("nobody hears that a ring is acknowledged"),
    }
}

fn ended(joined: Option<Result<Result<(), JobError>, JoinError>>) -> Ended {
    match joined {
        Some(Ok(result)) => Ended::Finished(result),
        Some(Err(error)) => match error.try_into_panic() {
            Ok(payload) => Ended::Panicked(panic_text(&*payload)),
            Err(_) => Ended::CutOff,
        },
        None => Ended::CutOff,
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "no message".to_owned()
    }
}

fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Retry { .. } => "retry",
        Outcome::Snooze { .. } => "snooze",
        Outcome::Dead { .. } => "dead",
    }
}

fn tell(claimed: &Claimed, kind: &str, outcome: &Outcome) {
    let id = claimed.id;
    match outcome {
        Outcome::Done => debug!("done"),
        Outcome::Retry { after, error } => {
            warn!(
                error,
                "{kind} {id} failed at attempt {}: again in {after:?}", claimed.attempts
            );
        }
        Outcome::Snooze { after, reason } => info!(reason, "{kind} {id} waits {after:?}"),
        Outcome::Dead { error } => error!(error, "{kind} {id} is parked until a person asks"),
    }
}
