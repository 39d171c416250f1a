//! Trying again what may work the next time.

use std::{
    future::Future,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use rand::Rng;

use crate::{
    ByteStream, Capability, Copied, DeleteCondition, ErrorKind, Identity, Listing, Object,
    ObjectPath, Origin, Pinned, Read, Storage, StorageError, Usage, WriteMode,
};

/// How often, and after which waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts altogether; 1 never tries again.
    pub attempts: u32,
    /// The first wait; each further one is twice as long, less a random part of up to a half.
    pub first_wait: Duration,
    /// No wait is longer. A storage that asks for more is left to the caller, who can put the
    /// whole job off.
    pub longest_wait: Duration,
    /// Objects up to this size are kept in memory while they are written, so that a write can be
    /// tried again after its body was taken.
    pub replayed_bytes: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(10),
            replayed_bytes: 1024 * 1024,
        }
    }
}

impl RetryPolicy {
    /// Returns how long to wait before the attempt after `attempt`, if there should be one.
    fn wait(&self, attempt: u32, error: &StorageError) -> Option<Duration> {
        // A full storage does not empty itself in seconds.
        let may_pass = error.is_temporary() && error.kind() != ErrorKind::Full;
        if !may_pass || attempt >= self.attempts {
            return None;
        }
        let doubled = self
            .first_wait
            .saturating_mul(2_u32.saturating_pow(attempt - 1));
        let jittered = doubled.mul_f64(rand::rng().random_range(0.5..=1.0));
        let wait = error
            .retry_after()
            .unwrap_or_default()
            .max(jittered.min(self.longest_wait));
        (wait <= self.longest_wait).then_some(wait)
    }
}

/// Tries temporary failures again, as long as nothing was handed on of what would come twice.
#[derive(Debug)]
pub struct Retry {
    inner: Arc<dyn Storage>,
    policy: RetryPolicy,
}

impl Retry {
    pub fn new(inner: Arc<dyn Storage>, policy: RetryPolicy) -> Self {
        Self { inner, policy }
    }

    async fn call<T, F>(&self, mut work: impl FnMut() -> F) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let mut attempt = 1;
        loop {
            let error = match work().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = self.policy.wait(attempt, &error) else {
                return Err(error);
            };
            tracing::debug!(%error, attempt, ?wait, "trying a storage again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Opens an object and takes its first chunk, so that a failure up to there is not seen.
    async fn open(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        let Read { object, body } = self.inner.read(path, range).await?;
        // An empty body has ended by now, and must not be asked again.
        let mut body = body.fuse();
        let first = body.next().await.transpose()?;
        let first = stream::iter(first.map(Ok));
        Ok(Read {
            object,
            body: first.chain(body).boxed(),
        })
    }

    /// Writes from memory. A lost answer of a create-only write must not be asked for again: the
    /// second attempt would meet the first.
    async fn write_whole(
        &self,
        path: &ObjectPath,
        content: Vec<Bytes>,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        let size = content.iter().map(|chunk| chunk.len() as u64).sum();
        let policy = match mode {
            WriteMode::Replace => self.policy,
            WriteMode::CreateOnly => RetryPolicy {
                attempts: 1,
                ..self.policy
            },
        };
        let retry = Self {
            inner: Arc::clone(&self.inner),
            policy,
        };
        retry
            .call(|| {
                let chunks: Vec<_> = content.iter().cloned().map(Ok).collect();
                self.inner
                    .write(path, size, stream::iter(chunks).boxed(), mode)
            })
            .await
    }
}

/// A body that can be taken back as long as nobody has begun with it.
#[derive(Clone)]
struct Lent(Arc<Mutex<Option<ByteStream>>>);

impl Lent {
    fn new(body: ByteStream) -> Self {
        Self(Arc::new(Mutex::new(Some(body))))
    }

    fn take(&self) -> Option<ByteStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_untouched(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Makes a body that begins with the lent one when it is first asked.
    fn borrow(&self) -> ByteStream {
        let lent = self.clone();
        stream::once(async move { lent.take() })
            .filter_map(std::future::ready)
            .flatten()
            .boxed()
    }
}

/// Where a listing stands that can go on elsewhere.
struct Going {
    inner: Arc<dyn Storage>,
    policy: RetryPolicy,
    folder: Option<ObjectPath>,
    listing: Listing,
    last: Option<String>,
    attempt: u32,
}

impl Going {
    async fn next(mut self) -> Result<Option<(crate::ListPage, Self)>, StorageError> {
        loop {
            let error = match self.listing.try_next().await {
                Ok(None) => return Ok(None),
                Ok(Some(page)) => {
                    self.attempt = 1;
                    if let Some(object) = page.objects.last() {
                        self.last = Some(object.remote_id.clone());
                    }
                    return Ok(Some((page, self)));
                }
                Err(error) => error,
            };
            let Some(wait) = self.policy.wait(self.attempt, &error) else {
                return Err(error);
            };
            let folder = self.folder.as_ref();
            let again = match &self.last {
                None => Some(self.inner.list(folder)),
                Some(last) => self.inner.list_after(folder, last),
            };
            let Some(again) = again else {
                return Err(error);
            };
            tracing::debug!(%error, attempt = self.attempt, ?wait, "going on with a listing");
            tokio::time::sleep(wait).await;
            self.listing = again;
            self.attempt += 1;
        }
    }
}

#[async_trait]
impl Storage for Retry {
    fn capability(&self) -> Capability {
        self.inner.capability()
    }

    async fn identify(&self) -> Result<Identity, StorageError> {
        self.call(|| self.inner.identify()).await
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        let going = Going {
            inner: Arc::clone(&self.inner),
            policy: self.policy,
            folder: folder.cloned(),
            listing: self.inner.list(folder),
            last: None,
            attempt: 1,
        };
        stream::try_unfold(going, Going::next).boxed()
    }

    fn list_after(&self, folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        let going = Going {
            inner: Arc::clone(&self.inner),
            policy: self.policy,
            folder: folder.cloned(),
            listing: self.inner.list_after(folder, after)?,
            last: Some(after.to_owned()),
            attempt: 1,
        };
        Some(stream::try_unfold(going, Going::next).boxed())
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        self.call(|| self.inner.folders(folder)).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        self.call(|| self.inner.stat(path)).await
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        self.call(|| self.open(path, range.clone())).await
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        if size <= self.policy.replayed_bytes {
            let content = take_whole(path, size, body).await?;
            return self.write_whole(path, content, mode).await;
        }
        let lent = Lent::new(body);
        let mut attempt = 1;
        loop {
            let error = match self.inner.write(path, size, lent.borrow(), mode).await {
                Ok(written) => return Ok(written),
                Err(error) => error,
            };
            let wait = self
                .policy
                .wait(attempt, &error)
                .filter(|_| lent.is_untouched());
            let Some(wait) = wait else { return Err(error) };
            tokio::time::sleep(wait).await;
            attempt += 1;
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
        // As for writes: where the answer to a create-only copy is lost, another one would meet it.
        match mode {
            WriteMode::Replace => {
                self.call(|| self.inner.copy(from, pinned, path, mode))
                    .await
            }
            WriteMode::CreateOnly => self.inner.copy(from, pinned, path, mode).await,
        }
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.call(|| self.inner.delete(path, condition.clone()))
            .await
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        self.call(|| self.inner.usage()).await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        self.call(|| self.inner.own_files()).await
    }
}

/// Takes a body into memory, if it is as long as announced.
async fn take_whole(
    path: &ObjectPath,
    size: u64,
    mut body: ByteStream,
) -> Result<Vec<Bytes>, StorageError> {
    let mut chunks = Vec::new();
    let mut came = 0;
    while let Some(chunk) = body.try_next().await? {
        came += chunk.len() as u64;
        if came > size {
            break;
        }
        chunks.push(chunk);
    }
    if came == size {
        Ok(chunks)
    } else {
        Err(StorageError::wrong_length(path.as_str(), size, came))
    }
}

#[cfg(test)]
mod tests;
