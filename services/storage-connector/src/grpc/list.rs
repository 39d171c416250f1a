//! Listings and folder pickers.

use futures::StreamExt;
use stowage_domain::{Access, StorageKind, WorkspaceId};
use stowage_proto::storage::{
    Draft, FoldersRequest, FoldersResponse, ListRequest, ListResponse, SkippedObject,
    folders_request::Target,
};
use stowage_storage::{ListPage, ObjectPath, Skipped};
use tonic::{Response, Status};

use super::{Answers, StorageGrpc, folder_path, storage_id, storage_status};
use crate::open::Connection;

impl StorageGrpc {
    pub(super) async fn list_objects(
        &self,
        workspace: WorkspaceId,
        request: ListRequest,
    ) -> Result<Response<Answers<ListResponse>>, Status> {
        let id = storage_id(&request.storage_id)?;
        let folder = folder_path(request.folder)?;
        let storage = self.open(workspace, id).await?;
        let mut pages = storage.list(folder.as_ref());
        let (health, is_whole) = (self.health.clone(), folder.is_none());
        let answers = async_stream::stream! {
            while let Some(page) = pages.next().await {
                match page {
                    Ok(page) => yield Ok(answer(page)),
                    Err(error) => {
                        health.failed(workspace, id, &error).await;
                        yield Err(storage_status(&error));
                        return;
                    }
                }
            }
            if is_whole {
                health.succeeded(workspace, id).await;
            }
        };
        Ok(Response::new(Box::pin(answers)))
    }

    pub(super) async fn list_folders(
        &self,
        workspace: WorkspaceId,
        request: FoldersRequest,
    ) -> Result<Response<FoldersResponse>, Status> {
        let storage = match request.target {
            Some(Target::StorageId(id)) => self.open(workspace, storage_id(&id)?).await?,
            Some(Target::Draft(draft)) if is_server(&draft) && request.path.is_empty() => {
                return Ok(Response::new(FoldersResponse {
                    names: self.allowed_roots(),
                }));
            }
            Some(Target::Draft(draft)) => self
                .opener
                .connect(&connection_of(draft)?)
                .map_err(|error| storage_status(&error))?,
            None => return Err(Status::invalid_argument("target must be set")),
        };
        let folder: Option<ObjectPath> = folder_path(request.path.trim_matches('/').to_owned())?;
        let names = storage
            .folders(folder.as_ref())
            .await
            .map_err(|error| storage_status(&error))?;
        Ok(Response::new(FoldersResponse { names }))
    }

    /// The folders of this server that may be connected, as whole paths.
    fn allowed_roots(&self) -> Vec<String> {
        self.opener
            .folders()
            .iter()
            .map(|folder| folder.display().to_string())
            .collect()
    }
}

/// A draft that names no folder yet asks which there are.
fn is_server(draft: &Draft) -> bool {
    draft.kind == StorageKind::Fs.as_str() && draft.settings.is_empty()
}

pub(super) fn connection_of(draft: Draft) -> Result<Connection, Status> {
    let kind = draft
        .kind
        .parse()
        .map_err(|_| Status::invalid_argument("unknown kind"))?;
    let access = draft.access.parse().unwrap_or(Access::ReadOnly);
    Ok(Connection {
        kind,
        settings: draft.settings,
        credentials: draft.credentials,
        access,
        capability: None,
    })
}

fn answer(page: ListPage) -> ListResponse {
    let skipped = |skipped: Vec<Skipped>| {
        skipped
            .into_iter()
            .map(|skipped| SkippedObject {
                path: skipped.path,
                reason: skipped.reason,
            })
            .collect()
    };
    ListResponse {
        objects: page.objects.into_iter().map(Into::into).collect(),
        skipped: skipped(page.skipped),
        unreadable: skipped(page.unreadable),
    }
}
