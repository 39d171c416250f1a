//! Copies that a provider makes by itself, under a name that nothing has yet.

use stowage_domain::WorkspaceId;
use stowage_failpoints::{Failpoint, failpoint};
use stowage_proto::storage::{CopyRequest, CopyResponse};
use stowage_storage::{
    Copied, ErrorKind, ObjectPath, Origin, Pinned, Storage, StorageError, WriteMode,
};
use tonic::{Response, Status};

use super::{
    Answers, StorageGrpc, object_path, storage_id, storage_status, write::is_about_writing,
};

impl StorageGrpc {
    pub(super) async fn copy_object(
        &self,
        workspace: WorkspaceId,
        request: CopyRequest,
    ) -> Result<Response<Answers<CopyResponse>>, Status> {
        let (id, path) = (storage_id(&request.storage_id)?, object_path(request.path)?);
        let source_id = storage_id(&request.source_storage_id)?;
        let source_path = object_path(request.source_path)?;
        let pinned = Pinned {
            revision: request.source_revision,
            size: request.source_size,
        };
        let storage = self.open(workspace, id).await?;
        // Whatever is wrong with the source, reading it will say it in its own name.
        let origin = match self.opener.open(workspace, source_id).await {
            Ok((_, source)) => source.origin(&source_path),
            Err(_) => None,
        };
        let health = self.health.clone();
        let answers = async_stream::stream! {
            let mut copied = copy_new(storage.as_ref(), origin.as_ref(), &pinned, &path).await;
            let tried = copied.as_ref().err().is_none_or(|error| error.kind() != ErrorKind::Unsupported);
            if tried && let Err(failed) = failpoint(Failpoint::WriteDone).await {
                copied = Err(StorageError::new(ErrorKind::Unreachable, failed.to_string()));
            }
            let outcome = copied.as_ref().map_or_else(|error| error.kind().as_str(), |_| "copied");
            metrics::counter!("stowage_external_copies_total", "outcome" => outcome).increment(1);
            match copied {
                Ok(Copied { object, sha256 }) => {
                    metrics::counter!("stowage_external_copy_bytes_total").increment(object.size);
                    health.answered(workspace, id).await;
                    yield Ok(CopyResponse {
                        object: Some(object.into()),
                        sha256: sha256.map(Vec::from).unwrap_or_default().into(),
                    });
                }
                Err(error) => {
                    if !is_about_writing(error.kind()) && !is_about_the_source(error.kind()) {
                        health.failed(workspace, id, &error).await;
                    }
                    yield Err(storage_status(&error));
                }
            }
        };
        Ok(Response::new(Box::pin(answers)))
    }
}

/// Says nothing about where the copy was to go.
fn is_about_the_source(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Unsupported
    )
}

/// Copies to a name that is free. A storage that cannot insist on that is asked first, as before a
/// write.
async fn copy_new(
    storage: &dyn Storage,
    origin: Option<&Origin>,
    pinned: &Pinned,
    path: &ObjectPath,
) -> Result<Copied, StorageError> {
    let capability = storage.capability();
    let (Some(origin), true) = (origin, capability.write && capability.copy) else {
        let what = "these two storages do not copy from each other by themselves";
        return Err(StorageError::new(ErrorKind::Unsupported, what));
    };
    if capability.write_create_only {
        return storage
            .copy(origin, pinned, path, WriteMode::CreateOnly)
            .await;
    }
    match storage.stat(path).await {
        Ok(_) => Err(StorageError::new(
            ErrorKind::AlreadyExists,
            format!("object {:?} is there already", path.as_str()),
        )),
        Err(error) if error.is_not_found() => {
            storage.copy(origin, pinned, path, WriteMode::Replace).await
        }
        Err(error) => Err(error),
    }
}
