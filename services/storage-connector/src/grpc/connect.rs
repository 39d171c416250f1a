//! Credentials in and out, and who answers at the other end.

use stowage_db::repo::SealedCredential;
use stowage_domain::{Access, Marker, MarkerVerdict, StorageId, WorkspaceId};
use stowage_proto::storage::{
    ConnectRequest, ConnectResponse, DisconnectRequest, DisconnectResponse, IdentifyRequest,
    IdentifyResponse, MarkOutcome, MarkRequest, MarkResponse,
};
use stowage_storage::{ErrorKind, StorageError};
use tonic::{Response, Status};

use super::{StorageGrpc, db_status, storage_id};
use crate::{
    marker::{mark, prove},
    open::belongs,
};

impl StorageGrpc {
    pub(super) async fn store_credentials(
        &self,
        workspace: WorkspaceId,
        request: ConnectRequest,
    ) -> Result<Response<ConnectResponse>, Status> {
        let id = storage_id(&request.storage_id)?;
        let tx = self
            .deps
            .db
            .begin_in(workspace)
            .await
            .map_err(|error| db_status(&error))?;
        let work = async {
            tx.storages().get(id).await?;
            if request.credentials.is_empty() {
                tx.credentials().delete(id).await?;
            } else {
                let former = tx.credentials().find(id).await?;
                let version = former.map_or(1, |former| former.version + 1);
                let place = belongs(workspace, id, version);
                let (key_id, sealed) = self.deps.keys.seal(&place, request.credentials.as_bytes());
                tx.credentials()
                    .put(&SealedCredential {
                        storage: id,
                        workspace,
                        key_id,
                        version,
                        sealed,
                    })
                    .await?;
            }
            let health = tx.storages().health(id).await?;
            tx.storages().put_health(id, &health).await?;
            // What could not be deleted with the old ones may be now.
            for op in tx.external_ops().waiting_for(id).await? {
                tx.external_ops().wake(op).await?;
            }
            tx.commit().await
        };
        work.await.map_err(|error| db_status(&error))?;
        self.opener.forget(id);
        Ok(Response::new(ConnectResponse {}))
    }

    pub(super) async fn forget_credentials(
        &self,
        workspace: WorkspaceId,
        request: &DisconnectRequest,
    ) -> Result<Response<DisconnectResponse>, Status> {
        let id = storage_id(&request.storage_id)?;
        let tx = self
            .deps
            .db
            .begin_in(workspace)
            .await
            .map_err(|error| db_status(&error))?;
        let work = async {
            tx.credentials().delete(id).await?;
            tx.commit().await
        };
        work.await.map_err(|error| db_status(&error))?;
        self.opener.forget(id);
        self.health.disconnected(workspace, id).await;
        Ok(Response::new(DisconnectResponse {}))
    }

    pub(super) async fn identify_storage(
        &self,
        workspace: WorkspaceId,
        request: IdentifyRequest,
    ) -> Result<Response<IdentifyResponse>, Status> {
        let id = storage_id(&request.storage_id)?;
        let (row, storage) = self.open_row(workspace, id).await?;
        let expected = Some(request.expected.as_str()).filter(|text| !text.is_empty());
        let (db, clock) = (&self.deps.db, &*self.deps.clock);
        match prove(db, clock, &row, &*storage, expected).await {
            Ok(identity) => {
                self.health.answered(workspace, id).await;
                Ok(Response::new(IdentifyResponse { identity }))
            }
            Err(error) => Err(self.refused(workspace, id, error).await),
        }
    }

    pub(super) async fn mark_storage(
        &self,
        workspace: WorkspaceId,
        request: MarkRequest,
    ) -> Result<Response<MarkResponse>, Status> {
        let id = storage_id(&request.storage_id)?;
        let (row, storage) = self.open_row(workspace, id).await?;
        let answer = |outcome: MarkOutcome, named: Option<StorageId>, found: Option<Marker>| {
            Response::new(MarkResponse {
                outcome: outcome.into(),
                storage_id: named.map(|id| id.to_string()).unwrap_or_default(),
                created: found.map(|marker| marker.created).unwrap_or_default(),
            })
        };
        if row.access != Access::ReadWrite {
            return Ok(answer(MarkOutcome::Unmarked, None, None));
        }
        let (db, clock) = (&self.deps.db, &*self.deps.clock);
        let marked = match mark(db, clock, &row, &*storage, request.take_over).await {
            Ok(marked) => marked,
            Err(error) => return Err(self.refused(workspace, id, error).await),
        };
        let (outcome, named) = match marked.verdict {
            MarkerVerdict::Write | MarkerVerdict::Keep => (MarkOutcome::Marked, None),
            MarkerVerdict::Revive(former) => (MarkOutcome::Former, Some(former)),
            MarkerVerdict::InUse(other) => (MarkOutcome::InUse, Some(other)),
            MarkerVerdict::Foreign => (MarkOutcome::Foreign, None),
        };
        Ok(answer(outcome, named, marked.found))
    }
}

/// Says that a storage is not the one that was connected.
pub(crate) fn another_place() -> StorageError {
    StorageError::new(
        ErrorKind::RootNotFound,
        "another folder or bucket answers than the one that was connected, as when a disk is not \
         mounted; if it was replaced on purpose, save the storage's settings once more",
    )
}
