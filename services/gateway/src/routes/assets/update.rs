//! `PATCH /workspaces/{workspace_id}/assets/{asset_id}`

use std::sync::Arc;

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{AssetId, Permission};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;

use super::{changes::AssetChanges, detail::AssetDetail, show::load};
use crate::{
    extract::{
        AssetPath, Json, JsonError, Member, MemberError, Path, PathError, Refused, WorkspacePath,
    },
    problem::{Fields, kinds, route_error},
};

route_error! {
    /// What editing an asset answers when it does not.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, Fields, DbError] {
        NoAsset = kinds::NO_ASSET,
    }
}

/// Edit the fields and the tags of an asset. The file is not touched.
///
/// Of two people who set the same field, the later one's value stays. The same request twice
/// leaves everything as it was after the first.
#[utoipa::path(
    patch,
    path = "/workspaces/{workspace_id}/assets/{asset_id}",
    tag = "assets",
    operation_id = "update_asset",
    params(WorkspacePath, AssetPath),
    request_body = AssetChanges,
    responses((status = 200, description = "The asset as it is now", body = AssetDetail), RouteError)
)]
pub(crate) async fn update(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    member: Member,
    Path(path): Path<AssetPath>,
    Json(changes): Json<AssetChanges>,
) -> Result<Json<AssetDetail>, RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let id = AssetId(path.asset_id);
    let changes = changes.checked("")?;
    let tx = db.begin_in(workspace).await?;
    if changes.apply(&tx, &[id], member.user).await?.is_empty() {
        return Err(RouteError::NoAsset);
    }
    let detail = load(&tx, workspace, id).await?.ok_or(RouteError::NoAsset)?;
    tx.commit().await?;
    announce(bus.as_ref(), workspace, Topic::Asset, id).await;
    Ok(Json(detail))
}
