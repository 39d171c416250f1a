//! `POST /workspaces/{workspace_id}/assets/missing/restore`

use std::{collections::BTreeSet, sync::Arc};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stowage_db::{
    Database, DbError, Tx,
    repo::{AuditEntry, ObjectRow},
};
use stowage_domain::{
    Actor, AssetId, AuditAction, AuditSubject, Ids, Permission, StorageId, WorkspaceId,
};
use stowage_jobs::{Bus, announce_all};
use stowage_proto::{event::Topic, job::ScanTrigger};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::bulk::{AssetProblem, ids_of, missing_of};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    routes::storages::enqueue_scan,
};

/// Which assets may have their files back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestoreMissing {
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingRestored {
    /// Assets whose files are taken for theirs again as soon as a scan sees them.
    restored: u64,
    /// Assets to which nothing was done.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What restoring missing assets answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Let missing assets have their files back, where their storage is set to hold what returns.
///
/// The mark goes with the next scan that sees the file, which is queued right away.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/missing/restore",
    tag = "assets",
    operation_id = "restore_missing_assets",
    params(WorkspacePath),
    request_body = RestoreMissing,
    responses((status = 200, description = "What was restored", body = MissingRestored), RouteError)
)]
pub(crate) async fn restore(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(request): Json<RestoreMissing>,
) -> Result<Json<MissingRestored>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let asked = ids_of(&request.ids)?;
    let tx = db.begin_in(workspace).await?;
    let mut cards = tx.gallery().cards(&asked).await?;
    cards.sort_unstable_by_key(|card| card.id);
    let found: Vec<AssetId> = cards.iter().map(|card| card.id).collect();
    let mut problems = missing_of(&asked, &found);
    let (mut restored, mut storages) = (Vec::new(), BTreeSet::new());
    for id in found {
        let gone = missing_objects(&tx, id).await?;
        if gone.is_empty() {
            problems.push(not_missing(id));
            continue;
        }
        tx.objects().restore(id).await?;
        let entry = entry_of(Actor::User(member.user), id, &gone);
        tx.audit().record(ids.next().into(), &entry).await?;
        storages.extend(gone.iter().map(|object| object.storage));
        restored.push(id.to_string());
    }
    scan_all(&tx, workspace, storages).await?;
    tx.commit().await?;
    let count = restored.len() as u64;
    announce_all(&*bus, workspace, Topic::Asset, restored).await;
    Ok(Json(MissingRestored {
        restored: count,
        problems,
    }))
}

/// Returns where an asset's originals were, or nothing when one is where it should be.
pub(super) async fn missing_objects(tx: &Tx, id: AssetId) -> Result<Vec<ObjectRow>, DbError> {
    let objects = tx.objects().of_asset(id).await?;
    if objects.iter().any(|object| object.present) {
        return Ok(Vec::new());
    }
    Ok(objects)
}

pub(super) fn not_missing(id: AssetId) -> AssetProblem {
    AssetProblem {
        asset_id: id.0,
        problem: "not-missing".to_owned(),
        detail: "The original is in its storage, as far as is known".to_owned(),
    }
}

fn entry_of(actor: Actor, id: AssetId, gone: &[ObjectRow]) -> AuditEntry {
    let places = gone
        .iter()
        .map(|object| json!({ "storage_id": object.storage.to_string(), "path": object.path }));
    AuditEntry {
        actor,
        action: AuditAction::OriginalRestored,
        subject: AuditSubject::Asset,
        subject_id: id.0,
        detail: json!({ "places": places.collect::<Vec<_>>() }),
    }
}

async fn scan_all(
    tx: &Tx,
    workspace: WorkspaceId,
    storages: BTreeSet<StorageId>,
) -> Result<(), DbError> {
    for storage in storages {
        if tx
            .storages()
            .find(storage)
            .await?
            .is_some_and(|row| row.is_on)
        {
            enqueue_scan(tx, workspace, storage, ScanTrigger::Request, "").await?;
        }
    }
    Ok(())
}
