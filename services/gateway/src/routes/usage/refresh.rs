//! `POST /workspaces/{workspace_id}/usage/refresh`

use axum::extract::State;
use stowage_db::{Database, DbError, repo::UsageRow};
use stowage_domain::{Permission, WorkspaceId};

use super::Usage;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What a recount answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Count anew how much the workspace and each of its storages hold. What lies in a storage is known
/// from its last scan; to see what changed there since, scan it.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/usage/refresh",
    tag = "workspaces",
    operation_id = "refresh_usage",
    params(WorkspacePath),
    responses((status = 200, description = "The new count", body = Usage), RouteError)
)]
pub(crate) async fn refresh(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Usage>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    Ok(Json(recounted(&db, workspace).await?.into()))
}

pub(super) async fn recounted(db: &Database, workspace: WorkspaceId) -> Result<UsageRow, DbError> {
    let tx = db.read_in(workspace).await?;
    let count = tx.usages().count().await?;
    drop(tx);
    let tx = db.begin_in(workspace).await?;
    let usage = tx.usages().remember(&count).await?;
    tx.commit_quietly().await?;
    Ok(usage)
}
