//! `POST /workspaces/{workspace_id}/retention/preview`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, retention::needs_approval};
use utoipa::ToSchema;

use super::{RuleTermsBody, check_storage};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    routes::assets::card::AssetCard,
};

/// How many assets a preview shows.
const SAMPLES: u32 = 20;

/// What a rule would mean now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionPreview {
    assets: u64,
    bytes: u64,
    /// Everything in the library, for comparison.
    live_assets: u64,
    /// An administrator would be asked first.
    needs_approval: bool,
    /// At most 20 of them, the latest first.
    samples: Vec<AssetCard>,
}

route_error! {
    /// What a preview answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Say what a retention rule would put in the bin now. Nothing is done, and nothing is saved.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/retention/preview",
    tag = "retention",
    operation_id = "preview_retention",
    params(WorkspacePath),
    request_body = RuleTermsBody,
    responses((status = 200, description = "What it means now", body = RetentionPreview), RouteError)
)]
pub(crate) async fn preview(
    State(db): State<Database>,
    member: Member,
    Json(terms): Json<RuleTermsBody>,
) -> Result<Json<RetentionPreview>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let terms = terms.check("")?;
    let tx = db.read_in(workspace).await?;
    check_storage(&tx, &terms, "storage_id").await??;
    let now = tx.now_is().await?;
    let matched = tx.retention().matched(&terms, now).await?;
    let ids = tx.retention().samples(&terms, now, SAMPLES).await?;
    let mut cards = tx.gallery().cards(&ids).await?;
    cards.sort_by_key(|card| ids.iter().position(|id| *id == card.id));
    Ok(Json(RetentionPreview {
        assets: matched.assets,
        bytes: matched.bytes,
        live_assets: matched.live,
        needs_approval: needs_approval(matched.assets, matched.live),
        samples: cards
            .into_iter()
            .map(|card| AssetCard::of(workspace, card))
            .collect(),
    }))
}
