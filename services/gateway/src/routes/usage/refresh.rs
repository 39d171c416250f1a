//! `POST /workspaces/{workspace_id}/usage/refresh`

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, StorageId};
use stowage_proto::job::ScanTrigger;
use utoipa::IntoParams;
use uuid::Uuid;

use super::Usage;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{kinds, route_error},
    routes::storages::{enqueue_scan, find},
};

/// What is looked at before it is counted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RefreshQuery {
    /// Look through this storage, too: a scan of it is queued, and what it finds is counted within
    /// a minute of its end.
    storage_id: Option<Uuid>,
}

route_error! {
    /// What a recount answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, DbError] {
        NoStorage = kinds::NO_STORAGE,
        Off = kinds::STORAGE_OFF,
    }
}

/// Count anew how much the workspace and each of its storages hold. What lies in a storage is known
/// from its last scan; name the storage to have it looked through again.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/usage/refresh",
    tag = "workspaces",
    operation_id = "refresh_usage",
    params(WorkspacePath, RefreshQuery),
    responses((status = 200, description = "The new count", body = Usage), RouteError)
)]
pub(crate) async fn refresh(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<RefreshQuery>,
) -> Result<Json<Usage>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    if let Some(id) = query.storage_id.map(StorageId) {
        let tx = db.begin_in(workspace).await?;
        let storage = find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
        if !storage.is_on {
            return Err(RouteError::Off);
        }
        enqueue_scan(&tx, workspace, id, ScanTrigger::Request, "").await?;
        tx.commit().await?;
    }
    Ok(Json(db.recount(workspace).await?.into()))
}
