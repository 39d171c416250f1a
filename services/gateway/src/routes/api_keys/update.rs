//! `PATCH /workspaces/{workspace_id}/api-keys/{api_key_id}`

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::{ApiKeyId, Permission};
use utoipa::ToSchema;

use super::{ApiKey, NO_KEY};
use crate::{
    extract::{
        ApiKeyPath, Json, JsonError, Member, MemberError, Path, PathError, Refused, WorkspacePath,
    },
    problem::{Fields, route_error},
    wire::name_of,
};

/// What to change of a key; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKeyPatch {
    name: Option<String>,
    /// Whether it opens anything.
    is_active: Option<bool>,
}

route_error! {
    /// What changing a key answers when it does not.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, Fields, DbError] {
        NoKey = NO_KEY,
    }
}

/// Rename an API key of yours, or switch it off and on.
#[utoipa::path(
    patch,
    path = "/workspaces/{workspace_id}/api-keys/{api_key_id}",
    tag = "api-keys",
    operation_id = "update_api_key",
    security(("session" = [])),
    params(WorkspacePath, ApiKeyPath),
    request_body = ApiKeyPatch,
    responses((status = 200, description = "The key as it is now", body = ApiKey), RouteError)
)]
pub(crate) async fn update(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<ApiKeyPath>,
    Json(patch): Json<ApiKeyPatch>,
) -> Result<Json<ApiKey>, RouteError> {
    let workspace = member.must_in_person(Permission::View)?;
    let id = ApiKeyId(path.api_key_id);
    let tx = db.begin_in(workspace).await?;
    let mut row = tx
        .api_keys()
        .find(id, member.user)
        .await?
        .ok_or(RouteError::NoKey)?;
    if let Some(name) = patch.name {
        row.name = name_of(&name).map_err(|wrong| Fields::one("name", wrong))?;
    }
    row.is_active = patch.is_active.unwrap_or(row.is_active);
    tx.api_keys()
        .update(id, member.user, &row.name, row.is_active)
        .await?;
    tx.commit().await?;
    Ok(Json(ApiKey::of(row)))
}
