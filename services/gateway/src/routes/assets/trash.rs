//! `POST /workspaces/{workspace_id}/assets/trash`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stowage_db::{Database, DbError, repo::AuditEntry};
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids, Permission};
use stowage_jobs::{Bus, announce_all};
use stowage_proto::event::Topic;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bulk::{AssetProblem, ids_of, missing_of};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// Assets for the bin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trash {
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InBin {
    /// Assets that are in the bin now, whoever put them there.
    trashed: u64,
    /// For how many times 24 hours the bin keeps what is put there.
    days: i32,
    /// Assets to which nothing was done.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What moving assets to the bin answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Move assets to the recycle bin.
///
/// They leave the library at once and no file is touched. When their days in the bin are over they
/// are purged; until then they can be restored. What each storage says about its originals is
/// remembered: changed later, the less destructive of then and now counts.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/trash",
    tag = "bin",
    operation_id = "trash_assets",
    params(WorkspacePath),
    request_body = Trash,
    responses((status = 200, description = "What is in the bin now", body = InBin), RouteError)
)]
pub(crate) async fn trash(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids_of_ours): State<Arc<dyn Ids>>,
    member: Member,
    Json(request): Json<Trash>,
) -> Result<Json<InBin>, RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let ids = ids_of(&request.ids)?;
    let days = member.workspace.bin_days;
    let tx = db.begin_in(workspace).await?;
    let mut found = tx.edits().lock(&ids).await?;
    let moved = tx.bin().trash(&found, days, member.user).await?;
    for asset in &moved {
        let entry = AuditEntry {
            actor: Actor::User(member.user),
            action: AuditAction::AssetTrashed,
            subject: AuditSubject::Asset,
            subject_id: (*asset).into(),
            detail: json!({ "days": days }),
        };
        tx.audit().record(ids_of_ours.next().into(), &entry).await?;
    }
    tx.commit().await?;
    found.sort_unstable();
    if !moved.is_empty() {
        let changed = moved.iter().map(ToString::to_string).collect();
        announce_all(bus.as_ref(), workspace, Topic::Asset, changed).await;
    }
    Ok(Json(InBin {
        trashed: found.len() as u64,
        days,
        problems: missing_of(&ids, &found),
    }))
}
