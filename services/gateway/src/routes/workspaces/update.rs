//! `PATCH /workspaces/{workspace_id}`

use axum::extract::State;
use serde::Deserialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::Workspace;
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    wire::{name_of, time_zone_of},
};

/// What to change of a workspace; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkspacePatch {
    name: Option<String>,
    /// An IANA name, such as `Europe/Rome`.
    time_zone: Option<String>,
    /// Whether uploads of a content that is there already make no second asset.
    check_duplicates: Option<bool>,
}

route_error! {
    /// What changing a workspace answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Rename a workspace, move it to another time zone, change its rules.
#[utoipa::path(
    patch,
    path = "/workspaces/{workspace_id}",
    tag = "workspaces",
    operation_id = "update_workspace",
    params(WorkspacePath),
    request_body = WorkspacePatch,
    responses((status = 200, description = "The workspace as it is now", body = Workspace), RouteError)
)]
pub(crate) async fn update(
    State(db): State<Database>,
    member: Member,
    Json(patch): Json<WorkspacePatch>,
) -> Result<Json<Workspace>, RouteError> {
    let id = member.must(Permission::Administer)?;
    let mut row = member.workspace;
    if let Some(name) = patch.name {
        row.name = name_of(&name).map_err(|wrong| Fields::one("name", wrong))?;
    }
    if let Some(zone) = patch.time_zone {
        row.time_zone = time_zone_of(&zone).map_err(|wrong| Fields::one("time_zone", wrong))?;
    }
    row.check_duplicates = patch.check_duplicates.unwrap_or(row.check_duplicates);
    let tx = db.begin_in(id).await?;
    tx.workspaces()
        .update(&row.name, &row.time_zone, row.check_duplicates)
        .await?;
    tx.commit().await?;
    Ok(Json(Workspace::of(row, member.role)))
}
