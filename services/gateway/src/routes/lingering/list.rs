//! `GET /workspaces/{workspace_id}/lingering`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::LingeringCopy;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, PageQuery, cursor_of, limit_of},
};

route_error! {
    /// What listing lingering copies answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List originals of purged assets that should be gone from their storage and are not known to be,
/// the latest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/lingering",
    tag = "bin",
    operation_id = "list_lingering",
    params(WorkspacePath, PageQuery),
    responses((status = 200, description = "Copies", body = List<LingeringCopy>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<LingeringCopy>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    let page = tx.external_ops().lingering(cursor, limit).await?;
    Ok(Json(List::of(page, Into::into)))
}
