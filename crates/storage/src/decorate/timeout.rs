//! Nothing waits for ever.

use std::{
    future::Future,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::time::{Instant, sleep_until, timeout};

use crate::{
    ByteStream, Capability, Copied, DeleteCondition, ErrorKind, Identity, Listing, Object,
    ObjectPath, Origin, Pinned, Read, Storage, StorageError, Usage, WriteMode,
};

/// How long a storage may be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// For an answer that carries no content.
    pub call: Duration,
    /// For a page of a listing.
    pub page: Duration,
    /// Between two chunks of an object that is read.
    pub chunk: Duration,
    /// Between two chunks that a write takes, and from the last one to its answer. A connector
    /// may hold many megabytes before it takes more.
    pub write: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(40),
            page: Duration::from_mins(2),
            chunk: Duration::from_mins(1),
            write: Duration::from_mins(10),
        }
    }
}

/// The slowest copy within a provider that is waited for, in bytes a second: nobody sees it move.
const SLOWEST_COPY: u64 = 1024 * 1024;

/// Gives up on calls, pages and chunks that take too long.
#[derive(Debug)]
pub struct Timeout {
    inner: Arc<dyn Storage>,
    limits: TimeLimits,
}

impl Timeout {
    pub fn new(inner: Arc<dyn Storage>, limits: TimeLimits) -> Self {
        Self { inner, limits }
    }

    async fn call<T>(
        &self,
        operation: &str,
        work: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let limit = self.limits.call;
        timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(silent(operation, limit)))
    }
}

fn silent(operation: &str, limit: Duration) -> StorageError {
    StorageError::new(
        ErrorKind::Timeout,
        format!(
            "could not {operation}: no answer within {} seconds",
            limit.as_secs()
        ),
    )
}

/// Ends a stream with an error when it stands still for longer than `limit`.
fn watched<T: Send + 'static>(
    stream: BoxStream<'static, Result<T, StorageError>>,
    operation: &'static str,
    limit: Duration,
) -> BoxStream<'static, Result<T, StorageError>> {
    stream::unfold(Some(stream), move |stream| async move {
        let mut stream = stream?;
        match timeout(limit, stream.next()).await {
            Ok(None) => None,
            Ok(Some(item)) => Some((item, Some(stream))),
            Err(_) => Some((Err(silent(operation, limit)), None)),
        }
    })
    .boxed()
}

/// When something was last seen to move.
#[derive(Clone)]
struct LastMove(Arc<Mutex<Instant>>);

impl LastMove {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn touch(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn at(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when nothing has moved for `limit`.
    async fn stands_still(&self, limit: Duration) {
        loop {
            let deadline = self.at() + limit;
            if deadline <= Instant::now() {
                return;
            }
            sleep_until(deadline).await;
        }
    }
}

fn touching(
    body: impl Stream<Item = Result<bytes::Bytes, StorageError>> + Send + 'static,
    last_move: LastMove,
) -> ByteStream {
    body.inspect(move |_| last_move.touch()).boxed()
}

#[async_trait]
impl Storage for Timeout {
    fn capability(&self) -> Capability {
        self.inner.capability()
    }

    async fn identify(&self) -> Result<Identity, StorageError> {
        self.call("identify the storage", self.inner.identify())
            .await
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        watched(self.inner.list(folder), "list", self.limits.page)
    }

    fn list_after(&self, folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        let listing = self.inner.list_after(folder, after)?;
        Some(watched(listing, "list", self.limits.page))
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        self.call("list folders", self.inner.folders(folder)).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        self.call("look at an object", self.inner.stat(path)).await
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        let Read { object, body } = self
            .call("read an object", self.inner.read(path, range))
            .await?;
        Ok(Read {
            object,
            body: watched(body, "read an object", self.limits.chunk),
        })
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        let last_move = LastMove::now();
        let body = touching(body, last_move.clone());
        let limit = self.limits.write;
        tokio::select! {
            written = self.inner.write(path, size, body, mode) => written,
            () = last_move.stands_still(limit) => Err(silent("write an object", limit)),
        }
    }

    fn origin(&self, path: &ObjectPath) -> Option<Origin> {
        self.inner.origin(path)
    }

    async fn copy(
        &self,
        from: &Origin,
        pinned: &Pinned,
        path: &ObjectPath,
        mode: WriteMode,
    ) -> Result<Copied, StorageError> {
        let limit = self.limits.write + Duration::from_secs(pinned.size / SLOWEST_COPY);
        timeout(limit, self.inner.copy(from, pinned, path, mode))
            .await
            .unwrap_or_else(|_| Err(silent("copy an object", limit)))
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.call("delete an object", self.inner.delete(path, condition))
            .await
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        self.call("ask for the free space", self.inner.usage())
            .await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        self.call("list our own files", self.inner.own_files())
            .await
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;
    use crate::{
        bytes_of,
        test_storage::{Fault, Memory, body},
    };

    fn timed(fault: Fault) -> Timeout {
        let storage = Memory::with(fault).holding(&["a.jpg", "b.jpg"]);
        Timeout::new(Arc::new(storage), TimeLimits::default())
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_call_ends_at_its_limit() {
        let path = ObjectPath::new("a.jpg").unwrap();
        let started = Instant::now();
        let error = timed(Fault::Hangs("stat")).stat(&path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(started.elapsed(), TimeLimits::default().call);
    }

    #[tokio::test(start_paused = true)]
    async fn a_listing_and_a_body_that_stand_still_end_in_an_error() {
        let storage = timed(Fault::Stalls);
        let pages: Result<Vec<_>, _> = storage.list(None).try_collect().await;
        assert_eq!(pages.unwrap_err().kind(), ErrorKind::Timeout);
        let read = storage
            .read(&ObjectPath::new("a.jpg").unwrap(), None)
            .await
            .unwrap();
        assert_eq!(
            read.into_bytes(100).await.unwrap_err().kind(),
            ErrorKind::Timeout
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_that_moves_may_take_as_long_as_it_likes() {
        let storage = timed(Fault::None);
        let step = TimeLimits::default().write.mul_f64(0.99);
        let slow = stream::iter(0..5)
            .then(move |_| async move {
                tokio::time::sleep(step).await;
                Ok(bytes::Bytes::from_static(b"x"))
            })
            .boxed();
        let path = ObjectPath::new("c.jpg").unwrap();
        storage
            .write(&path, 5, slow, WriteMode::Replace)
            .await
            .unwrap();
        let stuck = bytes_of("x").chain(stream::pending()).boxed();
        let error = storage
            .write(&path, 5, stuck, WriteMode::Replace)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn a_copy_without_an_answer_ends_later_the_larger_it_is() {
        let storage = timed(Fault::Hangs("copy"));
        let (from, to) = ("a.jpg", ObjectPath::new("c.jpg").unwrap());
        let origin = storage.origin(&ObjectPath::new(from).unwrap()).unwrap();
        let mut waits = Vec::new();
        for size in [0, 100 * SLOWEST_COPY] {
            let started = Instant::now();
            let pinned = Pinned {
                revision: "1".to_owned(),
                size,
            };
            let copied = storage.copy(&origin, &pinned, &to, WriteMode::CreateOnly);
            let error = copied.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Timeout);
            waits.push(started.elapsed());
        }
        let first = TimeLimits::default().write;
        assert_eq!(waits, [first, first + Duration::from_secs(100)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_without_an_answer_ends() {
        let (size, body) = body();
        let path = ObjectPath::new("c.jpg").unwrap();
        let storage = timed(Fault::Hangs("commit"));
        let error = storage
            .write(&path, size, body, WriteMode::Replace)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
}
