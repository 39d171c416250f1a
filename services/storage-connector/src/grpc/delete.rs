//! Deleting one object, if it is the one that was meant, and making sure that it is gone.

use std::sync::Arc;

use futures::StreamExt;
use stowage_domain::{StorageId, WorkspaceId};
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_proto::storage::{
    DeleteRequest, DeleteResponse, Deletion, ProbeRequest, probe_request::Target,
};
use stowage_storage::{DeleteCondition, ErrorKind, ObjectPath, Storage, StorageError};
use tonic::{Response, Status};

use super::{StorageGrpc, db_status, object_path, storage_id, storage_status};

impl StorageGrpc {
    pub(super) async fn delete_object(
        &self,
        workspace: WorkspaceId,
        request: DeleteRequest,
    ) -> Result<Response<DeleteResponse>, Status> {
        if request.revision.is_empty() {
            return Err(Status::invalid_argument("revision must be set"));
        }
        let (id, path) = (storage_id(&request.storage_id)?, object_path(request.path)?);
        let storage = self.open_tested(workspace, id).await?;
        match delete(storage.as_ref(), &path, request.revision).await {
            Ok(deletion) => {
                let counted = match deletion {
                    Deletion::AlreadyAbsent => "absent",
                    _ => "deleted",
                };
                metrics::counter!("stowage_external_deletes_total", "outcome" => counted)
                    .increment(1);
                Ok(Response::new(DeleteResponse {
                    deletion: deletion.into(),
                }))
            }
            Err(error) => {
                metrics::counter!(
                    "stowage_external_deletes_total", "outcome" => error.kind().as_str()
                )
                .increment(1);
                self.health.failed(workspace, id, &error).await;
                Err(storage_status(&error))
            }
        }
    }

    /// Opens a storage, and tests it first where nobody knows yet whether it deletes on condition.
    async fn open_tested(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
    ) -> Result<Arc<dyn Storage>, Status> {
        let storage = self.open(workspace, id).await?;
        if storage.capability().delete_if_unchanged {
            return Ok(storage);
        }
        let known = async {
            let tx = self.deps.db.read_in(workspace).await?;
            tx.storages().capability(id).await
        };
        let known = known.await.map_err(|error| db_status(&error))?;
        if known.is_some() {
            return Ok(storage);
        }
        let request = ProbeRequest {
            target: Some(Target::StorageId(id.to_string())),
        };
        let mut steps = self.probe_steps(workspace, request).await?.into_inner();
        while steps.next().await.is_some() {}
        self.open(workspace, id).await
    }
}

async fn delete(
    storage: &dyn Storage,
    path: &ObjectPath,
    revision: String,
) -> Result<Deletion, StorageError> {
    let can_delete = storage.capability().delete_if_unchanged;
    let unchanged = DeleteCondition::Unchanged(revision.clone());
    match storage.stat(path).await {
        Ok(found) if found.revision == revision => {}
        // Asked all the same: an attempt that ended half-way may have left something to end.
        Ok(_) => {
            if can_delete {
                storage.delete(path, unchanged).await?;
            }
            return Err(changed(path));
        }
        Err(error) if error.is_not_found() => {
            if can_delete {
                storage.delete(path, unchanged).await?;
            }
            return Ok(Deletion::AlreadyAbsent);
        }
        Err(error) => return Err(error),
    }
    if !can_delete {
        return Err(StorageError::new(
            ErrorKind::Unsupported,
            "this storage cannot delete on condition that nothing has changed",
        ));
    }
    failpoint(Failpoint::DeleteLooked).await.map_err(failed)?;
    storage.delete(path, unchanged).await?;
    failpoint(Failpoint::DeleteDone).await.map_err(failed)?;
    match storage.stat(path).await {
        Err(error) if error.is_not_found() => Ok(Deletion::Deleted),
        Err(error) => Err(error),
        // Somebody put another file there since.
        Ok(found) if found.revision != revision => Ok(Deletion::Deleted),
        Ok(_) => Err(StorageError::new(
            ErrorKind::Unexpected,
            format!(
                "object {:?} is still there after it was deleted",
                path.as_str()
            ),
        )),
    }
}

fn failed(failed: Failed) -> StorageError {
    StorageError::new(ErrorKind::Unreachable, failed.to_string())
}

fn changed(path: &ObjectPath) -> StorageError {
    StorageError::new(
        ErrorKind::Conflict,
        format!(
            "object {:?} is not what it was; it was not deleted",
            path.as_str()
        ),
    )
}
