//! `POST /workspaces/{workspace_id}/assets/restore`

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

/// Assets to have back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Restored {
    /// Assets that are in the library now.
    restored: u64,
    /// Assets to which nothing was done; those that are purged are not found.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What restoring assets answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Restore assets from the recycle bin. Put there again, their days begin anew.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/restore",
    tag = "bin",
    operation_id = "restore_assets",
    params(WorkspacePath),
    request_body = Restore,
    responses((status = 200, description = "What is in the library now", body = Restored), RouteError)
)]
pub(crate) async fn restore(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids_of_ours): State<Arc<dyn Ids>>,
    member: Member,
    Json(request): Json<Restore>,
) -> Result<Json<Restored>, RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let ids = ids_of(&request.ids)?;
    let tx = db.begin_in(workspace).await?;
    let mut found = tx.edits().lock(&ids).await?;
    let restored = tx.bin().restore(&found).await?;
    for asset in &restored {
        let entry = AuditEntry {
            actor: Actor::User(member.user),
            action: AuditAction::AssetRestored,
            subject: AuditSubject::Asset,
            subject_id: (*asset).into(),
            detail: json!({}),
        };
        tx.audit().record(ids_of_ours.next().into(), &entry).await?;
    }
    tx.commit().await?;
    found.sort_unstable();
    if !restored.is_empty() {
        let changed = restored.iter().map(ToString::to_string).collect();
        announce_all(bus.as_ref(), workspace, Topic::Asset, changed).await;
    }
    Ok(Json(Restored {
        restored: found.len() as u64,
        problems: missing_of(&ids, &found),
    }))
}
