//! `GET /workspaces/{workspace_id}/assets/timeline`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::filter::AssetQuery;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// How many assets there are, and when they were taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Timeline {
    total: u64,
    /// The latest first. An asset without a date counts when its file was changed.
    months: Vec<TimelineMonth>,
}

/// How many assets a month has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimelineMonth {
    /// As `2024-05`.
    month: String,
    count: u64,
}

route_error! {
    /// What counting assets answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// Count assets by month. Takes the filters of the list.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/assets/timeline",
    tag = "assets",
    operation_id = "get_timeline",
    params(WorkspacePath, AssetQuery),
    responses((status = 200, description = "Months and their counts", body = Timeline), RouteError)
)]
pub(crate) async fn timeline(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<AssetQuery>,
) -> Result<Json<Timeline>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let filter = query.filter()?;
    let tx = db.read_in(workspace).await?;
    let months = tx.gallery().timeline(&filter).await?;
    Ok(Json(Timeline {
        total: months.iter().map(|month| month.count).sum(),
        months: months
            .into_iter()
            .map(|month| TimelineMonth {
                month: month.month,
                count: month.count,
            })
            .collect(),
    }))
}
