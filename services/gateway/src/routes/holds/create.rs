//! `POST /workspaces/{workspace_id}/holds`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;
use stowage_db::{
    Database, DbError,
    repo::{AuditEntry, NewHold},
};
use stowage_domain::{Actor, AssetId, AuditAction, AuditSubject, Ids, Permission, WorkspaceId};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Hold;
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, kinds, route_error},
};

/// The longest reason.
const MOST: usize = 500;

/// What is to be held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHoldBody {
    /// Left out: all of the workspace.
    asset_id: Option<Uuid>,
    /// Why, for whoever meets it later: 1 to 500 characters.
    reason: String,
}

route_error! {
    /// What placing a hold answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {
        NoAsset = kinds::NO_ASSET,
    }
}

/// Place a legal hold on an asset or on all of the workspace. What is held can be put in the bin,
/// and is not purged until the hold is lifted.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/holds",
    tag = "bin",
    operation_id = "create_hold",
    params(WorkspacePath),
    request_body = NewHoldBody,
    responses((status = 201, description = "The hold", body = Hold), RouteError)
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(body): Json<NewHoldBody>,
) -> Result<(StatusCode, Json<Hold>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let hold = NewHold {
        id: ids.next().into(),
        asset: body.asset_id.map(AssetId),
        reason: reason_of(&body.reason)?,
        by: member.user,
    };
    let tx = db.begin_in(workspace).await?;
    if !tx.holds().place(&hold).await? {
        return Err(RouteError::NoAsset);
    }
    let entry = AuditEntry {
        action: AuditAction::HoldPlaced,
        ..about(
            workspace,
            hold.asset,
            &hold.reason,
            Actor::User(member.user),
        )
    };
    tx.audit().record(ids.next().into(), &entry).await?;
    let placed = tx.holds().find(hold.id).await?;
    tx.commit().await?;
    if let Some(asset) = hold.asset {
        announce(bus.as_ref(), workspace, Topic::Asset, asset).await;
    }
    let placed = placed.ok_or(RouteError::NoAsset)?;
    Ok((StatusCode::CREATED, Json(placed.into())))
}

/// Returns the record of an act on a hold; the caller says which.
pub(super) fn about(
    workspace: WorkspaceId,
    asset: Option<AssetId>,
    reason: &str,
    actor: Actor,
) -> AuditEntry {
    AuditEntry {
        actor,
        action: AuditAction::HoldLifted,
        subject: if asset.is_some() {
            AuditSubject::Asset
        } else {
            AuditSubject::Workspace
        },
        subject_id: asset.map_or(workspace.into(), Into::into),
        detail: json!({ "reason": reason }),
    }
}

fn reason_of(text: &str) -> Result<String, Fields> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MOST {
        let error = format!("must have 1 to {MOST} characters");
        return Err(Fields::one("reason", error));
    }
    Ok(text.to_owned())
}
