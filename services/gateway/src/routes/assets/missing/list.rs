//! `GET /workspaces/{workspace_id}/assets/missing`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_db::{
    Database, DbError,
    repo::{Cursor, MissingRow},
};
use stowage_domain::{Advice, Permission, StorageId, StorageStatus, WorkspaceId, advise};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::card::AssetCard;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{List, Moment, cursor_of, limit_of, words},
};

/// Which missing assets are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MissingQuery {
    /// Assets whose original was in this storage.
    storage_id: Option<Uuid>,
    /// How many items at most, 1 to 500.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An asset whose original is gone, where it was, and what can be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingAsset {
    asset: AssetCard,
    storage_id: Uuid,
    storage_name: String,
    /// Relative to the connected folder or bucket.
    path: String,
    missing_since: Moment,
    /// Since when the file is there again and waits for the asset to be restored.
    back_since: Option<Moment>,
    /// What a person can do about it.
    #[schema(schema_with = words::advice)]
    advice: Advice,
}

route_error! {
    /// What listing missing assets answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List assets whose original is gone from its storage, the latest loss first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/assets/missing",
    tag = "assets",
    operation_id = "list_missing_assets",
    params(WorkspacePath, MissingQuery),
    responses((status = 200, description = "Assets", body = List<MissingAsset>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<MissingQuery>,
) -> Result<Json<List<MissingAsset>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor: Option<Cursor> = cursor_of(query.cursor.as_deref())?;
    let storage = query.storage_id.map(StorageId);
    let tx = db.read_in(workspace).await?;
    let page = tx.gallery().missing(storage, cursor, limit).await?;
    Ok(Json(List::of(page, |row| MissingAsset::of(workspace, row))))
}

impl MissingAsset {
    fn of(workspace: WorkspaceId, row: MissingRow) -> Self {
        let is_away = !row.storage_on
            || matches!(
                row.storage_status,
                StorageStatus::Disconnected | StorageStatus::Failed
            );
        Self {
            advice: advise(row.presence, row.on_return, is_away),
            asset: AssetCard::of(workspace, row.card),
            storage_id: row.storage.0,
            storage_name: row.storage_name,
            path: row.path,
            missing_since: row.missing_since.into(),
            back_since: row.back_since.map(Moment),
        }
    }
}
