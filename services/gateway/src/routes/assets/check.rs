//! `POST /workspaces/{workspace_id}/assets/check`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError};
use stowage_domain::{AssetId, Permission};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    bulk::{AssetProblem, few_ids_of, missing_of},
    look::{Checked, Checker, Outcome},
};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// Which assets to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckAssets {
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Uuid>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetsChecked {
    /// One for each place where an original is, or was.
    items: Vec<AssetCheck>,
    /// Assets that were not looked for.
    problems: Vec<AssetProblem>,
}

/// What a look at one place found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetCheck {
    asset_id: Uuid,
    storage_id: Uuid,
    storage_name: String,
    path: String,
    result: CheckResult,
    /// Whether a mark was set or taken away by it.
    changed: bool,
    /// A scan was queued, which decides.
    scan_queued: bool,
    /// Why the storage could not be asked.
    detail: Option<String>,
}

/// What a look at one place found.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckResult {
    /// The file is where it should be.
    There,
    /// The file is there, and waits for the asset to be restored.
    Held,
    /// The storage has no such file.
    Gone,
    /// The storage could not be asked, or is not the one that was connected.
    Away,
}

route_error! {
    /// What looking for originals answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Look for the originals of assets in their storages, now.
///
/// What is found changes the marks at once where a scan would come to the same; otherwise a scan is
/// queued.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/assets/check",
    tag = "assets",
    operation_id = "check_assets",
    params(WorkspacePath),
    request_body = CheckAssets,
    responses((status = 200, description = "What was found", body = AssetsChecked), RouteError)
)]
pub(crate) async fn check(
    State(db): State<Database>,
    State(checker): State<Checker>,
    member: Member,
    Json(request): Json<CheckAssets>,
) -> Result<Json<AssetsChecked>, RouteError> {
    let workspace = member.must(Permission::Edit)?;
    let asked = few_ids_of(&request.ids)?;
    let tx = db.read_in(workspace).await?;
    let cards = tx.gallery().cards(&asked).await?;
    drop(tx);
    let mut found: Vec<AssetId> = cards.iter().map(|card| card.id).collect();
    found.sort_unstable();
    let problems = missing_of(&asked, &found);
    let looks = checker.check(workspace, &found).await?;
    Ok(Json(AssetsChecked {
        items: looks.into_iter().map(AssetCheck::of).collect(),
        problems,
    }))
}

impl AssetCheck {
    fn of(look: Checked) -> Self {
        let result = match look.outcome {
            Outcome::There => CheckResult::There,
            Outcome::Held => CheckResult::Held,
            Outcome::Gone => CheckResult::Gone,
            Outcome::Away(_) => CheckResult::Away,
        };
        let detail = match look.outcome {
            Outcome::Away(why) => Some(why),
            _ => None,
        };
        Self {
            asset_id: look.asset.0,
            storage_id: look.storage.0,
            storage_name: look.storage_name,
            path: look.path,
            result,
            changed: look.is_changed,
            scan_queued: look.is_scan_queued,
            detail,
        }
    }
}
