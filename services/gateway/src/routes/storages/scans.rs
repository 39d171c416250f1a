//! `GET /workspaces/{workspace_id}/storages/{storage_id}/scans`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, StorageId};

use super::{find, view::ScanRun};
use crate::{
    extract::{
        Json, Member, MemberError, Path, PathError, Query, QueryError, Refused, StoragePath,
        WorkspacePath,
    },
    problem::{Fields, kinds, route_error},
    wire::{List, PageQuery, cursor_of, limit_of},
};

route_error! {
    /// What listing scans answers when it does not.
    RouteError, after [MemberError, PathError, QueryError], from [Refused, Fields, DbError] {
        NoStorage = kinds::NO_STORAGE,
    }
}

/// List the scans of a storage, newest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/storages/{storage_id}/scans",
    tag = "storages",
    operation_id = "list_scans",
    params(WorkspacePath, StoragePath, PageQuery),
    responses((status = 200, description = "Scans", body = List<ScanRun>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<StoragePath>,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<ScanRun>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let id = StorageId(path.storage_id);
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    let page = tx.scans().page(id, cursor, limit).await?;
    Ok(Json(List::of(page, ScanRun::of)))
}
