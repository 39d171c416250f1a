//! Bytes into a storage, under a name that nothing has yet.

use futures::StreamExt;
use stowage_domain::WorkspaceId;
use stowage_failpoints::{Failpoint, failpoint};
use stowage_proto::storage::{WriteRequest, WriteResponse, WriteStart, write_request::Part};
use stowage_storage::{
    ByteStream, ErrorKind, Object, ObjectPath, Storage, StorageError, WriteMode,
};
use tonic::{Response, Status, Streaming};

use super::{Answers, StorageGrpc, object_path, storage_id, storage_status};

impl StorageGrpc {
    pub(super) async fn write_object(
        &self,
        workspace: WorkspaceId,
        mut requests: Streaming<WriteRequest>,
    ) -> Result<Response<Answers<WriteResponse>>, Status> {
        let Some(Part::Start(start)) = requests.message().await?.and_then(|first| first.part)
        else {
            return Err(Status::invalid_argument("the first part must be the start"));
        };
        let WriteStart {
            storage_id: id,
            path,
            size,
        } = start;
        let (id, path) = (storage_id(&id)?, object_path(path)?);
        let storage = self.open(workspace, id).await?;
        let health = self.health.clone();
        let answers = async_stream::stream! {
            let mut written = write_new(storage.as_ref(), &path, size, body_of(requests)).await;
            if let Err(failed) = failpoint(Failpoint::WriteDone).await {
                written = Err(StorageError::new(ErrorKind::Unreachable, failed.to_string()));
            }
            let outcome = written.as_ref().map_or_else(|error| error.kind().as_str(), |_| "written");
            metrics::counter!("stowage_external_writes_total", "outcome" => outcome).increment(1);
            match written {
                Ok(object) => {
                    metrics::counter!("stowage_external_write_bytes_total").increment(object.size);
                    health.answered(workspace, id).await;
                    yield Ok(WriteResponse { object: Some(object.into()) });
                }
                Err(error) => {
                    // A storage that takes nothing more can still be read: whoever writes counts that.
                    if !is_about_writing(error.kind()) {
                        health.failed(workspace, id, &error).await;
                    }
                    yield Err(storage_status(&error));
                }
            }
        };
        Ok(Response::new(Box::pin(answers)))
    }
}

pub(super) fn is_about_writing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Full | ErrorKind::Denied | ErrorKind::Unexpected
    )
}

/// Writes what is not there yet. A storage that cannot insist on that is asked first.
async fn write_new(
    storage: &dyn Storage,
    path: &ObjectPath,
    size: u64,
    body: ByteStream,
) -> Result<Object, StorageError> {
    let capability = storage.capability();
    if !capability.write {
        return Err(StorageError::read_only());
    }
    if capability.write_create_only {
        return storage.write(path, size, body, WriteMode::CreateOnly).await;
    }
    match storage.stat(path).await {
        Ok(_) => Err(StorageError::new(
            ErrorKind::AlreadyExists,
            format!("object {:?} is there already", path.as_str()),
        )),
        Err(error) if error.is_not_found() => {
            storage.write(path, size, body, WriteMode::Replace).await
        }
        Err(error) => Err(error),
    }
}

fn body_of(requests: Streaming<WriteRequest>) -> ByteStream {
    requests
        .map(|request| match request {
            Ok(WriteRequest {
                part: Some(Part::Chunk(chunk)),
            }) => Ok(chunk),
            Ok(_) => Err(StorageError::new(
                ErrorKind::Unexpected,
                "a part of the body is no bytes",
            )),
            Err(status) => Err(StorageError::new(
                ErrorKind::Unreachable,
                format!("whoever sent the object went away: {}", status.message()),
            )),
        })
        .boxed()
}
