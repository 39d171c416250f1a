//! A storage in memory with faults to order, for the tests of what stands around a storage.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Mutex,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use stowage_domain::Timestamp;

use crate::{
    ByteStream, Capability, Copied, DeleteCondition, ErrorKind, Identity, ListPage, Listing,
    Object, ObjectPath, Origin, Pinned, Read, Storage, StorageError, WriteMode, bytes_of,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    ReadOnly,
    IgnoresConditions,
    /// This operation fails so many times.
    Fails(&'static str, ErrorKind, usize),
    /// This operation never ends.
    Hangs(&'static str),
    /// Bodies and listings break off after the first piece, so many times.
    BreaksOff(usize),
    /// Bodies and listings stop for ever after the first piece.
    Stalls,
}

#[derive(Debug)]
pub(crate) struct Memory {
    objects: Mutex<BTreeMap<String, (Bytes, u64)>>,
    /// What `own_files` tells.
    own: Mutex<Vec<Object>>,
    calls: Mutex<HashMap<&'static str, usize>>,
    fault: Fault,
}

impl Default for Memory {
    fn default() -> Self {
        Self::with(Fault::None)
    }
}

impl Memory {
    pub(crate) fn with(fault: Fault) -> Self {
        Self {
            objects: Mutex::default(),
            own: Mutex::default(),
            calls: Mutex::default(),
            fault,
        }
    }

    pub(crate) fn holding(self, paths: &[&str]) -> Self {
        for path in paths {
            let content = Bytes::copy_from_slice(path.as_bytes());
            self.objects
                .lock()
                .unwrap()
                .insert((*path).to_owned(), (content, 1));
        }
        self
    }

    /// Puts a file of Stowage's own there, last changed at `at`.
    pub(crate) fn plant(&self, path: &str, content: &[u8], at: Timestamp) {
        let content = Bytes::copy_from_slice(content);
        let file = Object {
            modified_at: Some(at),
            ..object(path, &content, 1)
        };
        let mut objects = self.objects.lock().unwrap();
        objects.insert(path.to_owned(), (content, 1));
        self.own.lock().unwrap().push(file);
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.calls
            .lock()
            .unwrap()
            .get(operation)
            .copied()
            .unwrap_or(0)
    }

    async fn enter(&self, operation: &'static str) -> Result<(), StorageError> {
        let turn = self.count(operation);
        match self.fault {
            Fault::Hangs(which) if which == operation => std::future::pending().await,
            Fault::Fails(which, kind, times) if which == operation && turn <= times => {
                let failed = StorageError::new(kind, format!("{operation} fails to order"));
                Err(failed.with_retry_after(Duration::from_secs(1)))
            }
            _ => Ok(()),
        }
    }

    fn count(&self, operation: &'static str) -> usize {
        let mut calls = self.calls.lock().unwrap();
        let count = calls.entry(operation).or_default();
        *count += 1;
        *count
    }

    /// Pieces of a body or listing, with the fault in the middle.
    fn pieces<T: Send + 'static>(
        &self,
        turn: usize,
        pieces: Vec<T>,
    ) -> stream::BoxStream<'static, Result<T, StorageError>> {
        let mut pieces: Vec<_> = pieces.into_iter().map(Ok).collect();
        match self.fault {
            Fault::BreaksOff(times) if turn <= times => {
                pieces.truncate(1);
                pieces.push(Err(StorageError::new(
                    ErrorKind::Unreachable,
                    "broke off to order",
                )));
                stream::iter(pieces).boxed()
            }
            Fault::Stalls => {
                pieces.truncate(1);
                stream::iter(pieces).chain(stream::pending()).boxed()
            }
            // Of the strict kind: panics when it is asked again after its end.
            _ => stream::try_unfold(pieces.into_iter(), |mut pieces| async move {
                Ok(pieces.next().transpose()?.map(|piece| (piece, pieces)))
            })
            .boxed(),
        }
    }

    fn pages(&self, after: &str) -> Listing {
        let turn = self.count("list");
        if let Fault::Fails("list", kind, times) = self.fault
            && turn <= times
        {
            let failed = StorageError::new(kind, "list fails to order");
            return stream::once(async move { Err(failed) }).boxed();
        }
        let objects = self.objects.lock().unwrap();
        let behind = objects.iter().filter(|(path, _)| path.as_str() > after);
        let pages = behind
            .map(|(path, (content, version))| {
                let objects = vec![object(path, content, *version)];
                ListPage {
                    objects,
                    ..ListPage::default()
                }
            })
            .collect();
        drop(objects);
        self.pieces(turn, pages)
    }
}

fn object(path: &str, content: &Bytes, version: u64) -> Object {
    Object {
        remote_id: path.to_owned(),
        path: path.to_owned(),
        size: content.len() as u64,
        modified_at: None,
        revision: version.to_string(),
    }
}

#[async_trait]
impl Storage for Memory {
    fn capability(&self) -> Capability {
        Capability {
            write: self.fault != Fault::ReadOnly,
            ..Capability::untested()
        }
    }

    async fn identify(&self) -> Result<Identity, StorageError> {
        self.enter("identify").await?;
        Ok(Identity("memory".to_owned()))
    }

    fn list(&self, _folder: Option<&ObjectPath>) -> Listing {
        self.pages("")
    }

    fn list_after(&self, _folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        Some(self.pages(after))
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        Ok(self.own.lock().unwrap().clone())
    }

    async fn folders(&self, _folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        self.enter("folders").await?;
        Ok(Vec::new())
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        self.enter("stat").await?;
        let objects = self.objects.lock().unwrap();
        let found = objects.get(path.as_str());
        let (content, version) = found.ok_or_else(|| StorageError::not_found(path.as_str()))?;
        Ok(object(path.as_str(), content, *version))
    }

    async fn read(
        &self,
        path: &ObjectPath,
        _range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        self.enter("read").await?;
        let objects = self.objects.lock().unwrap();
        let found = objects.get(path.as_str());
        let (content, version) = found.ok_or_else(|| StorageError::not_found(path.as_str()))?;
        let object = object(path.as_str(), content, *version);
        let turn = self.calls("read");
        let body = self.pieces(
            turn,
            content.chunks(4).map(Bytes::copy_from_slice).collect(),
        );
        Ok(Read { object, body })
    }

    async fn write(
        &self,
        path: &ObjectPath,
        _size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        self.enter("write").await?;
        let content: Bytes = body
            .try_fold(Vec::new(), |mut all, chunk| async move {
                all.extend_from_slice(&chunk);
                Ok(all)
            })
            .await?
            .into();
        // After the body was taken, unlike `write`.
        self.enter("commit").await?;
        let mut objects = self.objects.lock().unwrap();
        let version = objects
            .get(path.as_str())
            .map_or(0, |(_, version)| *version);
        let is_honoured = self.fault != Fault::IgnoresConditions;
        if version > 0 && mode == WriteMode::CreateOnly && is_honoured {
            return Err(StorageError::new(ErrorKind::AlreadyExists, "it is there"));
        }
        objects.insert(path.to_string(), (content.clone(), version + 1));
        Ok(object(path.as_str(), &content, version + 1))
    }

    fn origin(&self, path: &ObjectPath) -> Option<Origin> {
        Some(Origin {
            keeper: "memory".to_owned(),
            root: String::new(),
            path: path.to_string(),
        })
    }

    async fn copy(
        &self,
        from: &Origin,
        pinned: &Pinned,
        path: &ObjectPath,
        mode: WriteMode,
    ) -> Result<Copied, StorageError> {
        self.enter("copy").await?;
        let mut objects = self.objects.lock().unwrap();
        let is_honoured = self.fault != Fault::IgnoresConditions;
        let found = objects.get(&from.path).cloned();
        let (content, version) = found.ok_or_else(|| StorageError::not_found(&from.path))?;
        if version.to_string() != pinned.revision && is_honoured {
            return Err(StorageError::new(ErrorKind::Conflict, "it has changed"));
        }
        let there = objects
            .get(path.as_str())
            .map_or(0, |(_, version)| *version);
        if there > 0 && mode == WriteMode::CreateOnly && is_honoured {
            return Err(StorageError::new(ErrorKind::AlreadyExists, "it is there"));
        }
        objects.insert(path.to_string(), (content.clone(), there + 1));
        Ok(Copied {
            object: object(path.as_str(), &content, there + 1),
            sha256: None,
        })
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.enter("delete").await?;
        let mut objects = self.objects.lock().unwrap();
        let version = objects
            .get(path.as_str())
            .map(|(_, version)| version.to_string());
        let is_honoured = self.fault != Fault::IgnoresConditions;
        if let (DeleteCondition::Unchanged(expected), Some(version)) = (condition, version)
            && expected != version
            && is_honoured
        {
            return Err(StorageError::new(ErrorKind::Conflict, "it has changed"));
        }
        objects.remove(path.as_str());
        Ok(())
    }
}

/// A body of three chunks.
pub(crate) fn body() -> (u64, ByteStream) {
    let chunks = ["one ", "two ", "three"].map(bytes_of);
    (13, stream::iter(chunks).flatten().boxed())
}
