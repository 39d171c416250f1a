//! Order for listings of places that have none.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;

use crate::{
    ByteStream, Capability, Copied, DeleteCondition, Identity, Listing, Object, ObjectPath, Origin,
    Pinned, Read, Storage, StorageError, Usage, WriteMode, sorted::external_sort,
};

/// Sorts the listings of a storage that says that they are not in order.
#[derive(Debug)]
pub struct Sorted {
    inner: Arc<dyn Storage>,
}

impl Sorted {
    pub fn new(inner: Arc<dyn Storage>) -> Self {
        Self { inner }
    }
}

#[async_trait]
impl Storage for Sorted {
    fn capability(&self) -> Capability {
        self.inner.capability()
    }

    async fn identify(&self) -> Result<Identity, StorageError> {
        self.inner.identify().await
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        let is_sorted = self.inner.capability().sorted_listing;
        let listing = self.inner.list(folder);
        if is_sorted {
            listing
        } else {
            external_sort(listing)
        }
    }

    fn list_after(&self, folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        let is_sorted = self.inner.capability().sorted_listing;
        if is_sorted {
            self.inner.list_after(folder, after)
        } else {
            None
        }
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        self.inner.folders(folder).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        self.inner.stat(path).await
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        self.inner.read(path, range).await
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        self.inner.write(path, size, body, mode).await
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
        self.inner.copy(from, pinned, path, mode).await
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.inner.delete(path, condition).await
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        self.inner.usage().await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        self.inner.own_files().await
    }
}
