//! `GET` and `PUT /operator/workspaces/{workspace_id}/plan`

use std::sync::Arc;

use axum::extract::State;
use serde_json::json;
use stowage_db::{
    Database, DbError, Scope,
    repo::{OperatorEntry, WorkspaceSummary},
};
use stowage_domain::{Ids, OperatorAction, Plan, WorkspaceId};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use stowage_rpc::ErrorCode;
use tracing::info;
use uuid::Uuid;

use super::workspaces::OperatorWorkspace;
use crate::{
    GatewayConfig,
    extract::{AnyWorkspacePath, Json, JsonError, Operator, OperatorError, Path, PathError},
    plan::{NewPlan, PlanLimits},
    problem::{Fields, Kind, route_error},
};

/// The most bytes that a plan may say: what every reader of JSON keeps whole.
const MOST_BYTES: u64 = (1 << 53) - 1;

/// The most storages, or photos of a request.
const MOST: u32 = 1_000_000;

const NO_WORKSPACE: Kind = Kind::named(
    ErrorCode::NotFound,
    "not-found",
    "There is no such workspace",
);

route_error! {
    /// What showing a plan answers when it does not.
    ShowError, after [OperatorError, PathError], from [DbError] {
        NoWorkspace = NO_WORKSPACE,
    }
}

route_error! {
    /// What setting a plan answers when it does not.
    SetError, after [OperatorError, PathError, JsonError], from [Fields, DbError] {
        NoWorkspace = NO_WORKSPACE,
    }
}

/// Show a workspace with its plan.
#[utoipa::path(
    get,
    path = "/operator/workspaces/{workspace_id}/plan",
    tag = "operator",
    operation_id = "get_operator_plan",
    security(("operator" = [])),
    params(AnyWorkspacePath),
    responses((status = 200, description = "The workspace", body = OperatorWorkspace), ShowError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    _: Operator,
    Path(path): Path<AnyWorkspacePath>,
) -> Result<Json<OperatorWorkspace>, ShowError> {
    let found = find(&db, path.workspace_id).await?;
    let row = found.ok_or(ShowError::NoWorkspace)?;
    Ok(Json(OperatorWorkspace::of(row, &config)))
}

/// Give a workspace a plan, in the place of the one before. What it has beyond the new limits
/// stays; it gets nothing more. Where external storages are taken out of it, new originals go to
/// central storage, and those that wait to be delivered stay there until the plan has external
/// storages again or another main storage is chosen.
#[utoipa::path(
    put,
    path = "/operator/workspaces/{workspace_id}/plan",
    tag = "operator",
    operation_id = "set_operator_plan",
    security(("operator" = [])),
    params(AnyWorkspacePath),
    request_body = NewPlan,
    responses((status = 200, description = "The workspace", body = OperatorWorkspace), SetError)
)]
pub(crate) async fn set(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    _: Operator,
    Path(path): Path<AnyWorkspacePath>,
    Json(body): Json<NewPlan>,
) -> Result<Json<OperatorWorkspace>, SetError> {
    check(&body)?;
    let before = find(&db, path.workspace_id).await?;
    let before = before.ok_or(SetError::NoWorkspace)?;
    let former = before.plan.unwrap_or_else(|| config.usual_plan());
    let plan = Plan::from(body);
    let tx = db.begin_in(before.id).await?;
    tx.plans().put(&plan).await?;
    let entry = OperatorEntry {
        user: None,
        action: OperatorAction::PlanChanged,
        workspace: before.id,
        workspace_name: before.name,
        detail: json!({ "from": PlanLimits::from(former), "to": PlanLimits::from(plan) }),
    };
    tx.operator_log().record(ids.next().into(), &entry).await?;
    let main = tx.main_storage().chosen().await?;
    if plan.allows_external() && !former.allows_external() {
        tx.transfers().retry_all(None).await?;
    }
    tx.commit().await?;
    info!(workspace.id = %before.id, "workspace {} has another plan", before.id);
    if let Some(main) = main {
        announce(&*bus, before.id, Topic::Storage, main.storage.id).await;
    }
    let after = find(&db, path.workspace_id).await?;
    let after = after.ok_or(SetError::NoWorkspace)?;
    Ok(Json(OperatorWorkspace::of(after, &config)))
}

/// Returns a workspace that is not being deleted.
async fn find(db: &Database, id: Uuid) -> Result<Option<WorkspaceSummary>, DbError> {
    let tx = db.read(Scope::System).await?;
    let found = tx.plans().summary(WorkspaceId(id)).await?;
    Ok(found.filter(|row| row.deleting_at.is_none()))
}

fn check(body: &NewPlan) -> Result<(), Fields> {
    if body.central_bytes.is_some_and(|bytes| bytes > MOST_BYTES) {
        let error = format!("must be at most {MOST_BYTES}, or null for no limit");
        return Err(Fields::one("central_bytes", error));
    }
    if body.storages.is_some_and(|count| count > MOST) {
        let error = format!("must be at most {MOST}, or null for no limit");
        return Err(Fields::one("storages", error));
    }
    let photos = body.photos_per_request;
    if photos.is_some_and(|count| count == 0 || count > MOST) {
        let error = format!("must lie between 1 and {MOST}, or be null for no limit");
        return Err(Fields::one("photos_per_request", error));
    }
    Ok(())
}
