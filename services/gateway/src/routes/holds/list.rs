//! `GET /workspaces/{workspace_id}/holds`

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{AssetId, Permission};
use utoipa::IntoParams;
use uuid::Uuid;

use super::Hold;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::route_error,
    wire::List,
};

/// Which holds are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoldsQuery {
    /// Those that keep this asset, with those of the whole workspace.
    asset_id: Option<Uuid>,
}

route_error! {
    /// What listing holds answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, DbError] {}
}

/// List legal holds, those of the whole workspace first; at most 1000.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/holds",
    tag = "bin",
    operation_id = "list_holds",
    params(WorkspacePath, HoldsQuery),
    responses((status = 200, description = "Holds", body = List<Hold>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<HoldsQuery>,
) -> Result<Json<List<Hold>>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let tx = db.read_in(workspace).await?;
    let holds = tx.holds().list(query.asset_id.map(AssetId)).await?;
    Ok(Json(List {
        items: holds.into_iter().map(Into::into).collect(),
        next_cursor: None,
    }))
}
