//! `GET /workspaces/{workspace_id}/bin`

use std::collections::HashMap;

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, repo};
use stowage_domain::{Lifecycle, Permission, Timestamp};
use utoipa::ToSchema;

use super::BinnedOriginal;
use crate::{
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    routes::assets::card::AssetCard,
    wire::{List, Moment, PageQuery, cursor_of, limit_of},
};

/// An asset in the bin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BinEntry {
    asset: AssetCard,
    size: u64,
    trashed_at: Moment,
    /// Null when that person is no longer known.
    trashed_by: Option<String>,
    purge_after: Moment,
    /// Days that are left, rounded up; 0 when its time is over.
    days_left: i64,
    /// A legal hold keeps it, whatever its date says.
    held: bool,
    originals: Vec<BinnedOriginal>,
}

route_error! {
    /// What listing the bin answers when it does not.
    RouteError, after [MemberError, QueryError], from [Refused, Fields, DbError] {}
}

/// List what is in the recycle bin, the latest first, with what becomes of each original.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/bin",
    tag = "bin",
    operation_id = "list_bin",
    params(WorkspacePath, PageQuery),
    responses((status = 200, description = "What is in the bin", body = List<BinEntry>), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<BinEntry>>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let limit = limit_of(query.limit)?;
    let cursor = cursor_of(query.cursor.as_deref())?;
    let tx = db.read_in(workspace).await?;
    let page = tx.bin().list(cursor, limit).await?;
    let ids: Vec<_> = page.items.iter().map(|entry| entry.id).collect();
    let cards = tx.gallery().cards_in(Lifecycle::Trashed, &ids).await?;
    let now = tx.now_is().await?;
    let mut cards: HashMap<_, _> = cards.into_iter().map(|card| (card.id, card)).collect();
    let shown = page.items.into_iter().filter_map(|entry| {
        let card = cards.remove(&entry.id)?;
        Some(BinEntry::of(AssetCard::of(workspace, card), entry, now))
    });
    Ok(Json(List {
        items: shown.collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

impl BinEntry {
    fn of(asset: AssetCard, entry: repo::BinEntry, now: Timestamp) -> Self {
        Self {
            asset,
            size: entry.size,
            trashed_at: entry.trashed_at.into(),
            trashed_by: entry.trashed_by,
            purge_after: entry.purge_after.into(),
            days_left: days_left(entry.purge_after, now),
            held: entry.is_held,
            originals: entry.places.into_iter().map(Into::into).collect(),
        }
    }
}

fn days_left(until: Timestamp, now: Timestamp) -> i64 {
    const DAY: u128 = 24 * 60 * 60 * 1_000_000;
    let left = until.since(now).as_micros().div_ceil(DAY);
    i64::try_from(left).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_has_begun_counts() {
        let at = Timestamp::from_seconds;
        for (seconds, days) in [(-5, 0), (0, 0), (1, 1), (86_400, 1), (86_401, 2)] {
            assert_eq!(days_left(at(1_000_000 + seconds), at(1_000_000)), days);
        }
    }
}
