//! `DELETE /workspaces/{workspace_id}/holds/{hold_id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{Actor, HoldId, Ids, Permission};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use stowage_rpc::ErrorCode;

use super::create::about;
use crate::{
    extract::{HoldPath, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::{Kind, route_error},
};

route_error! {
    /// What lifting a hold answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoHold = Kind::named(ErrorCode::NotFound, "not-found", "There is no such hold"),
    }
}

/// Lift a legal hold. What is in the bin and over its time is purged soon after.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/holds/{hold_id}",
    tag = "bin",
    operation_id = "delete_hold",
    params(WorkspacePath, HoldPath),
    responses((status = 204, description = "It is lifted"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<HoldPath>,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let tx = db.begin_in(workspace).await?;
    let lifted = tx.holds().lift(HoldId(path.hold_id)).await?;
    let lifted = lifted.ok_or(RouteError::NoHold)?;
    let entry = about(
        workspace,
        lifted.asset,
        &lifted.reason,
        Actor::User(member.user),
    );
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit().await?;
    if let Some(asset) = lifted.asset {
        announce(bus.as_ref(), workspace, Topic::Asset, asset).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
