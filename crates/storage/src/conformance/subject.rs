//! The backend under test, with a corner of its own for each case.

use std::{any::Any, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

use super::Failure;
use crate::{
    ByteStream, DeleteCondition, ErrorKind, ListPage, Object, ObjectPath, Storage, StorageError,
    WriteMode, bytes_of, sorted::external_sort,
};

/// A backend under test. Its root may hold anything: a case works in a folder of its own.
pub struct Subject {
    storage: Arc<dyn Storage>,
    folder: String,
    impossible: Vec<(&'static str, &'static str)>,
    refused_names: Vec<String>,
    mangled_names: Vec<String>,
    kept: Vec<Box<dyn Any + Send + Sync>>,
}

impl Subject {
    /// `folder` is a name that no other case uses.
    pub fn new(storage: Arc<dyn Storage>, folder: impl Into<String>) -> Self {
        Self {
            storage,
            folder: folder.into(),
            impossible: Vec::new(),
            refused_names: Vec::new(),
            mangled_names: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Declares that a case cannot pass, and why.
    #[must_use]
    pub fn cannot(mut self, case: &'static str, reason: &'static str) -> Self {
        self.impossible.push((case, reason));
        self
    }

    /// Declares that the backend refuses a name of the table of hostile names, with whatever error.
    #[must_use]
    pub fn refuses_name(mut self, name: impl Into<String>) -> Self {
        self.refused_names.push(name.into());
        self
    }

    /// Declares that the server behind a connector changes a name, which no connector can mend. It is
    /// not tried, and said so.
    #[must_use]
    pub fn mangles_name(mut self, name: impl Into<String>) -> Self {
        self.mangled_names.push(name.into());
        self
    }

    /// Keeps something alive for as long as the case runs.
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send + Sync) -> Self {
        self.kept.push(Box::new(guard));
        self
    }

    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    pub(super) fn declared_impossible(&self, case: &str) -> Option<&'static str> {
        self.impossible
            .iter()
            .find(|(name, _)| *name == case)
            .map(|(_, reason)| *reason)
    }

    pub(super) fn may_refuse(&self, name: &str) -> bool {
        self.refused_names.iter().any(|refused| refused == name)
    }

    pub(super) fn is_mangled(&self, name: &str) -> bool {
        self.mangled_names.iter().any(|mangled| mangled == name)
    }

    pub(super) fn folder(&self) -> Result<ObjectPath, Failure> {
        Ok(ObjectPath::new(self.folder.as_str())?)
    }

    pub(super) fn path(&self, name: &str) -> Result<ObjectPath, Failure> {
        Ok(ObjectPath::new(format!("{}/{name}", self.folder))?)
    }

    /// Takes the case's folder off a path.
    pub(super) fn name<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(&self.folder)
            .map_or(path, |name| name.trim_start_matches('/'))
    }

    pub(super) async fn put(
        &self,
        name: &str,
        content: impl Into<Bytes>,
    ) -> Result<Object, Failure> {
        let content = content.into();
        let path = self.path(name)?;
        let size = content.len() as u64;
        let written = self
            .storage
            .write(&path, size, bytes_of(content), WriteMode::Replace)
            .await;
        written.map_err(|error| name_it(name, error))
    }

    pub(super) async fn get(&self, name: &str) -> Result<Bytes, Failure> {
        let read = self.storage.read(&self.path(name)?, None).await;
        let read = read.map_err(|error| name_it(name, error))?;
        read.into_bytes(u64::MAX)
            .await
            .map_err(|error| name_it(name, error))
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), Failure> {
        let removed = self
            .storage
            .delete(&self.path(name)?, DeleteCondition::OwnKey)
            .await;
        removed.map_err(|error| name_it(name, error))
    }

    /// Fails unless the object certainly is not there.
    pub(super) async fn is_absent(&self, name: &str) -> Result<(), Failure> {
        match self.storage.stat(&self.path(name)?).await {
            Ok(object) => Err(Failure(format!("{name:?} is there: {object:?}"))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(name_it(name, error)),
        }
    }

    /// Lists a folder as the rest of the system does: sorted by somebody.
    pub(super) async fn list(&self, folder: Option<&ObjectPath>) -> Result<Vec<ListPage>, Failure> {
        let listing = self.storage.list(folder);
        let is_sorted = self.storage.capability().sorted_listing;
        let listing = if is_sorted {
            listing
        } else {
            external_sort(listing)
        };
        match listing.try_collect().await {
            Ok(pages) => Ok(pages),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the objects below the case's folder.
    pub(super) async fn objects(&self) -> Result<Vec<Object>, Failure> {
        let folder = self.folder()?;
        Ok(self
            .list(Some(&folder))
            .await?
            .into_iter()
            .flat_map(|page| page.objects)
            .collect())
    }

    /// Returns the names of the objects below the case's folder, in the order of the listing.
    pub(super) async fn names(&self) -> Result<Vec<String>, Failure> {
        let objects = self.objects().await?;
        Ok(objects
            .iter()
            .map(|object| self.name(&object.path).to_owned())
            .collect())
    }
}

pub(super) fn name_it(name: &str, error: StorageError) -> Failure {
    let Failure(what) = error.into();
    Failure(format!("{name:?}: {what}"))
}

/// Makes content that differs from place to place and from seed to seed, so that a stretch that is
/// lost, doubled or swapped shows.
pub fn pattern(seed: u64, size: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes.into()
}

/// A body that gives `content` in chunks of 64 KiB and then fails.
pub(super) fn failing_body(content: &Bytes) -> ByteStream {
    let broken = StorageError::new(ErrorKind::Unreachable, "the source broke off, as planned");
    chunked(content)
        .chain(stream::once(async move { Err(broken) }))
        .boxed()
}

/// A body that gives `content` in chunks of 64 KiB.
pub(super) fn chunked(content: &Bytes) -> ByteStream {
    let chunks: Vec<_> = content
        .chunks(64 * 1024)
        .map(|chunk| Ok(content.slice_ref(chunk)))
        .collect();
    stream::iter(chunks).boxed()
}
