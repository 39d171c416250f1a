//! `DELETE /workspaces/{workspace_id}/api-keys/{api_key_id}`

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{ApiKeyId, Permission};

use super::NO_KEY;
use crate::{
    extract::{ApiKeyPath, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What deleting a key answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoKey = NO_KEY,
    }
}

/// Delete an API key of yours.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/api-keys/{api_key_id}",
    tag = "api-keys",
    operation_id = "delete_api_key",
    security(("session" = [])),
    params(WorkspacePath, ApiKeyPath),
    responses((status = 204, description = "The key opens nothing any more"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<ApiKeyPath>,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must_in_person(Permission::View)?;
    let tx = db.begin_in(workspace).await?;
    let id = ApiKeyId(path.api_key_id);
    if !tx.api_keys().delete(id, member.user).await? {
        return Err(RouteError::NoKey);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
