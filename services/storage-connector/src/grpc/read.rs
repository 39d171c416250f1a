//! Bytes out of a storage.

use bytes::Bytes;
use futures::StreamExt;
use stowage_domain::WorkspaceId;
use stowage_proto::storage::{ReadRequest, ReadResponse, read_response::Part};
use tonic::{Response, Status};

use super::{Answers, StorageGrpc, object_path, storage_id, storage_status};

/// How large one message's chunk may be: well under the limit of a message.
const CHUNK: usize = 1024 * 1024;

impl StorageGrpc {
    pub(super) async fn read_object(
        &self,
        workspace: WorkspaceId,
        request: ReadRequest,
    ) -> Result<Response<Answers<ReadResponse>>, Status> {
        let id = storage_id(&request.storage_id)?;
        let path = object_path(request.path)?;
        let range = match (request.offset, request.length) {
            (0, None) => None,
            (offset, None) => Some(offset..u64::MAX),
            (offset, Some(length)) => Some(offset..offset.saturating_add(length)),
        };
        let storage = self.open(workspace, id).await?;
        let read = match storage.read(&path, range).await {
            Ok(read) => read,
            Err(error) => {
                self.health.failed(workspace, id, &error).await;
                return Err(storage_status(&error));
            }
        };
        let bytes = metrics::counter!(
            "stowage_egress_bytes_total",
            "purpose" => purpose(&request.purpose)
        );
        let (health, mut body) = (self.health.clone(), read.body);
        let object = read.object;
        let answers = async_stream::stream! {
            yield Ok(ReadResponse { part: Some(Part::Object(object.into())) });
            while let Some(chunk) = body.next().await {
                match chunk {
                    Ok(chunk) => {
                        bytes.increment(chunk.len() as u64);
                        for piece in pieces(chunk) {
                            yield Ok(ReadResponse { part: Some(Part::Chunk(piece)) });
                        }
                    }
                    Err(error) => {
                        health.failed(workspace, id, &error).await;
                        yield Err(storage_status(&error));
                        return;
                    }
                }
            }
        };
        Ok(Response::new(Box::pin(answers)))
    }
}

/// Only known purposes become labels, so that no caller can fill the metrics.
fn purpose(asked: &str) -> &'static str {
    match asked {
        "import" => "import",
        "download" => "download",
        "transfer" => "transfer",
        _ => "other",
    }
}

fn pieces(mut chunk: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        if chunk.is_empty() {
            return None;
        }
        Some(chunk.split_to(chunk.len().min(CHUNK)))
    })
}
