//! `GET /workspaces/{workspace_id}/api-keys`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::ApiKey;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// Somebody's keys to a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeys {
    items: Vec<ApiKey>,
}

route_error! {
    /// What listing keys answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// List your own API keys to the workspace, the oldest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/api-keys",
    tag = "api-keys",
    operation_id = "list_api_keys",
    security(("session" = [])),
    params(WorkspacePath),
    responses((status = 200, description = "Your keys", body = ApiKeys), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<ApiKeys>, RouteError> {
    let workspace = member.must_in_person(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let items = tx.api_keys().list(member.user).await?;
    let items = items.into_iter().map(ApiKey::of).collect();
    Ok(Json(ApiKeys { items }))
}
