//! Assets whose original is gone from its storage, with what a person needs to know about each.

use sea_orm::QueryResult;
use stowage_domain::{
    Availability, OnReturn, Presence, StorageId, StorageKind, StorageStatus, Timestamp,
};
use uuid::Uuid;

use super::{AssetCard, CARD, Cursor, FROM, Gallery, Page, card_of, moment, word};
use crate::{DbError, repo::object::presence_of};

/// An asset whose original is gone, and where it was.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingRow {
    pub card: AssetCard,
    pub storage: StorageId,
    pub storage_name: String,
    pub storage_kind: StorageKind,
    pub storage_on: bool,
    pub storage_status: StorageStatus,
    pub on_return: OnReturn,
    pub path: String,
    pub presence: Presence,
    pub missing_since: Timestamp,
    pub back_since: Option<Timestamp>,
}

impl Gallery<'_> {
    /// Lists assets of which no original is left, the latest loss first.
    pub async fn missing(
        &self,
        storage: Option<StorageId>,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<MissingRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let mut values = vec![
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let in_storage = if storage.is_some() {
            "and o.storage_id = $4"
        } else {
            ""
        };
        values.extend(storage.map(|id| id.0.into()));
        let sql = format!(
            "select {CARD}, o.path, o.present, o.absent_since, o.back_since, o.restored_at, \
             s.id as storage_id, s.name as storage_name, s.kind as storage_kind, s.is_on, \
             s.on_return, h.status as storage_status {FROM} \
             join remote_object o on o.asset_id = a.id join storage s on s.id = o.storage_id \
             left join storage_health h on h.storage_id = s.id \
             where a.workspace_id = $1 and o.workspace_id = $1 and a.lifecycle = 'live' \
             and not o.present and o.role = 'original' {in_storage} \
             and not exists (select 1 from remote_object p where p.asset_id = a.id \
             and (p.present or (p.role = 'original' and p.id < o.id))) \
             and (o.absent_since, a.id) < ($2, $3) \
             order by o.absent_since desc, a.id desc limit {}",
            limit + 1
        );
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<MissingRow> = rows.iter().map(missing_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |row| Cursor {
            at: row.missing_since,
            id: row.card.id.0,
        }))
    }
}

fn missing_of(row: &QueryResult) -> Result<MissingRow, DbError> {
    let storage: Uuid = row.try_get("", "storage_id")?;
    let status: Option<String> = row.try_get("", "storage_status")?;
    let mut card = card_of(row)?;
    card.availability = Availability::Missing;
    Ok(MissingRow {
        card,
        storage: storage.into(),
        storage_name: row.try_get("", "storage_name")?,
        storage_kind: word(row, "storage", "storage_kind")?,
        storage_on: row.try_get("", "is_on")?,
        storage_status: match status {
            Some(_) => word(row, "storage_health", "storage_status")?,
            None => StorageStatus::NotTested,
        },
        on_return: word(row, "storage", "on_return")?,
        path: row.try_get("", "path")?,
        presence: presence_of(row)?,
        missing_since: Timestamp(row.try_get("", "absent_since")?),
        back_since: moment(row, "back_since")?,
    })
}
