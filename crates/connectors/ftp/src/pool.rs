//! A few control connections that are kept and lent.
//!
//! One connection carries one transfer at a time, and servers allow few to one user. What was lent
//! comes back only in good order: one that is dropped half-way is closed.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use stowage_storage::{ErrorKind, StorageError};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use crate::{client::Dialer, error::Failure, session::Session};

/// Connections to one storage at a time.
const CONNECTIONS: usize = 6;

/// How long one that nobody needs is kept. Servers hang up after a minute or more.
const IDLE: Duration = Duration::from_secs(30);

/// After how long a kept one is asked first whether it still answers.
const STALE: Duration = Duration::from_secs(5);

/// How long to wait for one that others hold.
const WAIT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) dialer: Dialer,
    idle: Mutex<Vec<Idle>>,
    permits: Arc<Semaphore>,
    /// How many the server lets us have, as far as it said.
    most: AtomicUsize,
    is_swept: AtomicBool,
    /// Learned from the first connection: listings tell no seconds.
    is_vague: AtomicBool,
    /// Learned from the first listing by LIST: whether `LIST -a` is understood.
    pub(crate) shows_hidden: Mutex<Option<bool>>,
}

struct Idle {
    session: Session,
    since: Instant,
}

impl std::fmt::Debug for Idle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}

/// A connection that is lent.
pub(crate) struct Lease {
    session: Session,
    pool: Arc<Pool>,
    permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(dialer: Dialer) -> Arc<Self> {
        Arc::new(Self {
            dialer,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
            most: AtomicUsize::new(CONNECTIONS),
            is_swept: AtomicBool::new(false),
            is_vague: AtomicBool::new(false),
            shows_hidden: Mutex::default(),
        })
    }

    pub(crate) fn is_vague(&self) -> bool {
        self.is_vague.load(Ordering::Relaxed)
    }

    /// Lends a connection: a kept one that still answers, or a new one. A server that takes no
    /// further one is asked for none from then on: whoever wants one waits for those that there are.
    pub(crate) async fn lend(self: &Arc<Self>) -> Result<Lease, StorageError> {
        loop {
            let waited = timeout(WAIT, Arc::clone(&self.permits).acquire_owned()).await;
            let Ok(Ok(permit)) = waited else {
                let most = self.most.load(Ordering::Relaxed);
                let what = format!("all {most} connections to the server are in use");
                return Err(StorageError::new(ErrorKind::Throttled, what));
            };
            match self.lend_with(permit).await {
                Ok(lease) => return Ok(lease),
                Err((error, permit)) => {
                    let most = self.most.load(Ordering::Relaxed);
                    let others_go_on = self.permits.available_permits() + 1 < most;
                    // Whoever had one may have given it back while the server refused another.
                    let is_one_back = most > 1 && !self.idle().is_empty();
                    if error.kind() != ErrorKind::Throttled || !(others_go_on || is_one_back) {
                        return Err(error);
                    }
                    tracing::debug!(most = most - 1, "the server takes no more connections");
                    self.most.fetch_sub(1, Ordering::Relaxed);
                    permit.forget();
                }
            }
        }
    }

    async fn lend_with(
        self: &Arc<Self>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Lease, (StorageError, OwnedSemaphorePermit)> {
        while let Some(mut kept) = self.take() {
            let is_good = kept.since.elapsed() < STALE || kept.session.nudge().await.is_ok();
            if is_good {
                return Ok(Lease {
                    session: kept.session,
                    pool: Arc::clone(self),
                    permit,
                });
            }
        }
        let session = match Session::open(&self.dialer).await {
            Ok(session) => session,
            Err(error) => return Err((error, permit)),
        };
        self.is_vague.store(!session.knows_mlst, Ordering::Relaxed);
        Ok(Lease {
            session,
            pool: Arc::clone(self),
            permit,
        })
    }

    fn take(&self) -> Option<Idle> {
        let mut idle = self.idle();
        idle.retain(|kept| kept.since.elapsed() < IDLE);
        idle.pop()
    }

    fn keep(self: &Arc<Self>, session: Session) {
        let since = Instant::now();
        self.idle().push(Idle { session, since });
        if !self.is_swept.swap(true, Ordering::AcqRel) {
            #[expect(
                clippy::disallowed_methods,
                reason = "closes what is left over; nothing has to wait for it"
            )]
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes what nobody needs any more, and ends with the last of it.
async fn sweep(pool: Weak<Pool>) {
    loop {
        tokio::time::sleep(IDLE).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut idle = pool.idle();
        idle.retain(|kept| kept.since.elapsed() < IDLE);
        if idle.is_empty() {
            pool.is_swept.store(false, Ordering::Release);
            return;
        }
    }
}

impl Lease {
    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Gives the connection back.
    pub(crate) fn give_back(self) {
        let Self {
            session,
            pool,
            permit,
        } = self;
        pool.keep(session);
        drop(permit);
    }

    /// Gives the connection back unless the answer says that it is of no use any more.
    pub(crate) fn end<T>(self, answer: Result<T, Failure>) -> Result<T, Failure> {
        if !matches!(answer, Err(Failure::Broken(_))) {
            self.give_back();
        }
        answer
    }
}

impl std::ops::Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl std::ops::DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}
