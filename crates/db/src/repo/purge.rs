//! Purges: what was planned, and the one way of an asset out of the library.

use std::collections::BTreeSet;

use sea_orm::{QueryResult, Value};
use stowage_domain::{
    AssetId, Lifecycle, PurgeBatchId, RECIPE, RenditionKind, Timestamp, UserId, content_key,
    purge::{Due, Plan, PurgeOrigin, due},
    rendition_key,
};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::PurgeAsset;
use uuid::Uuid;

use super::{
    bin::{IS_HELD, ids_of},
    column::{places, word},
    repository,
};
use crate::DbError;

repository!(
    /// Purges of the scope's workspace.
    Purges
);

/// A purge that is about to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    pub id: PurgeBatchId,
    pub origin: PurgeOrigin,
    pub by: Option<UserId>,
}

/// Which entries of the bin a purge takes up.
#[derive(Debug, Clone, Copy)]
pub enum Items<'a> {
    /// Those whose time is over by the database's clock and by this one.
    Due(Timestamp),
    /// All that were there when the batch was made.
    All,
    These(&'a [AssetId]),
}

/// What a purge found when it came to an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is out of the library with this transaction.
    Now,
    /// It was before: what is left to do goes on.
    Before,
    /// It is purged already.
    Done,
    No(Due),
    /// It was restored, or put in the bin anew.
    Moved,
}

/// An asset that a purge may take, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    lifecycle: Lifecycle,
    trashed_at: Option<Timestamp>,
    purge_after: Option<Timestamp>,
    is_held: bool,
    planned_at: Timestamp,
    origin: PurgeOrigin,
}

impl Purges<'_> {
    pub async fn insert_batch(&self, batch: &NewBatch) -> Result<(), DbError> {
        let sql = format!(
            "insert into purge_batch (id, workspace_id, origin, requested_by, created_at, assets, \
             bytes, plan) values ($1, $2, $3, $4, {}, 0, 0, '')",
            self.0.now()
        );
        let values = [
            batch.id.0.into(),
            self.0.workspace()?.0.into(),
            batch.origin.as_str().into(),
            batch.by.map(Uuid::from).into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Takes entries of the bin into a batch, at most `limit`: what will become of them is stored,
    /// and a job for each is enqueued. Returns them. Those that are held or that another batch has
    /// are left out.
    pub async fn take_up(
        &self,
        batch: PurgeBatchId,
        items: Items<'_>,
        limit: u32,
        priority: Priority,
    ) -> Result<Vec<AssetId>, DbError> {
        let taken = self.add_items(batch, items, limit).await?;
        let plan = self.0.bin().plan(Some(&taken)).await?;
        self.add_plan(batch, plan).await?;
        let workspace = self.0.workspace()?;
        let job = |asset: &AssetId| {
            let job = PurgeAsset {
                batch_id: batch.to_string(),
                asset_id: asset.to_string(),
            };
            NewJob::of(Some(workspace), &job).with_priority(priority)
        };
        let jobs = taken.iter().map(job).collect();
        self.0.jobs().enqueue_all(jobs).await?;
        Ok(taken)
    }

    async fn add_items(
        self,
        batch: PurgeBatchId,
        items: Items<'_>,
        limit: u32,
    ) -> Result<Vec<AssetId>, DbError> {
        let mut values: Vec<Value> = vec![self.0.workspace()?.0.into(), batch.0.into()];
        let only = match items {
            Items::Due(clock) => {
                values.push(clock.micros().into());
                format!(
                    "and a.purge_after <= {} and a.purge_after <= $3",
                    self.0.now()
                )
            }
            Items::All => "and a.trashed_at <= (select b.created_at from purge_batch b \
                           where b.id = $2)"
                .to_owned(),
            Items::These([]) => return Ok(Vec::new()),
            Items::These(ids) => {
                values.extend(ids.iter().map(|id| Value::from(id.0)));
                format!("and a.id in ({})", places(3, ids.len()))
            }
        };
        let sql = format!(
            "insert into purge_item (batch_id, asset_id, workspace_id, trashed_at, state) \
             select $2, a.id, a.workspace_id, a.trashed_at, 'planned' from asset a \
             where a.workspace_id = $1 and a.lifecycle = 'trashed' {only} and not {IS_HELD} \
             and not exists (select 1 from purge_item i where i.asset_id = a.id \
             and i.state = 'planned') \
             order by a.trashed_at, a.id limit {limit} \
             on conflict (batch_id, asset_id) do nothing returning asset_id as id"
        );
        ids_of(&self.0.rows(&sql, values).await?)
    }

    /// Adds a part of the plan to what is stored of the batch.
    async fn add_plan(self, batch: PurgeBatchId, part: Plan) -> Result<(), DbError> {
        let key = [batch.0.into(), self.0.workspace()?.0.into()];
        let sql = format!(
            "select plan from purge_batch where id = $1 and workspace_id = $2{}",
            self.0.dialect.lock_rows()
        );
        let row = self.0.row(&sql, key).await?;
        let row = row.ok_or_else(|| DbError::not_found("purge_batch", batch))?;
        let stored: String = row.try_get("", "plan")?;
        let mut plan: Plan = serde_json::from_str(&stored).unwrap_or_default();
        plan.merge(part);
        let sql = format!(
            "update purge_batch set plan = $3, assets = $4, bytes = $5, planned_at = {} \
             where id = $1 and workspace_id = $2",
            self.0.now()
        );
        let values = [
            batch.0.into(),
            self.0.workspace()?.0.into(),
            serde_json::to_string(&plan)
                .expect("a plan is plain data")
                .into(),
            (plan.assets as i64).into(),
            (plan.bytes() as i64).into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Takes an asset out of the library if all still stands as it was planned: in the bin since
    /// then, not held, and its time over by the database's clock and by `clock`, unless a person
    /// wants it gone now.
    pub async fn take(
        &self,
        batch: PurgeBatchId,
        asset: AssetId,
        clock: Timestamp,
    ) -> Result<Taken, DbError> {
        let Some(found) = self.lock(batch, asset).await? else {
            return Ok(Taken::Moved);
        };
        let now = self.0.now_is().await?;
        match found.judge(&[now, clock]) {
            Taken::Now => {}
            other => return Ok(other),
        }
        let values = [
            asset.0.into(),
            self.0.workspace()?.0.into(),
            found.planned_at.micros().into(),
            now.micros().into(),
        ];
        let taken = self
            .0
            .execute(
                "update asset set lifecycle = 'purging', updated_at = $4 where id = $1 \
                 and workspace_id = $2 and lifecycle = 'trashed' and trashed_at = $3",
                values,
            )
            .await?;
        Ok(if taken == 1 { Taken::Now } else { Taken::Moved })
    }

    /// Reads an asset of a batch and keeps holds, restores and other purges away from it.
    async fn lock(self, batch: PurgeBatchId, asset: AssetId) -> Result<Option<Candidate>, DbError> {
        let workspace = self.0.workspace()?;
        let share = self.0.dialect.share_rows();
        let sql = format!("select id from workspace where id = $1{share}");
        self.0.row(&sql, [workspace.0.into()]).await?;
        let lock = self.0.dialect.lock_rows();
        let sql = format!("select id from asset where id = $1 and workspace_id = $2{lock}");
        self.0
            .row(&sql, [asset.0.into(), workspace.0.into()])
            .await?;
        let sql = format!(
            "select a.lifecycle, a.trashed_at, a.purge_after, i.trashed_at as planned_at, \
             b.origin, cast(case when {IS_HELD} then 1 else 0 end as bigint) as held \
             from purge_item i join purge_batch b on b.id = i.batch_id \
             join asset a on a.id = i.asset_id \
             where i.batch_id = $1 and i.asset_id = $2 and i.workspace_id = $3"
        );
        let values = [batch.0.into(), asset.0.into(), workspace.0.into()];
        let row = self.0.row(&sql, values).await?;
        row.as_ref().map(candidate_of).transpose()
    }

    /// Says what became of an asset of a batch.
    pub async fn settle_item(
        &self,
        (batch, asset): (PurgeBatchId, AssetId),
        state: &str,
        reason: Option<&str>,
    ) -> Result<(), DbError> {
        let values = [
            batch.0.into(),
            asset.0.into(),
            self.0.workspace()?.0.into(),
            state.into(),
            reason.into(),
        ];
        self.0
            .execute(
                "update purge_item set state = $4, reason = $5 \
                 where batch_id = $1 and asset_id = $2 and workspace_id = $3",
                values,
            )
            .await?;
        Ok(())
    }

    /// Returns whether another asset that is not being purged has the same content, so that what
    /// is named after it stays.
    pub async fn is_content_shared(&self, asset: AssetId) -> Result<bool, DbError> {
        let values = [asset.0.into(), self.0.workspace()?.0.into()];
        let row = self
            .0
            .row(
                "select o.id from asset a join asset o on o.workspace_id = a.workspace_id \
                 and o.sha256 = a.sha256 and o.id <> a.id \
                 and o.lifecycle in ('live', 'trashed') \
                 where a.id = $1 and a.workspace_id = $2 limit 1",
                values,
            )
            .await?;
        Ok(row.is_some())
    }

    /// Returns whether the pictures of an asset are being made just now.
    pub async fn is_being_rendered(&self, asset: AssetId) -> Result<bool, DbError> {
        let values = [self.0.workspace()?.0.into(), format!("{asset}/%").into()];
        let row = self
            .0
            .row(
                "select id from job where workspace_id = $1 and kind = 'render-asset' \
                 and state = 'running' and dedup_key like $2 limit 1",
                values,
            )
            .await?;
        Ok(row.is_some())
    }

    /// Lists the keys in central storage under which the originals of an asset lie, and that no
    /// other asset uses.
    pub async fn central_keys(&self, asset: AssetId) -> Result<Vec<String>, DbError> {
        let values = [asset.0.into(), self.0.workspace()?.0.into()];
        let rows = self
            .0
            .rows(
                "select o.path from remote_object o join storage s on s.id = o.storage_id \
                 where o.asset_id = $1 and o.workspace_id = $2 and s.kind = 'central' \
                 and not exists (select 1 from remote_object p join asset b on b.id = p.asset_id \
                 where p.storage_id = o.storage_id and p.path = o.path and p.asset_id <> $1 \
                 and b.lifecycle in ('live', 'trashed')) limit 1000",
                values,
            )
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get("", "path")?))
            .collect()
    }

    /// Lists the keys of the pictures of an asset: those that its rows name, and those that its
    /// content gives. A rendering that ended after the asset was taken out of the library, or that
    /// was killed before it could record, leaves pictures that no row speaks of.
    pub async fn rendition_keys(&self, asset: AssetId) -> Result<BTreeSet<String>, DbError> {
        let workspace = self.0.workspace()?;
        let rows = self.0.renditions().list(asset).await?;
        let mut keys: BTreeSet<String> = rows.into_iter().map(|rendition| rendition.key).collect();
        let values = [asset.0.into(), workspace.0.into()];
        let sql = "select sha256 from asset where id = $1 and workspace_id = $2";
        let row = self.0.row(sql, values).await?;
        let content = row.map(|row| row.try_get::<Option<Vec<u8>>>("", "sha256"));
        if let Some(sha256) = content.transpose()?.flatten() {
            for recipe in 1..=RECIPE {
                let content = content_key(&sha256, recipe);
                let kinds = RenditionKind::ALL.iter();
                keys.extend(kinds.map(|kind| rendition_key(workspace, &content, *kind)));
            }
        }
        Ok(keys)
    }

    /// Ends the purge of an asset: what is left is a row that knows which originals were kept.
    pub async fn finish(&self, asset: AssetId) -> Result<bool, DbError> {
        let workspace = self.0.workspace()?;
        let sql = format!(
            "update asset set lifecycle = 'purged', purged_at = {now}, updated_at = {now}, \
             metadata = '{{}}', search_text = '', camera = null where id = $1 \
             and workspace_id = $2 and lifecycle = 'purging'",
            now = self.0.now()
        );
        let key = || [Value::from(asset.0), Value::from(workspace.0)];
        if self.0.execute(&sql, key()).await? == 0 {
            return Ok(false);
        }
        let pictures = self.0.pictures();
        pictures.leave("r.asset_id = $2", [asset.0.into()]).await?;
        for table in [
            "rendition",
            "rendering",
            "asset_word",
            "asset_field",
            "asset_tag",
            "asset_tag_hidden",
            "bin_place",
        ] {
            let sql = format!("delete from {table} where asset_id = $1 and workspace_id = $2");
            self.0.execute(&sql, key()).await?;
        }
        self.0
            .execute(
                "delete from remote_object where asset_id = $1 and workspace_id = $2 \
                 and storage_id in (select s.id from storage s where s.workspace_id = $2 \
                 and s.kind = 'central')",
                key(),
            )
            .await?;
        Ok(true)
    }
}

impl Candidate {
    fn judge(self, clocks: &[Timestamp]) -> Taken {
        match self.lifecycle {
            Lifecycle::Purging => return Taken::Before,
            Lifecycle::Purged => return Taken::Done,
            Lifecycle::Live => return Taken::Moved,
            Lifecycle::Trashed => {}
        }
        if self.trashed_at != Some(self.planned_at) {
            return Taken::Moved;
        }
        match (self.origin, due(self.purge_after, self.is_held, clocks)) {
            // What a person wants gone now does not wait for its date.
            (_, Due::Now) | (PurgeOrigin::Person, Due::NotYet) => Taken::Now,
            (_, other) => Taken::No(other),
        }
    }
}

fn candidate_of(row: &QueryResult) -> Result<Candidate, DbError> {
    let time = |column: &str| -> Result<Option<Timestamp>, DbError> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp))
    };
    let held: i64 = row.try_get("", "held")?;
    Ok(Candidate {
        lifecycle: word(row, "asset", "lifecycle")?,
        trashed_at: time("trashed_at")?,
        purge_after: time("purge_after")?,
        is_held: held == 1,
        planned_at: Timestamp(row.try_get("", "planned_at")?),
        origin: word(row, "purge_batch", "origin")?,
    })
}
