//! `GET /workspaces/{workspace_id}/storages/{storage_id}`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, StorageId};

use super::{find_view, view::Storage};
use crate::{
    extract::{Json, Member, MemberError, Path, PathError, Refused, StoragePath, WorkspacePath},
    problem::{kinds, route_error},
};

route_error! {
    /// What showing a storage answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Show a storage.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/storages/{storage_id}",
    tag = "storages",
    operation_id = "get_storage",
    params(WorkspacePath, StoragePath),
    responses((status = 200, description = "The storage", body = Storage), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<StoragePath>,
) -> Result<Json<Storage>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let storage = find_view(&tx, StorageId(path.storage_id)).await?;
    storage.map(Json).ok_or(RouteError::NoStorage)
}
