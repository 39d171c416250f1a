//! `stowage.storage.v1alpha1`, as the other services call it.

pub(crate) mod connect;
mod copy;
mod delete;
mod list;
mod probe;
mod read;
mod write;

use std::{pin::Pin, sync::Arc};

use futures::Stream;
use stowage_db::{DbError, repo::StorageRow};
use stowage_domain::{StorageId, WorkspaceId};
use stowage_proto::storage::{
    ConnectRequest, ConnectResponse, CopyRequest, CopyResponse, DeleteRequest, DeleteResponse,
    DisconnectRequest, DisconnectResponse, FoldersRequest, FoldersResponse, IdentifyRequest,
    IdentifyResponse, ListRequest, ListResponse, MarkRequest, MarkResponse, ProbeRequest,
    ProbeResponse, ReadRequest, ReadResponse, StatRequest, StatResponse, WriteRequest,
    WriteResponse, storage_service_server::StorageService,
};
use stowage_rpc::{status_of, workspace_of};
use stowage_storage::{ErrorKind, ObjectPath, Storage, StorageError};
use tonic::{Request, Response, Status, Streaming};
use tracing::error;

use crate::{
    ConnectorConfig, Deps,
    health::HealthKeeper,
    open::{OpenError, Opener},
};

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Implements the service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct StorageGrpc {
    deps: Deps,
    opener: Arc<Opener>,
    health: HealthKeeper,
}

impl StorageGrpc {
    pub(crate) fn new(config: &ConnectorConfig, deps: &Deps) -> Self {
        Self {
            deps: deps.clone(),
            opener: Arc::new(Opener::new(
                deps.db.clone(),
                deps.egress.clone(),
                deps.keys.clone(),
                config.folders.clone(),
            )),
            health: HealthKeeper {
                db: deps.db.clone(),
                bus: deps.bus.clone(),
            },
        }
    }

    /// Opens the storage that a request names, in the workspace that its metadata names.
    async fn open(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
    ) -> Result<Arc<dyn Storage>, Status> {
        Ok(self.open_row(workspace, id).await?.1)
    }

    /// Opens a storage and returns its row with it.
    async fn open_row(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
    ) -> Result<(StorageRow, Arc<dyn Storage>), Status> {
        match self.opener.open(workspace, id).await {
            Ok(opened) => Ok(opened),
            Err(error) => Err(self.refused(workspace, id, error).await),
        }
    }

    /// Records that a storage failed, and says so.
    async fn refused(&self, workspace: WorkspaceId, id: StorageId, error: OpenError) -> Status {
        match error {
            OpenError::Db(error) => db_status(&error),
            OpenError::Storage(error) => {
                self.health.failed(workspace, id, &error).await;
                storage_status(&error)
            }
        }
    }
}

#[tonic::async_trait]
impl StorageService for StorageGrpc {
    type ProbeStream = Answers<ProbeResponse>;
    type ListStream = Answers<ListResponse>;
    type ReadStream = Answers<ReadResponse>;
    type WriteStream = Answers<WriteResponse>;
    type CopyStream = Answers<CopyResponse>;

    async fn connect(
        &self,
        request: Request<ConnectRequest>,
    ) -> Result<Response<ConnectResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.store_credentials(workspace, request.into_inner())
            .await
    }

    async fn disconnect(
        &self,
        request: Request<DisconnectRequest>,
    ) -> Result<Response<DisconnectResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.forget_credentials(workspace, &request.into_inner())
            .await
    }

    async fn probe(
        &self,
        request: Request<ProbeRequest>,
    ) -> Result<Response<Self::ProbeStream>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.probe_steps(workspace, request.into_inner()).await
    }

    async fn identify(
        &self,
        request: Request<IdentifyRequest>,
    ) -> Result<Response<IdentifyResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.identify_storage(workspace, request.into_inner()).await
    }

    async fn mark(&self, request: Request<MarkRequest>) -> Result<Response<MarkResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.mark_storage(workspace, request.into_inner()).await
    }

    async fn list(
        &self,
        request: Request<ListRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.list_objects(workspace, request.into_inner()).await
    }

    async fn stat(&self, request: Request<StatRequest>) -> Result<Response<StatResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        let request = request.into_inner();
        let (id, path) = (storage_id(&request.storage_id)?, object_path(request.path)?);
        let storage = self.open(workspace, id).await?;
        match storage.stat(&path).await {
            Ok(object) => Ok(Response::new(StatResponse {
                object: Some(object.into()),
            })),
            Err(error) => {
                self.health.failed(workspace, id, &error).await;
                Err(storage_status(&error))
            }
        }
    }

    async fn read(
        &self,
        request: Request<ReadRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.read_object(workspace, request.into_inner()).await
    }

    async fn write(
        &self,
        request: Request<Streaming<WriteRequest>>,
    ) -> Result<Response<Self::WriteStream>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.write_object(workspace, request.into_inner()).await
    }

    async fn copy(
        &self,
        request: Request<CopyRequest>,
    ) -> Result<Response<Self::CopyStream>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.copy_object(workspace, request.into_inner()).await
    }

    async fn delete(
        &self,
        request: Request<DeleteRequest>,
    ) -> Result<Response<DeleteResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.delete_object(workspace, request.into_inner()).await
    }

    async fn folders(
        &self,
        request: Request<FoldersRequest>,
    ) -> Result<Response<FoldersResponse>, Status> {
        let workspace = workspace_of(request.metadata())?;
        self.list_folders(workspace, request.into_inner()).await
    }
}

fn storage_id(text: &str) -> Result<StorageId, Status> {
    text.parse()
        .map_err(|_| Status::invalid_argument("storage_id must be a UUID"))
}

fn object_path(path: String) -> Result<ObjectPath, Status> {
    ObjectPath::new(path)
        .map_err(|error| storage_status(&StorageError::new(ErrorKind::NotFound, error.to_string())))
}

/// An empty path means the root.
fn folder_path(path: String) -> Result<Option<ObjectPath>, Status> {
    if path.is_empty() {
        Ok(None)
    } else {
        object_path(path).map(Some)
    }
}

fn storage_status(error: &StorageError) -> Status {
    status_of(
        error.kind().as_str(),
        &error.to_string(),
        error.retry_after(),
    )
}

fn db_status(error: &DbError) -> Status {
    match error {
        DbError::NotFound { table, id } => Status::not_found(format!("there is no {table} {id}")),
        error if error.is_temporary() => Status::unavailable(error.to_string()),
        error => {
            error!(?error, "a database call failed");
            Status::internal("the database call failed")
        }
    }
}
