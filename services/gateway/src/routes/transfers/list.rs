//! `GET /workspaces/{workspace_id}/transfers`

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError, repo::TransferFilter};
use stowage_domain::{Permission, StorageId, TransferKind};
use utoipa::IntoParams;
use uuid::Uuid;

use super::Transfer;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, cursor_of, limit_of, words},
};

/// Which transfers are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TransferQuery {
    /// Those to this storage.
    storage_id: Option<Uuid>,
    #[param(schema_with = words::transfer_kind, required = false)]
    kind: Option<TransferKind>,
    /// `true` for those that are not over.
    open: Option<bool>,
    /// `true` for those that something stands against.
    troubled: Option<bool>,
    /// How many items at most, 1 to 500.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

route_error! {
    /// What listing transfers answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List originals on their way to another storage, and those that arrived, the latest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/transfers",
    tag = "storages",
    operation_id = "list_transfers",
    params(WorkspacePath, TransferQuery),
    responses((status = 200, description = "Transfers", body = List<Transfer>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<TransferQuery>,
) -> Result<Json<List<Transfer>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let filter = TransferFilter {
        target: query.storage_id.map(StorageId),
        kind: query.kind,
        is_troubled: query.troubled.unwrap_or_default(),
        is_open: query.open.unwrap_or_default(),
    };
    let tx = db.read_in(workspace).await?;
    let page = tx.transfers().list(filter, cursor, limit).await?;
    Ok(Json(List::of(page, Into::into)))
}
