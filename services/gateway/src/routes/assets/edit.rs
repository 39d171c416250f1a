//! `POST /workspaces/{workspace_id}/assets/edit`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use stowage_jobs::{Bus, announce_all};
use stowage_proto::event::Topic;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    bulk::{AssetProblem, ids_of, missing_of},
    changes::AssetChanges,
};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// One change for many assets.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkEdit {
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
    changes: AssetChanges,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkEdited {
    /// Assets that are now as asked for.
    edited: u64,
    /// Assets to which nothing was done.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What editing assets answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Edit the fields and the tags of many assets, each in the same way. No file is touched.
///
/// All that are found are edited together or, when the request fails, none. The same request twice
/// leaves everything as it was after the first.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/edit",
    tag = "assets",
    operation_id = "edit_assets",
    params(WorkspacePath),
    request_body = BulkEdit,
    responses((status = 200, description = "What was edited", body = BulkEdited), RouteError)
)]
pub(crate) async fn edit(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    member: Member,
    Json(request): Json<BulkEdit>,
) -> Result<Json<BulkEdited>, RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let ids = ids_of(&request.ids)?;
    let changes = request.changes.checked("changes.")?;
    let tx = db.begin_in(workspace).await?;
    let mut found = changes.apply(&tx, &ids, member.user).await?;
    tx.commit().await?;
    found.sort_unstable();
    if !found.is_empty() {
        let changed = found.iter().map(ToString::to_string).collect();
        announce_all(bus.as_ref(), workspace, Topic::Asset, changed).await;
    }
    Ok(Json(BulkEdited {
        edited: found.len() as u64,
        problems: missing_of(&ids, &found),
    }))
}
