//! `GET /workspaces/{workspace_id}/assets`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;

use super::{card::AssetCard, filter::AssetQuery};
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, limit_of},
};

route_error! {
    /// What listing assets answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List assets, the latest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/assets",
    tag = "assets",
    operation_id = "list_assets",
    params(WorkspacePath, AssetQuery),
    responses((status = 200, description = "Assets", body = List<AssetCard>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<AssetQuery>,
) -> Result<Json<List<AssetCard>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let (filter, start, limit) = (query.filter()?, query.start()?, limit_of(query.limit)?);
    let tx = db.read_in(workspace).await?;
    let page = tx.gallery().list(&filter, start, limit).await?;
    Ok(Json(List::of(page, |card| AssetCard::of(workspace, card))))
}
