//! The recycle bin: what is in it, until when, and what is to become of the originals.

use std::collections::HashMap;

use sea_orm::{QueryResult, Value};
use stowage_domain::{
    AssetId, Lifecycle, RemoteObjectId, StorageId, Timestamp, UserId, WorkspaceId,
    purge::{Fate, Place, Plan, PlanLine, fate},
};
use uuid::Uuid;

use super::{
    column::{places, sum_of, word},
    page::{Cursor, Page},
    repository,
};
use crate::DbError;

repository!(
    /// The bin of the scope's workspace.
    Bin
);

/// Microseconds of 24 hours.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// An asset in the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinEntry {
    pub id: AssetId,
    pub size: u64,
    pub trashed_at: Timestamp,
    /// None when that person is no longer known.
    pub trashed_by: Option<String>,
    pub purge_after: Timestamp,
    pub is_held: bool,
    pub places: Vec<BinPlace>,
}

/// A place where the original of a binned asset lies, and what a purge would do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinPlace {
    pub asset: AssetId,
    pub object: RemoteObjectId,
    pub storage: StorageId,
    pub storage_name: String,
    pub path: String,
    pub size: u64,
    /// What was put in the bin.
    pub revision: Option<String>,
    /// A scan saw it again after it had been gone.
    pub reappeared_at: Option<Timestamp>,
    pub place: Place,
    pub fate: Fate,
}

/// Whether a row of `asset a` is held.
pub(super) const IS_HELD: &str = "exists (select 1 from legal_hold h where \
     h.workspace_id = a.workspace_id and (h.asset_id is null or h.asset_id = a.id))";

impl Bin<'_> {
    /// Puts live assets in the bin for so many times 24 hours from the database's now on, and
    /// remembers what their storages say. Nobody is named where a rule does. Returns those that are there now and were not.
    pub async fn trash(
        &self,
        ids: &[AssetId],
        days: i32,
        by: impl Into<Option<UserId>>,
    ) -> Result<Vec<AssetId>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.0.now_is().await?;
        let until = now.micros().saturating_add(i64::from(days) * DAY);
        let sql = format!(
            "update asset set lifecycle = 'trashed', trashed_at = $2, trashed_by = $3, \
             purge_after = $4, updated_at = $2 where workspace_id = $1 and lifecycle = 'live' \
             and id in ({}) returning id",
            places(5, ids.len())
        );
        let mut values: Vec<Value> = vec![
            self.0.workspace()?.0.into(),
            now.micros().into(),
            by.into().map(Uuid::from).into(),
            until.into(),
        ];
        values.extend(ids.iter().map(|id| Value::from(id.0)));
        let moved = ids_of(&self.0.rows(&sql, values).await?)?;
        self.remember_places(&moved).await?;
        Ok(moved)
    }

    /// Remembers where the originals of binned assets lie and what their storages say, as far as
    /// that is not known yet.
    pub async fn remember_places(self, ids: &[AssetId]) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "insert into bin_place (asset_id, object_id, workspace_id, on_purge, revision) \
             select o.asset_id, o.id, o.workspace_id, case when s.kind = 'central' then 'delete' \
             when s.access = 'read_only' then 'keep' else s.on_purge end, o.imported_revision \
             from remote_object o join storage s on s.id = o.storage_id \
             where o.workspace_id = $1 and o.role in ('original', 'copy') \
             and o.asset_id in ({}) on conflict (asset_id, object_id) do nothing",
            places(2, ids.len())
        );
        self.0.execute(&sql, self.with(ids)?).await?;
        Ok(())
    }

    /// Takes assets out of the bin. Returns those that are live now and were not.
    pub async fn restore(&self, ids: &[AssetId]) -> Result<Vec<AssetId>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "update asset set lifecycle = 'live', trashed_at = null, trashed_by = null, \
             purge_after = null, updated_at = {} where workspace_id = $1 \
             and lifecycle = 'trashed' and id in ({}) returning id",
            self.0.now(),
            places(2, ids.len())
        );
        let restored = ids_of(&self.0.rows(&sql, self.with(ids)?).await?)?;
        if !restored.is_empty() {
            let sql = format!(
                "delete from bin_place where workspace_id = $1 and asset_id in ({})",
                places(2, restored.len())
            );
            self.0.execute(&sql, self.with(&restored)?).await?;
        }
        Ok(restored)
    }

    /// Lists what is in the bin, the latest first.
    pub async fn list(
        &self,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<BinEntry>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "select a.id, a.size, a.trashed_at, a.purge_after, u.name as by_name, \
             cast(case when {IS_HELD} then 1 else 0 end as bigint) as held \
             from asset a left join user_account u on u.id = a.trashed_by \
             where a.workspace_id = $1 and a.lifecycle = 'trashed' \
             and (a.trashed_at, a.id) < ($2, $3) \
             order by a.trashed_at desc, a.id desc limit {}",
            limit + 1
        );
        let values = [
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        let mut entries: Vec<BinEntry> = rows.iter().map(entry_of).collect::<Result<_, _>>()?;
        let ids: Vec<AssetId> = entries.iter().map(|entry| entry.id).collect();
        let mut found = self.places(&ids).await?;
        for entry in &mut entries {
            entry.places = found.remove(&entry.id).unwrap_or_default();
        }
        Ok(Page::cut(entries, limit as usize, |entry| Cursor {
            at: entry.trashed_at,
            id: entry.id.0,
        }))
    }

    /// Returns how an asset stands in the bin; none when it is not there.
    pub async fn find(&self, id: AssetId) -> Result<Option<BinEntry>, DbError> {
        let sql = format!(
            "select a.id, a.size, a.trashed_at, a.purge_after, u.name as by_name, \
             cast(case when {IS_HELD} then 1 else 0 end as bigint) as held \
             from asset a left join user_account u on u.id = a.trashed_by \
             where a.workspace_id = $1 and a.lifecycle = 'trashed' and a.id = $2"
        );
        let values = [self.0.workspace()?.0.into(), id.0.into()];
        let row = self.0.row(&sql, values).await?;
        let Some(mut entry) = row.as_ref().map(entry_of).transpose()? else {
            return Ok(None);
        };
        entry.places = self.places(&[id]).await?.remove(&id).unwrap_or_default();
        Ok(Some(entry))
    }

    /// Returns where the originals of assets lie and what a purge would do there, now.
    pub async fn places(
        &self,
        ids: &[AssetId],
    ) -> Result<HashMap<AssetId, Vec<BinPlace>>, DbError> {
        let mut found: HashMap<AssetId, Vec<BinPlace>> = HashMap::new();
        if ids.is_empty() {
            return Ok(found);
        }
        let sql = format!(
            "select o.id, o.asset_id, o.path, o.size, o.present, o.imported_revision, \
             s.id as storage_id, s.name, s.kind, s.access, s.on_purge, h.capability, \
             b.on_purge as policy_then, b.revision, b.reappeared_at \
             from remote_object o join storage s on s.id = o.storage_id \
             left join storage_health h on h.storage_id = s.id \
             left join bin_place b on b.asset_id = o.asset_id and b.object_id = o.id \
             where o.workspace_id = $1 and o.role in ('original', 'copy') \
             and o.asset_id in ({}) order by o.role desc, o.first_seen_at, o.id",
            places(2, ids.len())
        );
        for row in &self.0.rows(&sql, self.with(ids)?).await? {
            let place = place_of(row)?;
            found.entry(place.asset).or_default().push(place);
        }
        Ok(found)
    }

    /// Returns how assets stand: where they are in their life, and whether they are held.
    pub async fn standing(
        &self,
        ids: &[AssetId],
    ) -> Result<HashMap<AssetId, (Lifecycle, bool)>, DbError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "select a.id, a.lifecycle, cast(case when {IS_HELD} then 1 else 0 end as bigint) \
             as held from asset a where a.workspace_id = $1 and a.id in ({})",
            places(2, ids.len())
        );
        let rows = self.0.rows(&sql, self.with(ids)?).await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("", "id")?;
                let held: i64 = row.try_get("", "held")?;
                Ok((id.into(), (word(row, "asset", "lifecycle")?, held == 1)))
            })
            .collect()
    }

    /// Sums up what a purge would do to what is in the bin, or to these of it. Held assets are
    /// counted apart.
    pub async fn plan(&self, ids: Option<&[AssetId]>) -> Result<Plan, DbError> {
        let mut values: Vec<Value> = vec![self.0.workspace()?.0.into()];
        let mut only = String::new();
        if let Some(ids) = ids {
            if ids.is_empty() {
                return Ok(Plan::default());
            }
            only = format!("and a.id in ({})", places(2, ids.len()));
            values.extend(ids.iter().map(|id| Value::from(id.0)));
        }
        let in_bin = format!("a.workspace_id = $1 and a.lifecycle = 'trashed' {only}");
        let sql = format!(
            "select count(*) as n, cast(coalesce(sum(case when {IS_HELD} then 1 else 0 end), 0) \
             as bigint) as held from asset a where {in_bin}"
        );
        let mut plan = Plan::default();
        if let Some(row) = self.0.row(&sql, values.clone()).await? {
            plan.held = sum_of(&row, "held")?;
            plan.assets = sum_of(&row, "n")? - plan.held;
        }
        let sql = format!(
            "select s.id as storage_id, s.name, s.kind, s.access, s.on_purge, h.capability, \
             b.on_purge as policy_then, o.present, cast(case when b.revision is not null \
             and b.revision = o.imported_revision then 1 else 0 end as bigint) as as_binned, \
             count(*) as originals, cast(coalesce(sum(o.size), 0) as bigint) as bytes \
             from asset a join remote_object o on o.asset_id = a.id \
             join storage s on s.id = o.storage_id \
             left join storage_health h on h.storage_id = s.id \
             left join bin_place b on b.asset_id = o.asset_id and b.object_id = o.id \
             where {in_bin} and o.role in ('original', 'copy') and not {IS_HELD} \
             group by s.id, s.name, s.kind, s.access, s.on_purge, h.capability, b.on_purge, \
             o.present, as_binned order by s.name, s.id"
        );
        for row in &self.0.rows(&sql, values).await? {
            let as_binned: i64 = row.try_get("", "as_binned")?;
            plan.add(PlanLine {
                storage: row.try_get::<Uuid>("", "storage_id")?.into(),
                storage_name: row.try_get("", "name")?,
                kind: word(row, "storage", "kind")?,
                fate: fate(facts_of(row, as_binned == 1)?),
                originals: sum_of(row, "originals")?,
                bytes: sum_of(row, "bytes")?,
            });
        }
        Ok(plan)
    }

    /// Notes that the original of a binned asset is back in its storage. The asset stays where it
    /// is.
    pub(super) async fn note_return(&self, object: RemoteObjectId) -> Result<(), DbError> {
        let sql = format!(
            "update bin_place set reappeared_at = {} where object_id = $1 and exists \
             (select 1 from remote_object o where o.id = $1 and not o.present)",
            self.0.now()
        );
        self.0.execute(&sql, [object.0.into()]).await?;
        Ok(())
    }

    /// Follows the original of a binned asset to where it was moved: what was decided about it
    /// holds for it there.
    pub async fn follow(
        &self,
        (from, to): (RemoteObjectId, RemoteObjectId),
        revision: &str,
    ) -> Result<(), DbError> {
        let values = [
            from.0.into(),
            to.0.into(),
            revision.into(),
            self.0.workspace()?.0.into(),
        ];
        self.0
            .execute(
                "update bin_place set object_id = $2, revision = $3 \
                 where object_id = $1 and workspace_id = $4",
                values,
            )
            .await?;
        Ok(())
    }

    /// Lists workspaces with entries whose time is over by the database's clock and by `clock`,
    /// and that no purge has taken up. Held ones are left out.
    pub async fn due_workspaces(&self, clock: Timestamp) -> Result<Vec<WorkspaceId>, DbError> {
        let sql = format!(
            "select distinct a.workspace_id from asset a where a.lifecycle = 'trashed' \
             and a.purge_after <= {} and a.purge_after <= $1 and not {IS_HELD} \
             and exists (select 1 from workspace w where w.id = a.workspace_id \
             and w.deleting_at is null) and not exists (select 1 from purge_item i where i.asset_id = a.id \
             and i.state = 'planned') limit 1000",
            self.0.now()
        );
        let rows = self.0.rows(&sql, [clock.micros().into()]).await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "workspace_id")?.into()))
            .collect()
    }

    fn with(self, ids: &[AssetId]) -> Result<Vec<Value>, DbError> {
        let mut values: Vec<Value> = vec![self.0.workspace()?.0.into()];
        values.extend(ids.iter().map(|id| Value::from(id.0)));
        Ok(values)
    }
}

pub(super) fn ids_of(rows: &[QueryResult]) -> Result<Vec<AssetId>, DbError> {
    rows.iter()
        .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
        .collect()
}

fn entry_of(row: &QueryResult) -> Result<BinEntry, DbError> {
    let held: i64 = row.try_get("", "held")?;
    Ok(BinEntry {
        id: row.try_get::<Uuid>("", "id")?.into(),
        size: sum_of(row, "size")?,
        trashed_at: Timestamp(row.try_get("", "trashed_at")?),
        trashed_by: row.try_get("", "by_name")?,
        purge_after: Timestamp(row.try_get("", "purge_after")?),
        is_held: held == 1,
        places: Vec::new(),
    })
}

/// What decides over an original; `is_as_binned` was found out by the query.
fn facts_of(row: &QueryResult, is_as_binned: bool) -> Result<Place, DbError> {
    let policy_then: Option<String> = row.try_get("", "policy_then")?;
    let capability: Option<String> = row.try_get("", "capability")?;
    let can = |what: &str, untested: bool| -> bool {
        let known: Option<serde_json::Value> = capability
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok());
        known.map_or(untested, |known| known[what].as_bool().unwrap_or(false))
    };
    Ok(Place {
        kind: word(row, "storage", "kind")?,
        policy_then: match policy_then {
            Some(_) => Some(word(row, "bin_place", "policy_then")?),
            None => None,
        },
        policy_now: word(row, "storage", "on_purge")?,
        access: word(row, "storage", "access")?,
        present: row.try_get("", "present")?,
        is_as_binned,
        // A connection that was never tested is tested before its first deletion.
        deletes_safely: can("delete_if_unchanged", true),
        is_recoverable: can("recoverable_delete", false),
    })
}

fn place_of(row: &QueryResult) -> Result<BinPlace, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    let revision: Option<String> = row.try_get("", "revision")?;
    let imported: Option<String> = row.try_get("", "imported_revision")?;
    let place = facts_of(row, revision.is_some() && revision == imported)?;
    Ok(BinPlace {
        asset: uuid("asset_id")?.into(),
        object: uuid("id")?.into(),
        storage: uuid("storage_id")?.into(),
        storage_name: row.try_get("", "name")?,
        path: row.try_get("", "path")?,
        size: sum_of(row, "size")?,
        revision,
        reappeared_at: row
            .try_get::<Option<i64>>("", "reappeared_at")?
            .map(Timestamp),
        place,
        fate: fate(place),
    })
}
