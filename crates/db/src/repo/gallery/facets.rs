//! Counts: what there is to filter by, and the workspace's figures.

use stowage_domain::{AssetStatus, words};
use uuid::Uuid;

use super::{CardStatus, FROM, Gallery, filter::status_condition};
use crate::{
    DbError,
    repo::{column::sum_of, edit::SHOWN_TAG},
};

/// A value and how many assets have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub name: String,
    pub count: u64,
}

/// What the gallery can be filtered by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    pub tags: Vec<Count>,
    pub cameras: Vec<Count>,
    pub media_types: Vec<Count>,
    pub statuses: Vec<Count>,
    /// Id, name, count.
    pub storages: Vec<(Uuid, Count)>,
}

/// The workspace's figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    pub assets: u64,
    pub processing: u64,
    pub ready: u64,
    pub failed: u64,
    pub unsupported: u64,
    pub missing: u64,
    pub original_bytes: u64,
    pub rendition_bytes: u64,
    pub spool_bytes: u64,
}

const SHOWN: u32 = 200;

/// The most frequent tags among which completion looks.
const COMPLETED_FROM: u32 = 20_000;

impl Gallery<'_> {
    pub async fn facets(&self) -> Result<Facets, DbError> {
        let stats = self.status_counts().await?;
        Ok(Facets {
            tags: self.tag_counts(SHOWN).await?,
            cameras: self
                .counts(
                    "select camera as name, count(*) as n from asset where workspace_id = $1 \
                     and lifecycle = 'live' and camera is not null group by camera",
                )
                .await?,
            media_types: self
                .counts(
                    "select media_type as name, count(*) as n from asset where workspace_id = $1 \
                     and lifecycle = 'live' group by media_type",
                )
                .await?,
            statuses: stats.into_iter().filter(|count| count.count > 0).collect(),
            storages: self.storage_counts().await?,
        })
    }

    /// Counts the assets of each tag that shows, the most frequent first.
    async fn tag_counts(&self, limit: u32) -> Result<Vec<Count>, DbError> {
        let select = format!(
            "select t.name, count(distinct t.asset_id) as n from asset_tag t \
             where t.workspace_id = $1 and {SHOWN_TAG} and t.asset_id not in (select a.id \
             from asset a where a.workspace_id = $1 \
             and a.lifecycle in ('trashed', 'purging', 'purged')) group by t.name"
        );
        self.counts_up_to(&select, limit).await
    }

    /// Returns tags of which a word begins with what was typed, in any case and with or without
    /// accents, the most frequent first.
    pub async fn tags_like(&self, text: &str, limit: usize) -> Result<Vec<Count>, DbError> {
        let typed = words::words(text);
        let fits = |count: &Count| {
            let name = words::words(&count.name);
            typed.is_empty() || name.windows(typed.len()).any(|run| begins(run, &typed))
        };
        let all = self.tag_counts(COMPLETED_FROM).await?;
        Ok(all.into_iter().filter(fits).take(limit).collect())
    }

    async fn counts(&self, select: &str) -> Result<Vec<Count>, DbError> {
        self.counts_up_to(select, SHOWN).await
    }

    async fn counts_up_to(&self, select: &str, limit: u32) -> Result<Vec<Count>, DbError> {
        let sql = format!("{select} order by n desc, name limit {limit}");
        let rows = self.0.rows(&sql, [self.0.workspace()?.0.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Count {
                    name: row.try_get("", "name")?,
                    count: sum_of(row, "n")?,
                })
            })
            .collect()
    }

    async fn storage_counts(&self) -> Result<Vec<(Uuid, Count)>, DbError> {
        let rows = self
            .0
            .rows(
                "select s.id, s.name, (select count(distinct o.asset_id) from remote_object o \
                 where o.storage_id = s.id and o.asset_id not in (select a.id from asset a \
                 where a.workspace_id = s.workspace_id \
                 and a.lifecycle in ('trashed', 'purging', 'purged'))) as n from storage s \
                 where s.workspace_id = $1 and s.kind <> 'central' order by s.name limit 1000",
                [self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let count = Count {
                    name: row.try_get("", "name")?,
                    count: sum_of(row, "n")?,
                };
                Ok((row.try_get("", "id")?, count))
            })
            .collect()
    }

    async fn status_counts(&self) -> Result<Vec<Count>, DbError> {
        let mut counts = Vec::new();
        let all = AssetStatus::ALL
            .iter()
            .map(|status| (status.as_str(), CardStatus::Is(*status)))
            .chain([("missing", CardStatus::Missing)]);
        for (name, status) in all {
            let sql = format!(
                "select count(*) as n {FROM} where a.workspace_id = $1 \
                 and a.lifecycle = 'live' and {}",
                status_condition(status)
            );
            let row = self.0.row(&sql, [self.0.workspace()?.0.into()]).await?;
            let count = row.as_ref().map_or(Ok(0), |row| sum_of(row, "n"))?;
            counts.push(Count {
                name: name.to_owned(),
                count,
            });
        }
        Ok(counts)
    }

    pub async fn stats(&self) -> Result<Stats, DbError> {
        let counts = self.status_counts().await?;
        let count = |name: &str| {
            counts
                .iter()
                .find(|count| count.name == name)
                .map_or(0, |count| count.count)
        };
        let (processing, ready) = (count("processing"), count("ready"));
        let (failed, unsupported) = (count("failed"), count("unsupported"));
        Ok(Stats {
            assets: processing + ready + failed + unsupported,
            processing,
            ready,
            failed,
            unsupported,
            missing: count("missing"),
            original_bytes: self
                .sum("select sum(size) from asset where workspace_id = $1 and lifecycle = 'live'")
                .await?,
            rendition_bytes: self
                .sum("select sum(size) from rendition where workspace_id = $1")
                .await?,
            spool_bytes: self
                .sum("select sum(size) from staged_blob where workspace_id = $1")
                .await?,
        })
    }

    async fn sum(&self, select: &str) -> Result<u64, DbError> {
        let sql = format!("select cast(coalesce(({select}), 0) as bigint) as n");
        let row = self.0.row(&sql, [self.0.workspace()?.0.into()]).await?;
        row.as_ref().map_or(Ok(0), |row| sum_of(row, "n"))
    }
}

/// Tells whether words are those that were typed, the last of which may go on.
fn begins(run: &[String], typed: &[String]) -> bool {
    let last = typed.len() - 1;
    run[..last] == typed[..last] && run[last].starts_with(&typed[last])
}
