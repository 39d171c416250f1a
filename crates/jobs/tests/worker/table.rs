//! A job table in memory, with tokio's clock, which tests may pause.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use stowage_domain::JobId;
use stowage_jobs::{Claimed, Envelope, Job, JobStore, NewJob, Outcome, StoreError};
use tokio::{sync::Notify, time::Instant};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Live,
    Done,
    Dead(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) job: NewJob,
    pub(crate) state: State,
    pub(crate) attempts: u32,
    pub(crate) due_at: Instant,
    pub(crate) lease_until: Option<Instant>,
    pub(crate) fence: i64,
    pub(crate) rung_at: Option<Instant>,
    /// What the last attempt left behind.
    pub(crate) note: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Mutex<BTreeMap<JobId, Row>>,
    changed: Notify,
    /// How many of the next calls fail, as a database that is away.
    failing: AtomicU32,
}

impl Table {
    pub(crate) fn add<J: Job>(&self, job: &J) -> JobId {
        let mut rows = self.rows();
        let id = JobId(uuid::Uuid::from_u128(rows.len() as u128 + 1));
        let row = Row {
            job: NewJob::of(None, job),
            state: State::Live,
            attempts: 0,
            due_at: Instant::now(),
            lease_until: None,
            fence: 0,
            rung_at: None,
            note: None,
        };
        rows.insert(id, row);
        self.changed.notify_waiters();
        id
    }

    pub(crate) fn row(&self, id: JobId) -> Row {
        self.rows()[&id].clone()
    }

    pub(crate) fn change(&self, id: JobId, change: impl FnOnce(&mut Row)) {
        change(self.rows().get_mut(&id).unwrap());
        self.changed.notify_waiters();
    }

    pub(crate) fn first(&self) -> JobId {
        *self.rows().keys().next().unwrap()
    }

    /// Lets the next `count` calls fail.
    pub(crate) fn fail(&self, count: u32) {
        self.failing.store(count, Ordering::SeqCst);
    }

    pub(crate) async fn until(&self, id: JobId, is_there: impl Fn(&Row) -> bool) -> Row {
        loop {
            let changed = self.changed.notified();
            let row = self.row(id);
            if is_there(&row) {
                return row;
            }
            let waited = tokio::time::timeout(Duration::from_hours(6), changed).await;
            assert!(waited.is_ok(), "the row never got there: {row:?}");
        }
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<JobId, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self) -> Result<(), StoreError> {
        let one_less = |left: u32| left.checked_sub(1);
        let was_failing = self
            .failing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .is_ok();
        if was_failing {
            Err(StoreError("the database is away".into()))
        } else {
            Ok(())
        }
    }

    /// Changes a row that is still ours; false when it is not.
    fn if_ours(&self, id: JobId, fence: i64, change: impl FnOnce(&mut Row)) -> bool {
        let mut rows = self.rows();
        let row = rows.get_mut(&id).unwrap();
        let is_ours = row.fence == fence && row.lease_until.is_some_and(|at| at > Instant::now());
        if is_ours {
            change(row);
            self.changed.notify_waiters();
        }
        is_ours
    }
}

impl Row {
    fn is_due(&self) -> bool {
        let now = Instant::now();
        self.state == State::Live
            && self.due_at <= now
            && self.lease_until.is_none_or(|until| until <= now)
    }
}

#[async_trait]
impl JobStore for Table {
    async fn claim(&self, id: JobId, lease: Duration) -> Result<Option<Claimed>, StoreError> {
        self.answer()?;
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(&id).filter(|row| row.is_due()) else {
            return Ok(None);
        };
        row.attempts += 1;
        row.fence += 1;
        row.lease_until = Some(Instant::now() + lease);
        self.changed.notify_waiters();
        Ok(Some(Claimed {
            id,
            workspace: row.job.workspace,
            kind: row.job.kind.to_owned(),
            payload: row.job.payload.clone(),
            attempts: row.attempts,
            fence: row.fence,
            trace: row.job.trace.clone(),
        }))
    }

    async fn renew(&self, id: JobId, fence: i64, lease: Duration) -> Result<bool, StoreError> {
        self.answer()?;
        Ok(self.if_ours(id, fence, |row| {
            row.lease_until = Some(Instant::now() + lease);
        }))
    }

    async fn finish(&self, id: JobId, fence: i64, outcome: Outcome) -> Result<bool, StoreError> {
        self.answer()?;
        Ok(self.if_ours(id, fence, |row| {
            row.lease_until = None;
            row.rung_at = None;
            match outcome {
                Outcome::Done => row.state = State::Done,
                Outcome::Dead { error } => row.state = State::Dead(error),
                Outcome::Retry { after, error } => {
                    row.due_at = Instant::now() + after;
                    row.note = Some(error);
                }
                Outcome::Snooze { after, reason } => {
                    row.attempts -= 1;
                    row.due_at = Instant::now() + after;
                    row.note = Some(reason);
                }
            }
        }))
    }

    async fn to_ring(
        &self,
        limit: u32,
        _per_queue: u32,
        again_after: Duration,
    ) -> Result<Vec<Envelope>, StoreError> {
        self.answer()?;
        let is_quiet = |row: &Row| row.rung_at.is_none_or(|at| at.elapsed() >= again_after);
        let mut rows = self.rows();
        let due = rows
            .iter_mut()
            .filter(|(_, row)| row.is_due() && is_quiet(row));
        let pick = |(id, row): (&JobId, &mut Row)| {
            row.rung_at = Some(Instant::now());
            envelope(*id, row)
        };
        Ok(due.take(limit as usize).map(pick).collect())
    }

    async fn unring(&self, ids: &[JobId]) -> Result<(), StoreError> {
        for id in ids {
            self.rows().get_mut(id).unwrap().rung_at = None;
        }
        Ok(())
    }

    async fn wait_for_work(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.changed.notified()).await;
    }
}

pub(crate) fn envelope(id: JobId, row: &Row) -> Envelope {
    Envelope {
        job_id: id.to_string(),
        workspace_id: String::new(),
        kind: row.job.kind.to_owned(),
        payload: row.job.payload.clone().into(),
        trace: HashMap::new(),
    }
}
