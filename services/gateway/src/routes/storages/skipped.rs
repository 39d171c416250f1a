//! `GET /workspaces/{workspace_id}/storages/{storage_id}/scans/{run_id}/skipped`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::{Permission, ScanRunId, StorageId};
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{
        Json, Member, MemberError, Path, PathError, Query, QueryError, Refused, ScanPath,
        WorkspacePath,
    },
    problem::{Fields, Kind, route_error},
    wire::{List, PageQuery, limit_of},
};

/// A file or folder that a scan passed over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SkippedFile {
    path: String,
    reason: String,
    /// The asset that has the same content, where that is the reason.
    asset_id: Option<Uuid>,
}

route_error! {
    /// What listing skipped files answers when it does not.
    RouteError, after [MemberError, PathError, QueryError], from [Refused, Fields, DbError] {
        NoScan = Kind::named(ErrorCode::NotFound, "not-found", "There is no such scan"),
    }
}

/// List what a scan passed over, and why: what cannot be listed, and, as they are read, files whose
/// content the library has.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/storages/{storage_id}/scans/{run_id}/skipped",
    tag = "storages",
    operation_id = "list_skipped",
    params(WorkspacePath, ScanPath, PageQuery),
    responses((status = 200, description = "Skipped files", body = List<SkippedFile>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<ScanPath>,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<SkippedFile>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let (storage, run) = (StorageId(path.storage_id), ScanRunId(path.run_id));
    let limit = limit_of(query.limit)?;
    let after = query.cursor.as_deref().map(str::parse::<i32>).transpose();
    let after = after.map_err(|_| Fields::one("cursor", "is no cursor of ours; begin without"))?;

    let tx = db.read_in(workspace).await?;
    // One more than asked for says whether there is a next page.
    let found = tx
        .scans()
        .skipped_after(storage, run, after, limit + 1)
        .await?;
    let mut rows = found.ok_or(RouteError::NoScan)?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows
        .last()
        .filter(|_| has_more)
        .map(|(ordinal, _)| ordinal.to_string());
    let items = rows.into_iter().map(|(_, row)| SkippedFile {
        path: row.path,
        reason: row.reason,
        asset_id: row.asset.map(Uuid::from),
    });
    Ok(Json(List {
        items: items.collect(),
        next_cursor: last,
    }))
}
