//! Customers' storages as the other services see them: the storage-connector's gRPC in the words
//! of the storage port.
//!
//! Owns the translation of messages and errors, once for all callers. Knows no provider.

use std::{
    ops::Range,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::{
    FutureExt, Stream, StreamExt, TryStreamExt,
    channel::oneshot,
    stream::{self, BoxStream},
};
use stowage_domain::{StorageId, WorkspaceId};
use stowage_proto::storage::{
    CopyRequest, DeleteRequest, Deletion, IdentifyRequest, ListRequest, ListResponse, ReadRequest,
    ReadResponse, SkippedObject, StatRequest, WriteRequest, WriteStart,
    read_response::Part as ReadPart, storage_service_client::StorageServiceClient,
    write_request::Part,
};
use stowage_rpc::{MAX_MESSAGE_BYTES, RemoteError, Transport, for_workspace};
use stowage_storage::{
    ByteStream, Copied, ErrorKind, ListPage, Listing, Object, Pinned, Read, Skipped, StorageError,
};
use tonic::{Code, Status};

/// What bytes are read for, so that egress can be counted by purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Import,
    Download,
    /// To move an original, and to compare what arrived.
    Transfer,
}

/// One storage of one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub workspace: WorkspaceId,
    pub storage: StorageId,
}

/// Calls the storage-connector. Cheap to clone.
#[derive(Debug, Clone)]
pub struct StorageClient(StorageServiceClient<Transport>);

impl StorageClient {
    pub fn new(transport: Transport) -> Self {
        Self(
            StorageServiceClient::new(transport)
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES),
        )
    }

    /// Returns the generated client, for calls that are passed on as they are.
    pub fn raw(&self) -> StorageServiceClient<Transport> {
        self.0.clone()
    }

    /// Asks a storage to prove which one it is; fails when it is not `expected`.
    pub async fn identify(
        &self,
        target: Target,
        expected: Option<&str>,
    ) -> Result<String, StorageError> {
        let request = IdentifyRequest {
            storage_id: target.storage.to_string(),
            expected: expected.unwrap_or_default().to_owned(),
        };
        let answer = self
            .0
            .clone()
            .identify(for_workspace(target.workspace, request))
            .await;
        Ok(answer.map_err(error_of)?.into_inner().identity)
    }

    /// Lists the objects below `folder`; empty for all.
    pub async fn list(&self, target: Target, folder: &str) -> Result<Listing, StorageError> {
        let request = ListRequest {
            storage_id: target.storage.to_string(),
            folder: folder.to_owned(),
        };
        let answer = self
            .0
            .clone()
            .list(for_workspace(target.workspace, request))
            .await;
        let pages = answer.map_err(error_of)?.into_inner();
        Ok(pages.map_ok(page_of).map_err(error_of).boxed())
    }

    pub async fn stat(&self, target: Target, path: &str) -> Result<Object, StorageError> {
        let request = StatRequest {
            storage_id: target.storage.to_string(),
            path: path.to_owned(),
        };
        let answer = self
            .0
            .clone()
            .stat(for_workspace(target.workspace, request))
            .await;
        let object = answer.map_err(error_of)?.into_inner().object;
        object.map(Into::into).ok_or_else(nonsense)
    }

    /// Reads an object, or a range of its bytes.
    pub async fn read(
        &self,
        target: Target,
        path: &str,
        range: Option<Range<u64>>,
        purpose: Purpose,
    ) -> Result<Read, StorageError> {
        let request = ReadRequest {
            storage_id: target.storage.to_string(),
            path: path.to_owned(),
            offset: range.as_ref().map_or(0, |range| range.start),
            length: range.map(|range| range.end - range.start),
            purpose: purpose.as_str().to_owned(),
        };
        let answer = self
            .0
            .clone()
            .read(for_workspace(target.workspace, request))
            .await;
        let mut parts = answer.map_err(error_of)?.into_inner();
        let first = parts.message().await.map_err(error_of)?;
        let Some(ReadResponse {
            part: Some(ReadPart::Object(object)),
        }) = first
        else {
            return Err(nonsense());
        };
        let body = stream::try_unfold(parts, async |mut parts| {
            match parts.message().await.map_err(error_of)? {
                Some(ReadResponse {
                    part: Some(ReadPart::Chunk(chunk)),
                }) => Ok(Some((chunk, parts))),
                Some(_) => Err(nonsense()),
                None => Ok(None),
            }
        });
        Ok(Read {
            object: object.into(),
            body: body.boxed(),
        })
    }
}

impl StorageClient {
    /// Writes an object that is not there yet; one that is fails with
    /// [`ErrorKind::AlreadyExists`]. A body that fails or is not as long as `size` leaves nothing.
    pub async fn write(
        &self,
        target: Target,
        path: &str,
        size: u64,
        body: ByteStream,
    ) -> Result<Object, StorageError> {
        let start = Part::Start(WriteStart {
            storage_id: target.storage.to_string(),
            path: path.to_owned(),
            size,
        });
        let (failed, failure) = oneshot::channel();
        let requests = requests_of(start, body, failed);
        let request = for_workspace(target.workspace, requests);
        let mut client = self.0.clone();
        let written = match client.write(request).await {
            Ok(answers) => answers.into_inner().message().await,
            Err(status) => Err(status),
        };
        match (written, failure.now_or_never()) {
            (Err(_), Some(Ok(error))) => Err(error),
            (Err(status), _) => Err(error_of(status)),
            (Ok(answer), _) => answer
                .and_then(|answer| answer.object)
                .map(Into::into)
                .ok_or_else(nonsense),
        }
    }
}

/// One content of one object.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    pub storage: StorageId,
    pub path: &'a str,
    pub pinned: Pinned,
}

impl StorageClient {
    /// Has a provider copy an object by itself to a name that nothing has yet; fails as
    /// [`Storage::copy`](stowage_storage::Storage::copy) does.
    pub async fn copy(
        &self,
        target: Target,
        path: &str,
        source: Source<'_>,
    ) -> Result<Copied, StorageError> {
        let request = CopyRequest {
            storage_id: target.storage.to_string(),
            path: path.to_owned(),
            source_storage_id: source.storage.to_string(),
            source_path: source.path.to_owned(),
            source_revision: source.pinned.revision,
            source_size: source.pinned.size,
        };
        let request = for_workspace(target.workspace, request);
        let answers = self.0.clone().copy(request).await.map_err(error_of)?;
        let answer = answers.into_inner().message().await.map_err(error_of)?;
        let answer = answer.ok_or_else(nonsense)?;
        Ok(Copied {
            object: answer.object.map(Into::into).ok_or_else(nonsense)?,
            sha256: answer.sha256.as_ref().try_into().ok(),
        })
    }
}

/// What a write sends. A type of its own, since the compiler loses the lifetime of a boxed stream
/// that a call takes.
struct Requests(BoxStream<'static, WriteRequest>);

impl Stream for Requests {
    type Item = WriteRequest;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<WriteRequest>> {
        self.0.poll_next_unpin(context)
    }
}

/// Returns what is sent: where it begins, then the body. A body that fails ends early, which the
/// other side sees; why goes to `failed`.
fn requests_of(
    start: Part,
    mut body: ByteStream,
    failed: oneshot::Sender<StorageError>,
) -> Requests {
    let requests = async_stream::stream! {
        yield WriteRequest { part: Some(start) };
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(chunk) => {
                    for piece in pieces(chunk) {
                        yield WriteRequest { part: Some(Part::Chunk(piece)) };
                    }
                }
                Err(error) => {
                    let _ = failed.send(error);
                    return;
                }
            }
        }
    };
    Requests(requests.boxed())
}

/// How large one message's chunk may be: well under the limit of a message.
const CHUNK: usize = 1024 * 1024;

fn pieces(mut chunk: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        if chunk.is_empty() {
            return None;
        }
        Some(chunk.split_to(chunk.len().min(CHUNK)))
    })
}

/// How an object went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Now,
    /// It was gone before.
    Before,
}

impl StorageClient {
    /// Deletes an object that still has this revision, and makes sure that it is gone.
    pub async fn delete(
        &self,
        target: Target,
        path: &str,
        revision: &str,
    ) -> Result<Deleted, StorageError> {
        let request = DeleteRequest {
            storage_id: target.storage.to_string(),
            path: path.to_owned(),
            revision: revision.to_owned(),
        };
        let answer = self
            .0
            .clone()
            .delete(for_workspace(target.workspace, request))
            .await;
        match answer.map_err(error_of)?.into_inner().deletion() {
            Deletion::Deleted => Ok(Deleted::Now),
            Deletion::AlreadyAbsent => Ok(Deleted::Before),
            Deletion::Unspecified => Err(nonsense()),
        }
    }
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Download => "download",
            Self::Transfer => "transfer",
        }
    }
}

fn page_of(page: ListResponse) -> ListPage {
    let skipped = |skipped: Vec<SkippedObject>| {
        skipped
            .into_iter()
            .map(|skipped| Skipped {
                path: skipped.path,
                reason: skipped.reason,
            })
            .collect()
    };
    ListPage {
        objects: page.objects.into_iter().map(Into::into).collect(),
        skipped: skipped(page.skipped),
        unreadable: skipped(page.unreadable),
    }
}

/// Returns the storage's own error, or what became of the call on its way.
pub fn error_of(status: Status) -> StorageError {
    if let Some(remote) = RemoteError::from_status(&status) {
        let error = StorageError::new(ErrorKind::from_word(&remote.kind), remote.message);
        return match remote.retry_after {
            Some(after) => error.with_retry_after(after),
            None => error,
        };
    }
    let kind = match status.code() {
        Code::NotFound => ErrorKind::InvalidSettings,
        Code::DeadlineExceeded => ErrorKind::Timeout,
        Code::InvalidArgument | Code::Internal | Code::Unimplemented => ErrorKind::Unexpected,
        // The connector is away or a connection broke: the caller tries again.
        _ => ErrorKind::Unreachable,
    };
    StorageError::new(
        kind,
        format!("the storage connector answered: {}", status.message()),
    )
}

fn nonsense() -> StorageError {
    StorageError::new(
        ErrorKind::Unexpected,
        "the storage connector's answer makes no sense",
    )
}
