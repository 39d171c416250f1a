//! `PATCH /workspaces/{workspace_id}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use stowage_db::{Database, DbError, repo::AuditEntry};
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids, Permission, purge::MOST_BIN_DAYS};
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
    /// For how many times 24 hours the bin keeps what is deleted from now on. What is in it
    /// already keeps its date.
    #[schema(minimum = 0, maximum = 3650)]
    bin_days: Option<i32>,
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
    State(ids): State<Arc<dyn Ids>>,
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
    let former_days = row.bin_days;
    if let Some(days) = patch.bin_days {
        row.bin_days = bin_days_of(days)?;
    }
    let tx = db.begin_in(id).await?;
    tx.workspaces()
        .update(&row.name, &row.time_zone, row.check_duplicates)
        .await?;
    if row.bin_days != former_days {
        tx.workspaces().set_bin_days(row.bin_days).await?;
        let entry = AuditEntry {
            actor: Actor::User(member.user),
            action: AuditAction::BinDaysChanged,
            subject: AuditSubject::Workspace,
            subject_id: id.into(),
            detail: json!({ "from": former_days, "to": row.bin_days }),
        };
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    tx.commit().await?;
    Ok(Json(Workspace::of(row, member.role)))
}

fn bin_days_of(days: i32) -> Result<i32, Fields> {
    if (0..=MOST_BIN_DAYS).contains(&days) {
        Ok(days)
    } else {
        let error = format!("must lie between 0 and {MOST_BIN_DAYS}");
        Err(Fields::one("bin_days", error))
    }
}
