//! What goes in and out of storages, counted.

use std::{future::Future, ops::Range, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tokio::time::Instant;

use crate::{
    ByteStream, Capability, Copied, DeleteCondition, Identity, Listing, Object, ObjectPath, Origin,
    Pinned, Read, Storage, StorageError, Usage, WriteMode,
};

const CALLS: &str = "stowage_storage_calls_total";
const BYTES: &str = "stowage_storage_bytes_total";
const SECONDS: &str = "stowage_storage_call_seconds";

/// Tells the recorder what the numbers mean; once a process.
pub fn describe_metrics() {
    describe_counter!(
        CALLS,
        "Calls to storages, by kind, operation, purpose and outcome."
    );
    describe_counter!(
        BYTES,
        Unit::Bytes,
        "Content read from, written to and copied within storages."
    );
    describe_histogram!(
        SECONDS,
        Unit::Seconds,
        "Time from a call to its answer, without content."
    );
}

/// Counts calls, bytes and failures of a storage.
#[derive(Debug)]
pub struct Metrics {
    inner: Arc<dyn Storage>,
    labels: Labels,
}

#[derive(Debug, Clone, Copy)]
struct Labels {
    kind: &'static str,
    purpose: &'static str,
}

impl Labels {
    fn call(self, operation: &'static str, outcome: &'static str) {
        let labels = [
            ("kind", self.kind),
            ("operation", operation),
            ("purpose", self.purpose),
            ("outcome", outcome),
        ];
        counter!(CALLS, &labels).increment(1);
    }

    fn bytes(self, direction: &'static str, count: u64) {
        let labels = [
            ("kind", self.kind),
            ("direction", direction),
            ("purpose", self.purpose),
        ];
        counter!(BYTES, &labels).increment(count);
    }

    async fn timed<T>(
        self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let started = Instant::now();
        let answer = work.await;
        let labels = [("kind", self.kind), ("operation", operation)];
        histogram!(SECONDS, &labels).record(started.elapsed());
        let outcome = answer
            .as_ref()
            .map_or_else(|error| error.kind().as_str(), |_| "ok");
        self.call(operation, outcome);
        answer
    }

    /// Counts each page as a call: that is what providers bill.
    fn pages(self, listing: Listing) -> Listing {
        listing
            .inspect(move |page| {
                let outcome = page
                    .as_ref()
                    .map_or_else(|error| error.kind().as_str(), |_| "ok");
                self.call("list", outcome);
            })
            .boxed()
    }

    fn content(self, direction: &'static str, body: ByteStream) -> ByteStream {
        let counted: BoxStream<'static, _> = body
            .inspect(move |chunk| match chunk {
                Ok(chunk) => self.bytes(direction, chunk.len() as u64),
                Err(error) if direction == "in" => self.call("read_body", error.kind().as_str()),
                Err(_) => {}
            })
            .boxed();
        counted
    }
}

impl Metrics {
    pub fn new(inner: Arc<dyn Storage>, kind: &'static str, purpose: &'static str) -> Self {
        Self {
            inner,
            labels: Labels { kind, purpose },
        }
    }
}

#[async_trait]
impl Storage for Metrics {
    fn capability(&self) -> Capability {
        self.inner.capability()
    }

    async fn identify(&self) -> Result<Identity, StorageError> {
        self.labels.timed("identify", self.inner.identify()).await
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        self.labels.pages(self.inner.list(folder))
    }

    fn list_after(&self, folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        self.inner
            .list_after(folder, after)
            .map(|listing| self.labels.pages(listing))
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        self.labels
            .timed("folders", self.inner.folders(folder))
            .await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        self.labels.timed("stat", self.inner.stat(path)).await
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        let Read { object, body } = self
            .labels
            .timed("read", self.inner.read(path, range))
            .await?;
        Ok(Read {
            object,
            body: self.labels.content("in", body),
        })
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        let body = self.labels.content("out", body);
        self.labels
            .timed("write", self.inner.write(path, size, body, mode))
            .await
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
        let copied = self
            .labels
            .timed("copy", self.inner.copy(from, pinned, path, mode))
            .await?;
        self.labels.bytes("within", copied.object.size);
        Ok(copied)
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.labels
            .timed("delete", self.inner.delete(path, condition))
            .await
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        self.labels.timed("usage", self.inner.usage()).await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        self.labels.timed("own_files", self.inner.own_files()).await
    }
}

#[cfg(test)]
mod tests {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    use super::*;
    use crate::test_storage::{Memory, body};

    #[test]
    fn counts_calls_by_outcome_and_bytes_by_direction_and_purpose() {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        metrics::with_local_recorder(&recorder, || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(async {
                let storage = Metrics::new(Arc::new(Memory::default()), "s3", "import");
                let path = ObjectPath::new("a.jpg").unwrap();
                assert!(storage.stat(&path).await.is_err());
                let (size, body) = body();
                storage
                    .write(&path, size, body, WriteMode::Replace)
                    .await
                    .unwrap();
                storage
                    .read(&path, None)
                    .await
                    .unwrap()
                    .into_bytes(100)
                    .await
                    .unwrap();
            });
        });
        let mut counted: Vec<String> = Vec::new();
        for (key, _, _, value) in snapshotter.snapshot().into_vec() {
            if let DebugValue::Counter(count) = value {
                let labels: Vec<&str> = key.key().labels().map(metrics::Label::value).collect();
                counted.push(format!("{} {} {count}", key.key().name(), labels.join(" ")));
            }
        }
        counted.sort_unstable();
        assert_eq!(
            counted,
            [
                "stowage_storage_bytes_total s3 in import 13",
                "stowage_storage_bytes_total s3 out import 13",
                "stowage_storage_calls_total s3 read import ok 1",
                "stowage_storage_calls_total s3 stat import not_found 1",
                "stowage_storage_calls_total s3 write import ok 1",
            ]
        );
    }
}
