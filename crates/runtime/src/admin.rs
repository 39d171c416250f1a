//! Health and metrics of a process.

use std::{
    fmt,
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use futures::{FutureExt, future::BoxFuture};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::metrics;

const UPKEEP: Duration = Duration::from_secs(5);

/// The named readiness checks of a process, registered by whoever builds a port.
#[derive(Clone)]
pub struct Admin {
    inner: Arc<Inner>,
}

struct Inner {
    checks: Mutex<Vec<(&'static str, Check)>>,
    phase: AtomicU8,
    timeout: Duration,
}

type Check = Arc<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// Where a process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Readiness {
    Starting = 0,
    Running = 1,
    Stopping = 2,
}

/// What `/readyz` answers.
#[derive(Debug, Serialize)]
struct Report {
    ready: bool,
    phase: Readiness,
    checks: Vec<CheckReport>,
}

#[derive(Debug, Serialize)]
struct CheckReport {
    name: &'static str,
    ok: bool,
    took_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Admin {
    pub fn new(check_timeout: Duration) -> Self {
        let phase = AtomicU8::new(Readiness::Starting as u8);
        Self {
            inner: Arc::new(Inner {
                checks: Mutex::default(),
                phase,
                timeout: check_timeout,
            }),
        }
    }

    /// Registers a check: while it fails, this process says that it is not ready.
    pub fn check<F, R>(&mut self, name: &'static str, check: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let check: Check = Arc::new(move || check().boxed());
        self.inner
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, check));
    }

    /// Says where the process is in its life; `main` does it for real processes.
    pub fn set(&self, phase: Readiness) {
        self.inner.phase.store(phase as u8, Ordering::SeqCst);
    }

    fn phase(&self) -> Readiness {
        match self.inner.phase.load(Ordering::SeqCst) {
            0 => Readiness::Starting,
            1 => Readiness::Running,
            _ => Readiness::Stopping,
        }
    }

    async fn report(&self) -> Report {
        let checks = self
            .inner
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let timeout = self.inner.timeout;
        let checks = checks.into_iter().map(|(name, check)| async move {
            let since = Instant::now();
            let error = match tokio::time::timeout(timeout, check()).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(format!("{error:#}")),
                Err(_) => Some(format!("no answer within {timeout:?}")),
            };
            let took_ms = since.elapsed().as_millis() as u64;
            CheckReport {
                name,
                ok: error.is_none(),
                took_ms,
                error,
            }
        });
        let checks = futures::future::join_all(checks).await;
        let phase = self.phase();
        let ready = phase == Readiness::Running && checks.iter().all(|check| check.ok);
        Report {
            ready,
            phase,
            checks,
        }
    }

    /// Returns the routes of the admin port.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/livez", get(async || "ok\n"))
            .route("/readyz", get(readyz))
            .route("/metrics", get(async || metrics::render()))
            .with_state(self.clone())
    }

    /// Opens the admin port. The returned future answers until `until` fires.
    pub(crate) async fn serve(
        &self,
        listen: SocketAddr,
        until: CancellationToken,
    ) -> anyhow::Result<impl Future<Output = ()> + Send + use<>> {
        metrics::install();
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("could not open the admin port {listen}"))?;
        let routes = self.routes();
        Ok(async move {
            let stop = until.clone();
            let server = axum::serve(listener, routes)
                .with_graceful_shutdown(async move { stop.cancelled().await });
            let upkeep = async {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    metrics::upkeep();
                }
            };
            tokio::select! {
                result = server => if let Err(error) = result {
                    tracing::error!(%error, "the admin port closed");
                },
                () = upkeep => {}
            }
        })
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}

async fn readyz(State(admin): State<Admin>) -> impl IntoResponse {
    let report = admin.report().await;
    let status = if report.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn is_ready_only_while_running_and_every_check_passes() {
        let mut admin = Admin::new(Duration::from_secs(1));
        admin.check("database", async || Ok(()));
        assert!(!admin.report().await.ready);

        admin.set(Readiness::Running);
        assert!(admin.report().await.ready);

        admin.check("bus", async || anyhow::bail!("the broker is away"));
        let report = admin.report().await;
        assert!(!report.ready);
        assert_eq!(
            report.checks[1].error.as_deref(),
            Some("the broker is away")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_hangs_counts_as_failed() {
        let mut admin = Admin::new(Duration::from_secs(1));
        admin.set(Readiness::Running);
        admin.check("database", async || std::future::pending().await);

        assert!(!admin.report().await.ready);
    }
}
