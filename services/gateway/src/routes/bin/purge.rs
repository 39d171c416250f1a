//! `POST /workspaces/{workspace_id}/bin/purge`

use std::{collections::HashMap, sync::Arc};

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use stowage_db::{
    Database, DbError,
    repo::{AuditEntry, Items, NewBatch},
};
use stowage_domain::{
    Actor, AssetId, AuditAction, AuditSubject, Ids, Lifecycle, Permission, purge::PurgeOrigin,
};
use stowage_jobs::Priority;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    routes::assets::bulk::{AssetProblem, ids_of},
};

/// Assets of the bin that are to go now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Purge {
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
}

/// What is under way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Purging {
    /// Assets that leave for good.
    purging: u64,
    /// Assets to which nothing is done.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What deleting for good answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Delete assets of the recycle bin for good, now. Cannot be undone.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/bin/purge",
    tag = "bin",
    operation_id = "purge_assets",
    params(WorkspacePath),
    request_body = Purge,
    responses((status = 202, description = "It is under way", body = Purging), RouteError)
)]
pub(crate) async fn purge(
    State(db): State<Database>,
    State(ids_of_ours): State<Arc<dyn Ids>>,
    member: Member,
    Json(request): Json<Purge>,
) -> Result<(StatusCode, Json<Purging>), RouteError> {
    let workspace = member.must(Permission::Purge)?;
    let ids = ids_of(&request.ids)?;
    let tx = db.begin_in(workspace).await?;
    tx.edits().lock(&ids).await?;
    let standing = tx.bin().standing(&ids).await?;
    let (may, problems) = sort(&ids, &standing);
    if !may.is_empty() {
        let batch = NewBatch {
            id: ids_of_ours.next().into(),
            origin: PurgeOrigin::Person,
            by: Some(member.user),
        };
        tx.purges().insert_batch(&batch).await?;
        let most = may.len() as u32;
        tx.purges()
            .take_up(batch.id, Items::These(&may), most, Priority::Interactive)
            .await?;
        let entry = AuditEntry {
            actor: Actor::User(member.user),
            action: AuditAction::PurgeRequested,
            subject: AuditSubject::Workspace,
            subject_id: workspace.into(),
            detail: json!({ "batch": batch.id, "assets": may }),
        };
        tx.audit().record(ids_of_ours.next().into(), &entry).await?;
    }
    tx.commit().await?;
    let purging = Purging {
        purging: may.len() as u64,
        problems,
    };
    Ok((StatusCode::ACCEPTED, Json(purging)))
}

/// Tells what may go from what may not, and why.
fn sort(
    ids: &[AssetId],
    standing: &HashMap<AssetId, (Lifecycle, bool)>,
) -> (Vec<AssetId>, Vec<AssetProblem>) {
    let (mut may, mut problems) = (Vec::new(), Vec::new());
    for id in ids {
        let problem = match standing.get(id) {
            Some((Lifecycle::Trashed, false)) => {
                may.push(*id);
                continue;
            }
            Some((Lifecycle::Trashed, true)) => {
                AssetProblem::new(*id, "held", "A legal hold keeps it")
            }
            Some((Lifecycle::Live, _)) => {
                AssetProblem::new(*id, "not-in-bin", "It is not in the bin")
            }
            Some((Lifecycle::Purging | Lifecycle::Purged, _)) | None => {
                AssetProblem::not_found(*id)
            }
        };
        problems.push(problem);
    }
    (may, problems)
}
