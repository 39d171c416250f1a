//! Running the steps one after the other.

use std::{future::Future, sync::Arc, time::Duration};

use async_stream::stream;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use rand::Rng;
use tokio::time::{Instant, timeout};

use stowage_domain::Timestamp;

use super::{Finding, Ground, ProbeEvent, ProbeStatus, ProbeStep, Step, Tick, sweep::sweep};
use crate::{
    Capability, DeleteCondition, ErrorKind, Object, ObjectPath, Pinned, Storage, StorageError,
    Usage, WriteMode, bytes_of, names::OWN_PREFIX,
};

/// How long a step may take.
pub const STEP_LIMIT: Duration = Duration::from_secs(10);

/// A connection test that has not begun.
pub struct Probe {
    storage: Arc<dyn Storage>,
    ground: Arc<dyn Ground>,
    limit: Duration,
    object: String,
    /// The steps that failed, or could not be run because of one that did; with the first cause.
    broken: Vec<(Step, Step)>,
    finding: Finding,
}

impl Probe {
    /// `storage` must try what it is asked even where it does not know whether that is honoured:
    /// connect it with [`Capability::untested`].
    pub fn new(storage: Arc<dyn Storage>, ground: Arc<dyn Ground>) -> Self {
        let number: u128 = rand::rng().random();
        let object = format!("{OWN_PREFIX}-probe-{number:032x}");
        let declared = storage.capability();
        let capability = Capability {
            write_create_only: false,
            copy: false,
            delete_if_unchanged: false,
            ..declared
        };
        let finding = Finding {
            is_connected: true,
            capability,
            ..Finding::default()
        };
        Self {
            storage,
            ground,
            limit: STEP_LIMIT,
            object,
            broken: Vec::new(),
            finding,
        }
    }

    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs all steps; each is told as it ends. What was written is removed at the end.
    pub fn run(mut self) -> BoxStream<'static, ProbeEvent> {
        stream! {
            let (storage, ground) = (Arc::clone(&self.storage), Arc::clone(&self.ground));
            let place = Place { storage: &*storage, object: self.object.clone() };

            yield self.step(Step::NameResolution, ground.name_resolution()).await;
            yield self.step(Step::Encryption, ground.encryption()).await;
            yield self.step(Step::Credentials, ground.credentials()).await;
            let mut identity = None;
            yield self.step(Step::RootFound, place.find(&mut identity)).await;
            self.finding.identity = identity;
            yield self.step(Step::List, place.list()).await;

            let mut written_at = None;
            yield self.step(Step::Write, place.write(&mut written_at)).await;
            yield self.step(Step::ReadBack, place.read_back()).await;
            let honours = &mut false;
            yield self.step(Step::ConditionalWrite, place.write_on_condition(honours)).await;
            self.finding.capability.write_create_only = *honours;
            self.finding.capability.copy = self.copies(&place).await;
            let honours = &mut false;
            yield self.step(Step::ConditionalDelete, place.delete_on_condition(honours)).await;
            self.finding.capability.delete_if_unchanged = *honours;
            yield self.step(Step::Delete, place.delete()).await;

            yield self.step(Step::ClockSkew, ground.clock_skew()).await;
            let mut usage = Usage::default();
            yield self.step(Step::FreeSpace, place.free_space(&mut usage)).await;
            self.finding.usage = usage;
            yield self.step(Step::PublicEndpoint, ground.public_endpoint()).await;

            if storage.capability().write {
                place.clean_up(self.limit).await;
                sweep(&*storage, written_at, self.limit).await;
            }
            let capability = &mut self.finding.capability;
            let found = storage.capability();
            capability.sorted_listing = found.sorted_listing;
            capability.exact_listing = found.exact_listing;
            capability.reports_free_space = usage.free_bytes.is_some();
            yield ProbeEvent::Done(self.finding);
        }
        .boxed()
    }

    /// Finds out whether the place copies by itself as transfers need it. No step: nobody has to do
    /// anything about a place that does not.
    async fn copies(&self, place: &Place<'_>) -> bool {
        let capability = self.storage.capability();
        let is_broken = self.broken.iter().any(|(step, _)| *step == Step::Write);
        if !capability.write || !capability.copy || is_broken {
            return false;
        }
        let mode = if self.finding.capability.write_create_only {
            WriteMode::CreateOnly
        } else {
            WriteMode::Replace
        };
        match timeout(self.limit, place.copies(mode)).await {
            Ok(Ok(copies)) => copies,
            Ok(Err(error)) => {
                tracing::debug!(%error, "the storage does not copy by itself");
                false
            }
            Err(_) => false,
        }
    }

    async fn step(
        &mut self,
        step: Step,
        work: impl Future<Output = Result<Tick, StorageError>>,
    ) -> ProbeEvent {
        let told = |status, reason: Option<String>, remedy, duration| {
            let (name, title) = (step.name(), step.title());
            ProbeEvent::Step(ProbeStep {
                step,
                name,
                title,
                status,
                reason,
                remedy,
                duration,
            })
        };
        let skipped = |reason| told(ProbeStatus::Skipped, Some(reason), None, Duration::ZERO);
        let cause = self
            .broken
            .iter()
            .find(|(broken, _)| step.needs().contains(broken));
        if let Some(&(_, cause)) = cause {
            self.broken.push((step, cause));
            return skipped(format!("after a failure: {}", cause.title()));
        }
        if step.writes() && !self.finding.capability.write {
            return skipped("read-only".to_owned());
        }
        let started = Instant::now();
        let done = timeout(self.limit, work).await;
        let duration = started.elapsed();
        let done = done.unwrap_or_else(|_| {
            let seconds = self.limit.as_secs();
            let what = format!("the storage did not answer within {seconds} seconds");
            Err(StorageError::new(ErrorKind::Timeout, what))
        });
        match done {
            Ok(Tick::Ok) => told(ProbeStatus::Ok, None, None, duration),
            Ok(Tick::Noted(note)) => told(ProbeStatus::Ok, Some(note), None, duration),
            Ok(Tick::Skipped(reason)) => told(ProbeStatus::Skipped, Some(reason), None, duration),
            Err(error) => {
                self.broken.push((step, step));
                self.finding.is_connected = false;
                let (class, remedy) = self.ground.words(error.kind());
                let reason = format!("{class}: {error}");
                told(
                    ProbeStatus::Failed,
                    Some(reason),
                    Some(remedy.to_owned()),
                    duration,
                )
            }
        }
    }
}

/// The storage, with the objects that the test writes.
struct Place<'a> {
    storage: &'a dyn Storage,
    object: String,
}

pub(super) const FIRST: &[u8] = b"written by a connection test\n";
pub(super) const SECOND: &[u8] = b"written by a connection test, again\n";

impl Place<'_> {
    fn path(&self, suffix: &str) -> Result<ObjectPath, StorageError> {
        ObjectPath::new(format!("{}{suffix}", self.object)).map_err(|error| {
            StorageError::new(ErrorKind::Unexpected, "the probe has no good name")
                .with_source(error)
        })
    }

    async fn put(
        &self,
        path: &ObjectPath,
        content: &'static [u8],
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        let body = bytes_of(Bytes::from_static(content));
        self.storage
            .write(path, content.len() as u64, body, mode)
            .await
    }

    async fn content(&self, path: &ObjectPath) -> Result<Bytes, StorageError> {
        self.storage.read(path, None).await?.into_bytes(1024).await
    }

    async fn find(&self, identity: &mut Option<crate::Identity>) -> Result<Tick, StorageError> {
        *identity = Some(self.storage.identify().await?);
        Ok(Tick::Ok)
    }

    /// Takes the first page. A storage that sees disorder fails once and sorts from then on.
    async fn list(&self) -> Result<Tick, StorageError> {
        let first = self.storage.list(None).try_next().await;
        let page = match first {
            Err(error) if !self.storage.capability().sorted_listing => {
                tracing::debug!(%error, "listing again without insisting on an order");
                self.storage.list(None).try_next().await?
            }
            other => other?,
        };
        Ok(match page {
            None => Tick::Noted("there is nothing yet".to_owned()),
            Some(page) if page.unreadable.is_empty() => Tick::Ok,
            Some(page) => Tick::Noted(format!(
                "parts cannot be read, the first is {}: {}",
                page.unreadable[0].path, page.unreadable[0].reason
            )),
        })
    }

    /// Writes the first object, and asks when that was by the storage's own clock.
    async fn write(&self, written_at: &mut Option<Timestamp>) -> Result<Tick, StorageError> {
        let path = self.path("")?;
        let written = self.put(&path, FIRST, WriteMode::Replace).await?;
        *written_at = written.modified_at;
        if written_at.is_none() {
            *written_at = self.storage.stat(&path).await?.modified_at;
        }
        Ok(Tick::Ok)
    }

    async fn read_back(&self) -> Result<Tick, StorageError> {
        let found = self.content(&self.path("")?).await?;
        if found == FIRST {
            return Ok(Tick::Ok);
        }
        let what = "what was read is not what was written";
        Err(StorageError::new(ErrorKind::Unexpected, what))
    }

    /// Tries to create what is there. Who ignores the condition has replaced it.
    async fn write_on_condition(&self, honours: &mut bool) -> Result<Tick, StorageError> {
        let path = self.path("")?;
        match self.put(&path, SECOND, WriteMode::CreateOnly).await {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Ok(_) => return Ok(unhonoured("ignores the condition")),
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                return Ok(unhonoured("does not know it"));
            }
            Err(error) => return Err(error),
        }
        let is_untouched = self.content(&path).await? == FIRST;
        // Where nothing is, the same request has to succeed.
        let is_created = self
            .put(&self.path("-2")?, FIRST, WriteMode::CreateOnly)
            .await
            .is_ok();
        *honours = is_untouched && is_created;
        Ok(if *honours {
            Tick::Ok
        } else {
            unhonoured("does not honour it well")
        })
    }

    /// Copies an object within the place: refused when it has changed since, and where a name is
    /// taken that has to be free. Who ignores a condition has made a copy that must not be.
    async fn copies(&self, mode: WriteMode) -> Result<bool, StorageError> {
        let (from, to) = (self.path("-4")?, self.path("-5")?);
        let Some(origin) = self.storage.origin(&from) else {
            return Ok(false);
        };
        let old = pinned(&self.put(&from, FIRST, WriteMode::Replace).await?);
        let new = pinned(&self.put(&from, SECOND, WriteMode::Replace).await?);
        let copy = |pinned: Pinned| {
            let (origin, to) = (&origin, &to);
            async move { self.storage.copy(origin, &pinned, to, mode).await }
        };
        match copy(old).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            Err(error) => return Err(error),
            Ok(_) => return Ok(false),
        }
        let copied = copy(new.clone()).await?.object;
        let seen = self.storage.stat(&to).await?;
        let is_same = self.content(&to).await? == SECOND && seen.revision == copied.revision;
        if mode == WriteMode::Replace {
            return Ok(is_same);
        }
        let again = copy(new).await;
        let is_kept = again.is_err_and(|error| error.kind() == ErrorKind::AlreadyExists);
        Ok(is_same && is_kept)
    }

    /// Tries to delete an older version. Who ignores the condition has deleted the newer one.
    async fn delete_on_condition(&self, honours: &mut bool) -> Result<Tick, StorageError> {
        let path = self.path("-3")?;
        let old = self.put(&path, FIRST, WriteMode::Replace).await?;
        let new = self.put(&path, SECOND, WriteMode::Replace).await?;
        let delete_if = |revision| {
            self.storage
                .delete(&path, DeleteCondition::Unchanged(revision))
        };
        match delete_if(old.revision).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            Ok(()) => return Ok(unhonoured("ignores the condition")),
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                return Ok(unhonoured("does not know it"));
            }
            Err(error) => return Err(error),
        }
        let is_untouched = self.content(&path).await? == SECOND;
        delete_if(new.revision).await?;
        let is_gone = self
            .storage
            .stat(&path)
            .await
            .is_err_and(|error| error.is_not_found());
        *honours = is_untouched && is_gone;
        Ok(if *honours {
            Tick::Ok
        } else {
            unhonoured("does not honour it well")
        })
    }

    async fn delete(&self) -> Result<Tick, StorageError> {
        let path = self.path("")?;
        self.storage.delete(&path, DeleteCondition::OwnKey).await?;
        match self.storage.stat(&path).await {
            Err(error) if error.is_not_found() => Ok(Tick::Ok),
            Err(error) => Err(error),
            Ok(_) => {
                let what = "the probe is still there after it was deleted";
                Err(StorageError::new(ErrorKind::Unexpected, what))
            }
        }
    }

    async fn free_space(&self, usage: &mut Usage) -> Result<Tick, StorageError> {
        *usage = self.storage.usage().await?;
        Ok(match usage.free_bytes {
            None => Tick::Skipped("this storage does not tell".to_owned()),
            Some(0) => return Err(StorageError::new(ErrorKind::Full, "there is no space left")),
            Some(bytes) => Tick::Noted(format!("{bytes} bytes are free")),
        })
    }

    /// Removes whatever a step left behind. What this cannot remove has a name that no listing
    /// shows.
    async fn clean_up(&self, limit: Duration) {
        for suffix in ["", "-2", "-3", "-4", "-5"] {
            let Ok(path) = self.path(suffix) else {
                continue;
            };
            let deleted = timeout(limit, self.storage.delete(&path, DeleteCondition::OwnKey)).await;
            if !matches!(deleted, Ok(Ok(()))) {
                tracing::debug!(object = %path, "a probe could not be removed");
            }
        }
    }
}

fn pinned(object: &Object) -> Pinned {
    Pinned {
        revision: object.revision.clone(),
        size: object.size,
    }
}

/// A condition that a storage does not honour is no failure: others take its place.
fn unhonoured(what: &str) -> Tick {
    Tick::Skipped(format!("the storage {what}; not needed"))
}
