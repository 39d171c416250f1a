//! `GET /workspaces/{workspace_id}/plan`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, Scope};
use stowage_domain::Permission;
use utoipa::ToSchema;

use crate::{
    GatewayConfig,
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    plan::{PlanLimits, plan_of},
    problem::route_error,
};

/// What the workspace may have, and what of it is used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkspacePlan {
    limits: PlanLimits,
    used: PlanUse,
    /// The operator keeps a second copy of the originals in central storage, and that works.
    second_copy: bool,
}

/// What counts against a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanUse {
    /// Originals in central storage, and uploads from their announcement on.
    pub(crate) central_bytes: u64,
    pub(crate) storages: u64,
}

route_error! {
    /// What showing the plan answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Show what the operator lets this workspace have, and how much of it is used.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/plan",
    tag = "workspaces",
    operation_id = "get_plan",
    params(WorkspacePath),
    responses((status = 200, description = "The plan", body = WorkspacePlan), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    member: Member,
) -> Result<Json<WorkspacePlan>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let second_copy = has_second_copy(&db).await?;
    let tx = db.read_in(workspace).await?;
    Ok(Json(WorkspacePlan {
        limits: plan_of(&tx, &config).await?.into(),
        used: PlanUse {
            central_bytes: tx.uploads().central_bytes().await?,
            storages: tx.plans().connected().await?,
        },
        second_copy,
    }))
}

async fn has_second_copy(db: &Database) -> Result<bool, DbError> {
    let tx = db.read(Scope::System).await?;
    let place = tx.backups().place().await?;
    Ok(place.is_some_and(|place| {
        place.is_on
            && place.identity.is_some()
            && place.worked_at.is_some()
            && place.failing_since.is_none()
    }))
}
