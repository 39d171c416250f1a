//! Assets, as people look at them: pages, months, facets, one whole.

use std::collections::HashMap;

use sea_orm::QueryResult;
use stowage_domain::{
    AssetId, AssetStatus, Availability, Lifecycle, ObjectRole, OriginalFacts, StorageId,
    StorageStatus, TagOrigin, Timestamp,
};
use uuid::Uuid;

use super::{
    column::{moment, places, sum_of, word},
    edit::{EditRow, HiddenTag, SHOWN_TAG},
    page::{Cursor, Page},
    repository,
};
use crate::DbError;

mod facets;
mod filter;
mod missing;

pub use facets::{Count, Facets, Stats};
pub use filter::{AssetFilter, CardStatus};
pub use missing::MissingRow;

repository!(
    /// Live assets of the scope's workspace, for looking at.
    Gallery
);

/// A tile of the gallery.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetCard {
    pub id: AssetId,
    pub name: String,
    pub media_type: String,
    pub placeholder: String,
    pub status: AssetStatus,
    pub reason: Option<String>,
    pub availability: Availability,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Wall-clock time where it was taken, as if it were UTC.
    pub taken_at: Option<Timestamp>,
    /// Wall-clock time too: taken, else changed.
    pub sort_at: Timestamp,
    pub is_animated: bool,
    pub thumbhash: Option<Vec<u8>>,
    pub content_key: Option<String>,
}

/// One asset with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetDetail {
    pub card: AssetCard,
    pub version: i32,
    pub size: u64,
    pub sha256: Option<Vec<u8>>,
    /// The folders that an uploaded file lay in where it came from.
    pub folder: Option<String>,
    pub created_at: Timestamp,
    /// The name of whom it came in under; none for the system.
    pub imported_by: Option<String>,
    /// What the file says, as JSON.
    pub metadata: String,
    /// What was wrong and did not stop the rendering.
    pub warnings: Vec<String>,
    pub tags: Vec<TagRow>,
    pub hidden_tags: Vec<HiddenTag>,
    /// What people set.
    pub edits: Vec<EditRow>,
    pub locations: Vec<Location>,
}

/// A tag of an asset and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRow {
    pub name: String,
    pub origin: TagOrigin,
    /// Who added it, where that is known.
    pub by_name: Option<String>,
    pub at: Option<Timestamp>,
}

/// A place where an asset's original lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub object: stowage_domain::RemoteObjectId,
    pub storage: StorageId,
    pub storage_name: String,
    pub storage_kind: String,
    pub path: String,
    pub role: ObjectRole,
    pub present: bool,
    pub absent_since: Option<Timestamp>,
    /// Since when it is there again, although it is marked as gone.
    pub back_since: Option<Timestamp>,
    /// When an administrator said that it may come back.
    pub restored_at: Option<Timestamp>,
    pub modified_at: Option<Timestamp>,
    pub size: u64,
    pub availability: Availability,
}

/// How many assets a month has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `YYYY-MM`.
    pub month: String,
    pub count: u64,
}

const FROM: &str = "from asset a left join rendering r on r.asset_id = a.id";

const CARD: &str = "a.id, a.name, a.media_type, a.placeholder, a.read_state, a.reason, a.version, \
     a.taken_at, a.sort_at, a.is_animated, r.state as render_state, r.reason as render_reason, \
     r.version as render_version, r.width, r.height, r.thumbhash, r.content_key";

impl Gallery<'_> {
    /// Lists assets, the latest first.
    pub async fn list(
        &self,
        filter: &AssetFilter,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<AssetCard>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let mut condition = self.condition(filter)?;
        condition.values.push(cursor.at.micros().into());
        condition.values.push(cursor.id.into());
        let last = condition.values.len();
        let sql = format!(
            "select {CARD} {FROM} {} and (a.sort_at, a.id) < (${}, ${last}) \
             order by a.sort_at desc, a.id desc limit {}",
            condition.sql,
            last - 1,
            limit + 1
        );
        let rows = self.0.rows(&sql, condition.values).await?;
        let mut cards: Vec<AssetCard> = rows.iter().map(card_of).collect::<Result<_, _>>()?;
        cards.truncate(limit as usize + 1);
        let ids: Vec<AssetId> = cards.iter().map(|card| card.id).collect();
        let mut locations = self.locations(&ids).await?;
        for card in &mut cards {
            card.availability = best_of(&locations.remove(&card.id).unwrap_or_default());
        }
        Ok(Page::cut(cards, limit as usize, |card| Cursor {
            at: card.sort_at,
            id: card.id.0,
        }))
    }

    /// Counts assets by month, the latest first.
    pub async fn timeline(&self, filter: &AssetFilter) -> Result<Vec<Month>, DbError> {
        let condition = self.condition(filter)?;
        let sql = format!(
            "select a.month, count(*) as n {FROM} {} group by a.month order by a.month desc",
            condition.sql
        );
        let rows = self.0.rows(&sql, condition.values).await?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.try_get("", "n")?;
                Ok(Month {
                    month: row.try_get("", "month")?,
                    count: count as u64,
                })
            })
            .collect()
    }

    /// Returns the cards of the given assets, in no particular order.
    pub async fn cards(&self, ids: &[AssetId]) -> Result<Vec<AssetCard>, DbError> {
        self.cards_in(Lifecycle::Live, ids).await
    }

    /// Returns the cards of the given assets that are in this part of their life.
    pub async fn cards_in(
        &self,
        lifecycle: Lifecycle,
        ids: &[AssetId],
    ) -> Result<Vec<AssetCard>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select {CARD} {FROM} where a.workspace_id = $1 and a.lifecycle = '{lifecycle}' \
             and a.id in ({})",
            places(2, ids.len())
        );
        let mut values = vec![self.0.workspace()?.0.into()];
        values.extend(ids.iter().map(|id| id.0.into()));
        let rows = self.0.rows(&sql, values).await?;
        let mut cards: Vec<AssetCard> = rows.iter().map(card_of).collect::<Result<_, _>>()?;
        let mut locations = self.locations(ids).await?;
        for card in &mut cards {
            card.availability = best_of(&locations.remove(&card.id).unwrap_or_default());
        }
        Ok(cards)
    }

    pub async fn find(&self, id: AssetId) -> Result<Option<AssetDetail>, DbError> {
        let sql = format!(
            "select {CARD}, a.size, a.sha256, a.folder, a.created_at, a.metadata, r.warnings, \
             iu.name as imported_by {FROM} left join user_account iu on iu.id = a.imported_by \
             where a.id = $1 and a.workspace_id = $2 and a.lifecycle in ('live', 'trashed')"
        );
        let row = self
            .0
            .row(&sql, [id.0.into(), self.0.workspace()?.0.into()])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let locations = self.locations(&[id]).await?.remove(&id).unwrap_or_default();
        let mut card = card_of(&row)?;
        card.availability = best_of(&locations);
        let warnings: Option<String> = row.try_get("", "warnings")?;
        Ok(Some(AssetDetail {
            card,
            version: row.try_get("", "version")?,
            size: row.try_get::<i64>("", "size")? as u64,
            sha256: row.try_get("", "sha256")?,
            folder: row.try_get("", "folder")?,
            created_at: Timestamp(row.try_get("", "created_at")?),
            imported_by: row.try_get("", "imported_by")?,
            metadata: row.try_get("", "metadata")?,
            warnings: warnings
                .and_then(|json| serde_json::from_str(&json).ok())
                .unwrap_or_default(),
            tags: self.tags(id).await?,
            hidden_tags: self.0.edits().hidden_tags(id).await?,
            edits: self.0.edits().list(id).await?,
            locations,
        }))
    }

    async fn tags(&self, id: AssetId) -> Result<Vec<TagRow>, DbError> {
        let sql = format!(
            "select t.name, t.origin, t.set_at, u.name as by_name from asset_tag t \
             left join user_account u on u.id = t.set_by \
             where t.asset_id = $1 and t.workspace_id = $2 and {SHOWN_TAG} \
             order by t.origin, t.name limit 1000"
        );
        let rows = self
            .0
            .rows(&sql, [id.0.into(), self.0.workspace()?.0.into()])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(TagRow {
                    name: row.try_get("", "name")?,
                    origin: word(row, "asset_tag", "origin")?,
                    by_name: row.try_get("", "by_name")?,
                    at: row.try_get::<Option<i64>>("", "set_at")?.map(Timestamp),
                })
            })
            .collect()
    }

    /// Returns where the originals of these assets lie, originals before copies.
    async fn locations(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, Vec<Location>>, DbError> {
        let mut locations: HashMap<AssetId, Vec<Location>> = HashMap::new();
        if ids.is_empty() {
            return Ok(locations);
        }
        let sql = format!(
            "select o.id, o.asset_id, o.path, o.role, o.present, o.absent_since, o.back_since, \
             o.restored_at, o.modified_at, o.size, s.id as storage_id, s.name, s.kind, s.is_on, s.off_hides_originals, h.status \
             from remote_object o join storage s on s.id = o.storage_id \
             left join storage_health h on h.storage_id = s.id \
             where o.workspace_id = $1 and o.role in ('original', 'copy') \
             and o.asset_id in ({}) order by o.role desc, o.first_seen_at",
            places(2, ids.len())
        );
        let mut values = vec![self.0.workspace()?.0.into()];
        values.extend(ids.iter().map(|id| id.0.into()));
        for row in &self.0.rows(&sql, values).await? {
            let asset: Uuid = row.try_get("", "asset_id")?;
            locations
                .entry(asset.into())
                .or_default()
                .push(location_of(row)?);
        }
        Ok(locations)
    }
}

fn card_of(row: &QueryResult) -> Result<AssetCard, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let read_state: String = row.try_get("", "read_state")?;
    let version: i32 = row.try_get("", "version")?;
    let rendered: Option<i32> = row.try_get("", "render_version")?;
    let render_state: Option<String> = row.try_get("", "render_state")?;
    let is_current = rendered.is_some_and(|rendered| rendered >= version);
    let render_state = render_state.filter(|_| is_current);
    let status = match (read_state.as_str(), render_state.as_deref()) {
        ("unsupported", _) => AssetStatus::Unsupported,
        ("broken", _) | (_, Some("failed")) => AssetStatus::Failed,
        (_, Some(_)) => AssetStatus::Ready,
        (_, None) => AssetStatus::Processing,
    };
    let reason: Option<String> = row.try_get("", "reason")?;
    let render_reason: Option<String> = row.try_get("", "render_reason")?;
    let side = |column: &str| -> Result<Option<u32>, DbError> {
        Ok(row
            .try_get::<Option<i32>>("", column)?
            .map(|side| side as u32))
    };
    Ok(AssetCard {
        id: id.into(),
        name: row.try_get("", "name")?,
        media_type: row.try_get("", "media_type")?,
        placeholder: row.try_get("", "placeholder")?,
        status,
        reason: reason.or(render_reason.filter(|_| status == AssetStatus::Failed)),
        // Set by the caller, who knows the locations.
        availability: Availability::Missing,
        width: side("width")?,
        height: side("height")?,
        taken_at: row.try_get::<Option<i64>>("", "taken_at")?.map(Timestamp),
        sort_at: Timestamp(row.try_get("", "sort_at")?),
        is_animated: row.try_get("", "is_animated")?,
        thumbhash: row.try_get("", "thumbhash")?,
        content_key: row.try_get("", "content_key")?,
    })
}

fn location_of(row: &QueryResult) -> Result<Location, DbError> {
    let object: Uuid = row.try_get("", "id")?;
    let storage: Uuid = row.try_get("", "storage_id")?;
    let status: Option<String> = row.try_get("", "status")?;
    let status = match status {
        Some(_) => word(row, "storage_health", "status")?,
        None => StorageStatus::NotTested,
    };
    let present = row.try_get("", "present")?;
    Ok(Location {
        object: object.into(),
        storage: storage.into(),
        storage_name: row.try_get("", "name")?,
        storage_kind: row.try_get("", "kind")?,
        path: row.try_get("", "path")?,
        role: word(row, "remote_object", "role")?,
        present,
        absent_since: moment(row, "absent_since")?,
        back_since: moment(row, "back_since")?,
        restored_at: moment(row, "restored_at")?,
        modified_at: moment(row, "modified_at")?,
        size: sum_of(row, "size")?,
        availability: Availability::of(OriginalFacts {
            present,
            storage_on: row.try_get("", "is_on")?,
            off_hides_originals: row.try_get("", "off_hides_originals")?,
            status,
        }),
    })
}

/// An original can be had when it can be had from any of its places.
fn best_of(locations: &[Location]) -> Availability {
    let mut answers = locations.iter().map(|location| location.availability);
    let first = locations
        .first()
        .map_or(Availability::Missing, |location| location.availability);
    if answers.any(|answer| answer == Availability::Available) {
        Availability::Available
    } else {
        first
    }
}
