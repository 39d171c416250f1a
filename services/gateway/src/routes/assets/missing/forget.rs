//! `POST /workspaces/{workspace_id}/assets/missing/forget`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stowage_db::{
    Database, DbError, Tx,
    repo::{AssetCard, AuditEntry, ObjectRow},
};
use stowage_domain::{Actor, AssetId, AuditAction, AuditSubject, Ids, Permission, Timestamp};
use stowage_jobs::{Bus, announce_all};
use stowage_proto::event::Topic;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    super::{
        bulk::{AssetProblem, few_ids_of, missing_of},
        look::Checker,
    },
    restore::{missing_objects, not_missing},
};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// Which assets to forget.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgetMissing {
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Uuid>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingForgotten {
    /// Assets that are no longer in the library.
    forgotten: u64,
    /// Assets to which nothing was done.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What forgetting missing assets answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Drop assets whose original is gone, with all that people added to them.
///
/// Each original is looked for once more first; an asset whose file is there is kept. Should the
/// file appear later, it becomes a new asset.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/missing/forget",
    tag = "assets",
    operation_id = "forget_missing_assets",
    params(WorkspacePath),
    request_body = ForgetMissing,
    responses(
        (status = 200, description = "What was forgotten", body = MissingForgotten),
        RouteError,
    )
)]
pub(crate) async fn forget(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    State(checker): State<Checker>,
    member: Member,
    Json(request): Json<ForgetMissing>,
) -> Result<Json<MissingForgotten>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let asked = few_ids_of(&request.ids)?;
    let looks = checker.check(workspace, &asked).await?;

    let tx = db.begin_in(workspace).await?;
    let mut cards = tx.gallery().cards(&asked).await?;
    cards.sort_unstable_by_key(|card| card.id);
    let found: Vec<AssetId> = cards.iter().map(|card| card.id).collect();
    let mut problems = missing_of(&asked, &found);
    let mut forgotten = Vec::new();
    for card in &cards {
        let gone = missing_objects(&tx, card.id).await?;
        if gone.is_empty() {
            problems.push(not_missing(card.id));
        } else if looks
            .iter()
            .any(|look| look.asset == card.id && look.is_there())
        {
            problems.push(came_back(card.id));
        } else if tx.holds().holds(card.id).await? {
            problems.push(held(card.id));
        } else if drop_one(&tx, &*ids, &member, card, &gone).await? {
            forgotten.push(card.id.to_string());
        }
    }
    tx.commit().await?;
    let count = forgotten.len() as u64;
    announce_all(&*bus, workspace, Topic::Asset, forgotten).await;
    Ok(Json(MissingForgotten {
        forgotten: count,
        problems,
    }))
}

fn came_back(id: AssetId) -> AssetProblem {
    AssetProblem {
        asset_id: id.0,
        problem: "original-back".to_owned(),
        detail: "The file is back in its storage; restore the asset".to_owned(),
    }
}

fn held(id: AssetId) -> AssetProblem {
    AssetProblem {
        asset_id: id.0,
        problem: "legal-hold".to_owned(),
        detail: "It is under a legal hold; an administrator has to lift that first".to_owned(),
    }
}

async fn drop_one(
    tx: &Tx,
    ids: &dyn Ids,
    member: &Member,
    card: &AssetCard,
    gone: &[ObjectRow],
) -> Result<bool, DbError> {
    if !tx.assets().drop_missing(card.id).await? {
        return Ok(false);
    }
    let places = gone.iter().map(|object| {
        json!({
            "storage_id": object.storage.to_string(),
            "path": object.path,
            "missing_since": object.absent_since.map(Timestamp::to_rfc3339),
        })
    });
    let entry = AuditEntry {
        actor: Actor::User(member.user),
        action: AuditAction::AssetForgotten,
        subject: AuditSubject::Asset,
        subject_id: card.id.0,
        detail: json!({ "name": card.name, "places": places.collect::<Vec<_>>() }),
    };
    tx.audit().record(ids.next().into(), &entry).await?;
    Ok(true)
}
