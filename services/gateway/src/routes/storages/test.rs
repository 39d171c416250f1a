//! `POST /workspaces/{workspace_id}/storages/test` and `…/{storage_id}/test`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, StorageId};
use stowage_proto::storage::{Draft, probe_request::Target};

use super::{find, probe::ProbeReport, settings::NewStorage};
use crate::{
    connector::{Connector, ConnectorError},
    extract::{
        Json, JsonError, Member, MemberError, Path, PathError, Refused, StoragePath, WorkspacePath,
    },
    problem::{Fields, kinds, route_error},
};

route_error! {
    /// What testing a connection that is not saved answers when it cannot.
    DraftError, after [MemberError, JsonError], from [Refused, Fields, ConnectorError] {}
}

route_error! {
    /// What testing a storage answers when it cannot.
    SavedError, after [MemberError, PathError], from [Refused, DbError, ConnectorError] {
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Test a connection before it is saved. Nothing is kept.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/storages/test",
    tag = "storages",
    operation_id = "test_new_storage",
    params(WorkspacePath),
    request_body = NewStorage,
    responses((status = 200, description = "What the test found", body = ProbeReport), DraftError)
)]
pub(crate) async fn test_draft(
    State(connector): State<Connector>,
    member: Member,
    Json(new): Json<NewStorage>,
) -> Result<Json<ProbeReport>, DraftError> {
    let workspace = member.must(Permission::Administer)?;
    let new = new.check()?;
    let draft = Draft {
        kind: new.kind.as_str().to_owned(),
        settings: new.settings,
        credentials: new.credentials,
        access: new.access.as_str().to_owned(),
    };
    let steps = connector.probe(workspace, Target::Draft(draft)).await?;
    Ok(Json(ProbeReport::of(steps)))
}

/// Test a storage as it is saved.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/storages/{storage_id}/test",
    tag = "storages",
    operation_id = "test_storage",
    params(WorkspacePath, StoragePath),
    responses((status = 200, description = "What the test found", body = ProbeReport), SavedError)
)]
pub(crate) async fn test_saved(
    State(db): State<Database>,
    State(connector): State<Connector>,
    member: Member,
    Path(path): Path<StoragePath>,
) -> Result<Json<ProbeReport>, SavedError> {
    let workspace = member.must(Permission::Administer)?;
    let id = StorageId(path.storage_id);
    let tx = db.read_in(workspace).await?;
    find(&tx, id).await?.ok_or(SavedError::NoStorage)?;
    drop(tx);
    let steps = connector
        .probe(workspace, Target::StorageId(id.to_string()))
        .await?;
    Ok(Json(ProbeReport::of(steps)))
}
