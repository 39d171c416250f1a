//! `GET /workspaces/{workspace_id}/migrations`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::Migration;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, PageQuery, cursor_of, limit_of},
};

route_error! {
    /// What listing migrations answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List migrations, the latest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/migrations",
    tag = "storages",
    operation_id = "list_migrations",
    params(WorkspacePath, PageQuery),
    responses((status = 200, description = "Migrations", body = List<Migration>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<Migration>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    let page = tx.migrations().list(cursor, limit).await?;
    Ok(Json(List::of(page, |row| Migration::of(row, workspace))))
}
