//! `POST /workspaces/{workspace_id}/delete`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;
use stowage_db::{
    Database, DbError,
    repo::{Begun, OperatorEntry},
};
use stowage_domain::{Ids, KeepWorkspace, OperatorAction, Permission, judge_deletion};
use stowage_proto::job::DeleteWorkspace;
use stowage_rpc::ErrorCode;
use tracing::info;
use utoipa::ToSchema;

use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, Kind, route_error},
};

/// Which workspace is meant, in words that nobody types by mistake.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteWorkspaceBody {
    /// The workspace's name, letter by letter.
    name: String,
}

route_error! {
    /// What deleting a workspace answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {
        Held = Kind::named(
            ErrorCode::Conflict,
            "held",
            "A legal hold keeps something of this workspace; lift it first",
        ),
    }
}

/// Delete a workspace with all that Stowage holds of it. Customers' storages are not touched,
/// whatever they say about purges: deletions that wait are given up first.
///
/// From the answer on nobody gets in. What is in central storage and in the catalog goes within the
/// next minutes.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/delete",
    tag = "workspaces",
    operation_id = "delete_workspace",
    security(("session" = [])),
    params(WorkspacePath),
    request_body = DeleteWorkspaceBody,
    responses((status = 202, description = "It is being deleted"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(body): Json<DeleteWorkspaceBody>,
) -> Result<StatusCode, RouteError> {
    let id = member.must_in_person(Permission::DeleteWorkspace)?;
    let name = member.workspace.name;
    let tx = db.begin_in(id).await?;
    let is_held = tx.holds().holds_anything().await?;
    match judge_deletion(&name, &body.name, is_held) {
        Err(KeepWorkspace::OtherName) => {
            return Err(Fields::one("name", "is not the name of this workspace").into());
        }
        Err(KeepWorkspace::Held) => return Err(RouteError::Held),
        Ok(()) => {}
    }
    let stats = tx.gallery().stats().await?;
    let storages = tx.storages().count().await?;
    match tx.deletions().begin().await? {
        Begun::Held => return Err(RouteError::Held),
        Begun::Before => return Ok(StatusCode::ACCEPTED),
        Begun::Now => {}
    }
    let entry = OperatorEntry {
        user: Some(member.user),
        action: OperatorAction::WorkspaceDeletionRequested,
        workspace: id,
        workspace_name: name,
        detail: json!({ "assets": stats.assets, "storages": storages }),
    };
    tx.operator_log().record(ids.next().into(), &entry).await?;
    tx.jobs().enqueue(&DeleteWorkspace::default()).await?;
    tx.commit().await?;
    info!(workspace.id = %id, user.id = %member.user, "workspace {id} is being deleted");
    Ok(StatusCode::ACCEPTED)
}
