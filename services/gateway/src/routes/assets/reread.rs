//! `POST /workspaces/{workspace_id}/assets/reread`

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError, repo::AssetCard};
use stowage_domain::{Availability, Permission};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::RereadAsset;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bulk::{AssetProblem, ids_of, missing_of};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// Which assets to read again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reread {
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
    /// Take back what people set in fields that the file has, so that the file's values show.
    /// Tags of people stay either way.
    #[serde(default)]
    overwrite: bool,
}

/// What is being read again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RereadQueued {
    queued: u64,
    /// Assets that cannot be read now.
    problems: Vec<AssetProblem>,
}

route_error! {
    /// What reading assets again answers when none will be.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Read again what the originals say about themselves. Pictures stay as they are.
///
/// People's edits win over what is read, unless `overwrite` says otherwise.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/reread",
    tag = "assets",
    operation_id = "reread_assets",
    params(WorkspacePath),
    request_body = Reread,
    responses((status = 202, description = "They are queued", body = RereadQueued), RouteError)
)]
pub(crate) async fn reread(
    State(db): State<Database>,
    member: Member,
    Json(request): Json<Reread>,
) -> Result<(StatusCode, Json<RereadQueued>), RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let ids = ids_of(&request.ids)?;
    let tx = db.begin_in(workspace).await?;
    let mut cards = tx.gallery().cards(&ids).await?;
    cards.sort_unstable_by_key(|card| card.id);
    let found: Vec<_> = cards.iter().map(|card| card.id).collect();
    let mut problems = missing_of(&ids, &found);
    problems.extend(cards.iter().filter_map(unreadable));
    let priority = if ids.len() == 1 {
        Priority::Interactive
    } else {
        Priority::Background
    };
    let readable = cards
        .iter()
        .filter(|card| card.availability == Availability::Available);
    let jobs: Vec<NewJob> = readable
        .map(|card| {
            let job = RereadAsset {
                asset_id: card.id.to_string(),
                overwrite: request.overwrite,
            };
            NewJob::of(Some(workspace), &job).with_priority(priority)
        })
        .collect();
    let queued = jobs.len() as u64;
    tx.jobs().enqueue_all(jobs).await?;
    tx.commit().await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(RereadQueued { queued, problems }),
    ))
}

fn unreadable(card: &AssetCard) -> Option<AssetProblem> {
    let detail = match card.availability {
        Availability::Available => return None,
        Availability::Missing => "The original is gone from its storage",
        Availability::Disconnected => "The storage of the original needs to be signed in to again",
        Availability::Failed => "The storage of the original cannot be reached",
        Availability::Disabled => "The storage of the original is switched off",
    };
    Some(AssetProblem {
        asset_id: card.id.0,
        problem: format!("original-{}", card.availability),
        detail: detail.to_owned(),
    })
}
