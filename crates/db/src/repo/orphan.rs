//! Objects in central storage that no row knows.

use std::collections::HashSet;

use sea_orm::Value;
use serde::{Deserialize, Serialize};
use stowage_domain::Timestamp;
use uuid::Uuid;

use super::{
    column::{places, sum_of},
    repository,
};
use crate::DbError;

repository!(
    /// What central storage holds beyond the catalog, over all workspaces.
    Orphans
);

/// What a look through central storage found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphanReport {
    pub id: Uuid,
    pub began_at: Timestamp,
    /// Everything that was looked at.
    pub objects: u64,
    pub orphans: u64,
    pub bytes: u64,
    /// The first of them.
    pub named: Vec<Orphan>,
}

/// An object that no row knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    pub key: String,
    pub size: u64,
}

impl OrphanReport {
    pub fn begun(id: Uuid, began_at: Timestamp) -> Self {
        Self {
            id,
            began_at,
            objects: 0,
            orphans: 0,
            bytes: 0,
            named: Vec::new(),
        }
    }

    /// Counts an orphan, and names it as long as there are fewer than `most` names.
    pub fn add(&mut self, key: &str, size: u64, most: usize) {
        self.orphans += 1;
        self.bytes += size;
        if self.named.len() < most {
            let key = key.to_owned();
            self.named.push(Orphan { key, size });
        }
    }
}

impl Orphans<'_> {
    /// Returns those of the keys that a row knows: an original, a picture, a copy or a piece.
    pub async fn known(&self, keys: &[String]) -> Result<HashSet<String>, DbError> {
        if keys.is_empty() {
            return Ok(HashSet::new());
        }
        let list = places(1, keys.len());
        let owners: HashSet<Uuid> = keys.iter().filter_map(|key| owner_of(key)).collect();
        // Without an owner no original is asked for.
        let central = if owners.is_empty() {
            "1 = 0".to_owned()
        } else {
            let owners = places(keys.len() + 1, owners.len());
            format!("s.workspace_id in ({owners})")
        };
        let sql = format!(
            "select o.remote_id as object_key from storage s \
             join remote_object o on o.storage_id = s.id and o.remote_id in ({list}) \
             where s.kind = 'central' and {central} \
             union select object_key from rendition where object_key in ({list}) \
             union select object_key from staged_blob where object_key in ({list}) \
             union select object_key from upload_chunk where object_key in ({list})"
        );
        let mut values: Vec<Value> = keys.iter().map(|key| key.clone().into()).collect();
        values.extend(owners.into_iter().map(Value::from));
        let rows = self.0.rows(&sql, values).await?;
        rows.iter()
            .map(|row| Ok(row.try_get("", "object_key")?))
            .collect()
    }

    /// Returns whether somebody looks just now, or is about to.
    pub async fn is_looking(&self) -> Result<bool, DbError> {
        let sql = "select 1 as one from job where kind = 'reap-orphans' \
                   and state in ('queued', 'running') limit 1";
        Ok(self.0.row(sql, []).await?.is_some())
    }

    /// Keeps a report, in the place of the one before.
    pub async fn save(&self, report: &OrphanReport) -> Result<(), DbError> {
        self.0.execute("delete from orphan_report", []).await?;
        let named = serde_json::to_string(&report.named).expect("names are plain data");
        let values = [
            report.id.into(),
            report.began_at.micros().into(),
            (report.objects as i64).into(),
            (report.orphans as i64).into(),
            (report.bytes as i64).into(),
            named.into(),
        ];
        self.0
            .execute(
                "insert into orphan_report (id, began_at, objects, orphans, bytes, named) \
                 values ($1, $2, $3, $4, $5, $6)",
                values,
            )
            .await?;
        Ok(())
    }

    /// Returns the last report; none where nobody has looked yet.
    pub async fn last(&self) -> Result<Option<OrphanReport>, DbError> {
        let sql = "select * from orphan_report order by began_at desc limit 1";
        let Some(row) = self.0.row(sql, []).await? else {
            return Ok(None);
        };
        let named: String = row.try_get("", "named")?;
        Ok(Some(OrphanReport {
            id: row.try_get("", "id")?,
            began_at: Timestamp(row.try_get("", "began_at")?),
            objects: sum_of(&row, "objects")?,
            orphans: sum_of(&row, "orphans")?,
            bytes: sum_of(&row, "bytes")?,
            named: serde_json::from_str(&named).unwrap_or_default(),
        }))
    }
}

/// Returns the workspace that a key belongs to: `w/<workspace>/…`.
fn owner_of(key: &str) -> Option<Uuid> {
    key.strip_prefix("w/")?.split('/').next()?.parse().ok()
}
