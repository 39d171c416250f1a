//! `GET /workspaces/{workspace_id}/stats`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// The workspace's figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stats {
    assets: u64,
    by_status: StatusCounts,
    /// Assets whose original is gone from every storage.
    missing: u64,
    original_bytes: u64,
    rendition_bytes: u64,
    /// What of the originals is kept in central storage until it is rendered.
    spool_bytes: u64,
    storages: u64,
}

/// How many assets are how far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusCounts {
    processing: u64,
    ready: u64,
    failed: u64,
    unsupported: u64,
}

route_error! {
    /// What showing the figures answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// Show the workspace's figures.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/stats",
    tag = "workspaces",
    operation_id = "get_stats",
    params(WorkspacePath),
    responses((status = 200, description = "The figures", body = Stats), RouteError)
)]
pub(crate) async fn stats(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<Stats>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let stats = tx.gallery().stats().await?;
    let storages = tx.storages().count().await?;
    Ok(Json(Stats {
        assets: stats.assets,
        by_status: StatusCounts {
            processing: stats.processing,
            ready: stats.ready,
            failed: stats.failed,
            unsupported: stats.unsupported,
        },
        missing: stats.missing,
        original_bytes: stats.original_bytes,
        rendition_bytes: stats.rendition_bytes,
        spool_bytes: stats.spool_bytes,
        storages,
    }))
}
