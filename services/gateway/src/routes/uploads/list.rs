//! `GET /workspaces/{workspace_id}/uploads`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::Upload;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, PageQuery, cursor_of, limit_of},
};

route_error! {
    /// What listing uploads answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List one's own uploads of the last days, the latest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/uploads",
    tag = "uploads",
    operation_id = "list_uploads",
    params(WorkspacePath, PageQuery),
    responses((status = 200, description = "Uploads", body = List<Upload>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<Upload>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    let page = tx.uploads().list(member.user, cursor, limit).await?;
    Ok(Json(List::of(page, Upload::from)))
}
