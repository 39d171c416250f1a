//! `POST /workspaces/{workspace_id}/storages`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError, repo};
use stowage_domain::{Clock, Ids, Permission, StorageId};
use stowage_jobs::{Bus, announce};
use stowage_proto::{event::Topic, job::ScanTrigger};
use tracing::info;

use super::{enqueue_scan, find_view, settings::NewStorage, view::Storage};
use crate::{
    connector::{Connector, ConnectorError},
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, kinds, route_error},
};

route_error! {
    /// What connecting a storage answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError, ConnectorError] {
        /// Somebody removed it while it was being connected.
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Connect a storage. It is not tested first; what is wrong with it shows when it is scanned.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/storages",
    tag = "storages",
    operation_id = "create_storage",
    params(WorkspacePath),
    request_body = NewStorage,
    responses(
        (status = 201, description = "The storage; its first scan is queued", body = Storage),
        RouteError,
    )
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(connector): State<Connector>,
    State(bus): State<Arc<dyn Bus>>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(new): Json<NewStorage>,
) -> Result<(StatusCode, Json<Storage>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let new = new.check()?;
    let id = StorageId(ids.next());
    let row = repo::NewStorage {
        id,
        kind: new.kind,
        name: new.name,
        settings: new.settings,
        access: new.access,
        on_purge: new.on_purge,
        behaviour: new.behaviour,
        scan_interval_seconds: new.scan_interval_seconds,
        at: clock.now(),
    };
    let tx = db.begin_in(workspace).await?;
    tx.storages().insert(&row).await?;
    tx.commit().await?;

    // The connector seals credentials only for a storage that is there.
    if let Err(error) = connector.connect(workspace, id, new.credentials).await {
        let tx = db.begin_in(workspace).await?;
        tx.storages().delete(id).await?;
        tx.commit().await?;
        return Err(error.into());
    }

    let tx = db.begin_in(workspace).await?;
    enqueue_scan(&tx, workspace, id, ScanTrigger::Connect, "").await?;
    let storage = find_view(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    tx.commit().await?;
    announce(&*bus, workspace, Topic::Storage, id).await;
    info!(storage.id = %id, storage.kind = %row.kind, user.id = %member.user, "connected storage {id}");
    Ok((StatusCode::CREATED, Json(storage)))
}
