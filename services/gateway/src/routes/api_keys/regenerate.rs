//! `POST /workspaces/{workspace_id}/api-keys/{api_key_id}/regenerate`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{ApiKeyId, Permission};
use stowage_secrets::Token;
use tracing::info;

use super::{ApiKey, ApiKeySecret, NO_KEY};
use crate::{
    extract::{ApiKeyPath, Json, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What regenerating a key answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoKey = NO_KEY,
    }
}

/// Put a new key in the place of one of yours. The old one stops working at once.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/api-keys/{api_key_id}/regenerate",
    tag = "api-keys",
    operation_id = "regenerate_api_key",
    security(("session" = [])),
    params(WorkspacePath, ApiKeyPath),
    responses(
        (status = 200, description = "The new key, shown this once", body = ApiKeySecret),
        RouteError
    )
)]
pub(crate) async fn regenerate(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<ApiKeyPath>,
) -> Result<Json<ApiKeySecret>, RouteError> {
    let workspace = member.must_in_person(Permission::View)?;
    let id = ApiKeyId(path.api_key_id);
    let key = Token::generate_key();
    let tx = db.begin_in(workspace).await?;
    let mut row = tx
        .api_keys()
        .find(id, member.user)
        .await?
        .ok_or(RouteError::NoKey)?;
    row.masked = key.masked();
    row.last_used_at = None;
    tx.api_keys()
        .replace(id, member.user, &key.hash(), &row.masked)
        .await?;
    tx.commit().await?;
    info!(key.id = %id, user.id = %member.user, "regenerated API key {id}");
    Ok(Json(ApiKeySecret {
        api_key: ApiKey::of(row),
        key: key.expose().to_owned(),
    }))
}
