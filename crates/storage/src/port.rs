//! The trait that every connector implements.

use std::{fmt::Debug, ops::Range};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream::BoxStream};
use sha2::{Digest, Sha256};
use stowage_domain::scan::Seen;

use crate::{Capability, ErrorKind, ObjectPath, StorageError};

/// An object as a storage describes it.
pub type Object = Seen;

/// The bytes of an object, in chunks of the storage's choosing.
pub type ByteStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// The pages of a listing, in the byte order of remote ids unless [`Capability::sorted_listing`]
/// says otherwise. A listing that ends without an error is complete, unless one of its pages names
/// something unreadable.
pub type Listing = BoxStream<'static, Result<ListPage, StorageError>>;

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPage {
    pub objects: Vec<Object>,
    /// Things that are no objects for us, by design: sockets, names that are not UTF-8.
    pub skipped: Vec<Skipped>,
    /// Parts that could not be listed. What lies there is unknown, not gone.
    pub unreadable: Vec<Skipped>,
}

/// Something that a listing could not take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: String,
}

/// Says which place answers: account and root. Equal as long as it is the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(pub String);

/// An object that is being read.
pub struct Read {
    /// The facts of exactly the content that `body` carries.
    pub object: Object,
    pub body: ByteStream,
}

/// What a write does about an object that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// Replace it in one step: a reader sees the old content or the new, whole.
    Replace,
    /// Fail with [`ErrorKind::AlreadyExists`](crate::ErrorKind). Only where
    /// [`Capability::write_create_only`] says so.
    CreateOnly,
}

/// An object in the words of its provider, for another place of that provider to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who keeps it, and as whom we ask, in the connector's own terms: places copy from each other
    /// where these are equal.
    pub keeper: String,
    /// The bucket or folder.
    pub root: String,
    /// The object's whole name below it.
    pub path: String,
}

/// The one content that may be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    pub revision: String,
    /// Bytes.
    pub size: u64,
}

/// A copy that a place made by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub object: Object,
    /// The hash of the copy's whole content, where the place computed it of what it wrote and is
    /// one whose word counts. None: it has to be read back.
    pub sha256: Option<[u8; 32]>,
}

/// What must hold for a delete to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteCondition {
    /// The object still has this revision, else [`ErrorKind::Conflict`](crate::ErrorKind). Only
    /// where [`Capability::delete_if_unchanged`] says so.
    Unchanged(String),
    /// For objects that nobody else writes: our own keys in central storage, probes.
    OwnKey,
}

/// How much a storage holds, where it can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub free_bytes: Option<u64>,
    pub total_bytes: Option<u64>,
}

/// A place that keeps objects, seen from its connected root. Paths never leave that root.
#[async_trait]
pub trait Storage: Send + Sync + Debug {
    fn capability(&self) -> Capability;

    /// Asks the place to prove which one it is; fails when the root is not there.
    async fn identify(&self) -> Result<Identity, StorageError>;

    /// Lists the objects below `folder`, or all. A folder that is not there lists nothing, or
    /// fails with [`ErrorKind::NotFound`](crate::ErrorKind) where the place knows folders.
    fn list(&self, folder: Option<&ObjectPath>) -> Listing;

    /// Goes on with a listing behind the remote id `after`, where this place can.
    fn list_after(&self, folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        let _ = (folder, after);
        None
    }

    /// Returns the names of the folders directly below `folder`, sorted.
    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError>;

    /// Returns an object's facts, or [`ErrorKind::NotFound`](crate::ErrorKind) when it certainly
    /// is not there.
    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError>;

    /// Reads an object, or a range of its bytes: what of the range lies past the end is left out.
    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError>;

    /// Writes an object of `size` bytes. A body that fails, ends early or goes on too long leaves
    /// everything as it was. A name that this place cannot hold is refused with
    /// [`ErrorKind::Unsupported`](crate::ErrorKind), never changed.
    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError>;

    /// Names an object for [`copy`](Self::copy); none where nothing is copied by the place itself.
    fn origin(&self, path: &ObjectPath) -> Option<Origin> {
        let _ = path;
        None
    }

    /// Copies an object of another place of the same provider, without its bytes passing through
    /// us. Only where [`Capability::copy`] says so.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind) and `Conflict` are about the origin: it is gone, or
    /// has other content than `pinned`. `AlreadyExists` as for a write. `Unsupported`: this place
    /// cannot copy that, and whoever asked reads and writes instead.
    async fn copy(
        &self,
        from: &Origin,
        pinned: &Pinned,
        path: &ObjectPath,
        mode: WriteMode,
    ) -> Result<Copied, StorageError> {
        let _ = (from, pinned, mode);
        let what = format!(
            "this storage copies nothing to {:?} by itself",
            path.as_str()
        );
        Err(StorageError::new(ErrorKind::Unsupported, what))
    }

    /// Deletes an object; one that is gone already counts as deleted.
    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError>;

    async fn usage(&self) -> Result<Usage, StorageError> {
        Ok(Usage::default())
    }

    /// Lists files of Stowage's own, which no other listing shows: those directly below the root,
    /// and those that a conditional delete took aside.
    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        Ok(Vec::new())
    }
}

impl Read {
    /// Collects the body, at most `limit` bytes of it.
    pub async fn into_bytes(self, limit: u64) -> Result<Bytes, StorageError> {
        let mut body = self.body;
        let mut whole = BytesMut::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            if whole.len() as u64 + chunk.len() as u64 > limit {
                return Err(StorageError::too_large(&self.object.path, limit));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Reads the body to its end, and returns its hash.
    pub async fn sha256(self) -> Result<[u8; 32], StorageError> {
        let mut body = self.body;
        let mut hash = Sha256::new();
        while let Some(chunk) = body.next().await {
            hash.update(&chunk?);
        }
        Ok(hash.finalize().into())
    }
}

/// Makes a body of bytes that are in memory.
pub fn bytes_of(bytes: impl Into<Bytes>) -> ByteStream {
    let bytes = bytes.into();
    futures::stream::once(async move { Ok(bytes) }).boxed()
}
