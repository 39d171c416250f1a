//! What people say about assets: fields and tags, and what follows from them.
//!
//! Whoever changes a file's metadata, a tag or an edit calls [`Edits::refresh`] in the same
//! transaction; there is no other writer of the columns that depend on them.

mod refresh;

use sea_orm::Value;
use stowage_domain::{AssetId, EditField, FieldChange, Timestamp, UserId};
use uuid::Uuid;

use super::{
    column::{places, word},
    repository,
};
use crate::DbError;

repository!(
    /// What people say about assets of the scope's workspace. Written by the gateway; ingest takes
    /// values back when it is told to let the file win.
    Edits
);

/// The condition under which the tag `t` of an asset counts: nobody hid it. A person's own tag
/// cannot be hidden, it is removed.
pub(super) const SHOWN_TAG: &str = "(t.origin = 'person' or not exists (select 1 from \
     asset_tag_hidden h where h.asset_id = t.asset_id and h.name = t.name))";

/// A field as a person set it.
#[derive(Debug, Clone, PartialEq)]
pub struct EditRow {
    pub field: EditField,
    pub value: serde_json::Value,
    pub by: UserId,
    /// None when the person is no longer known.
    pub by_name: Option<String>,
    pub at: Timestamp,
}

/// A tag of the file or its folders that a person does not want on an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenTag {
    pub name: String,
    pub by_name: Option<String>,
    pub at: Timestamp,
}

impl Edits<'_> {
    /// Locks assets until this transaction ends, in the order of their ids, and returns those that
    /// there are.
    pub async fn lock(&self, ids: &[AssetId]) -> Result<Vec<AssetId>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select a.id from asset a where a.workspace_id = $1 \
             and a.lifecycle in ('live', 'trashed') and a.id in ({}) order by a.id{}",
            places(2, ids.len()),
            self.0.dialect.lock_rows()
        );
        let rows = self.0.rows(&sql, self.with(ids)?).await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }

    /// Sets a field of assets, or takes the person's value back. The same value again changes
    /// nothing, not even who set it and when.
    pub async fn set(
        &self,
        ids: &[AssetId],
        change: &FieldChange,
        by: UserId,
    ) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        let field: Value = change.field.as_str().into();
        let Some(value) = &change.value else {
            let sql = format!(
                "delete from asset_field where workspace_id = $1 and asset_id in ({}) \
                 and field = ${}",
                places(2, ids.len()),
                ids.len() + 2
            );
            let mut values = self.with(ids)?;
            values.push(field);
            self.0.execute(&sql, values).await?;
            return Ok(());
        };
        let first = ids.len() + 2;
        let sql = format!(
            "insert into asset_field (asset_id, field, value, set_by, set_at, workspace_id) \
             select a.id, ${first}, ${}, ${}, {}, a.workspace_id from asset a \
             where a.workspace_id = $1 and a.id in ({}) \
             on conflict (asset_id, field) do update set value = excluded.value, \
             set_by = excluded.set_by, set_at = excluded.set_at \
             where asset_field.value <> excluded.value",
            first + 1,
            first + 2,
            self.0.now(),
            places(2, ids.len()),
        );
        let mut values = self.with(ids)?;
        values.extend([field, value.to_string().into(), by.0.into()]);
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Puts a tag on assets as a person's own. One that was hidden shows again.
    pub async fn add_tag(&self, ids: &[AssetId], name: &str, by: UserId) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.delete_tag_rows("asset_tag_hidden", "", ids, name)
            .await?;
        let first = ids.len() + 2;
        let sql = format!(
            "insert into asset_tag (asset_id, name, origin, workspace_id, set_by, set_at) \
             select a.id, ${first}, 'person', a.workspace_id, ${}, {} from asset a \
             where a.workspace_id = $1 and a.id in ({}) \
             on conflict (asset_id, name, origin) do nothing",
            first + 1,
            self.0.now(),
            places(2, ids.len()),
        );
        let mut values = self.with(ids)?;
        values.extend([name.into(), by.0.into()]);
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Takes a tag off assets: a person's own goes, one of the file or its folders is hidden, now
    /// and whenever it is read again.
    pub async fn remove_tag(&self, ids: &[AssetId], name: &str, by: UserId) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.delete_tag_rows("asset_tag", "and origin = 'person'", ids, name)
            .await?;
        let first = ids.len() + 2;
        let sql = format!(
            "insert into asset_tag_hidden (asset_id, name, set_by, set_at, workspace_id) \
             select distinct t.asset_id, t.name, ${}, {}, t.workspace_id from asset_tag t \
             where t.workspace_id = $1 and t.asset_id in ({}) and t.name = ${first} \
             on conflict (asset_id, name) do nothing",
            first + 1,
            self.0.now(),
            places(2, ids.len()),
        );
        let mut values = self.with(ids)?;
        values.extend([name.into(), by.0.into()]);
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Lists the fields that people set on an asset.
    pub async fn list(&self, id: AssetId) -> Result<Vec<EditRow>, DbError> {
        let rows = self
            .0
            .rows(
                "select f.field, f.value, f.set_by, f.set_at, u.name from asset_field f \
                 left join user_account u on u.id = f.set_by \
                 where f.asset_id = $1 and f.workspace_id = $2 order by f.field limit 100",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(EditRow {
                    field: word(row, "asset_field", "field")?,
                    value: value_of(&row.try_get::<String>("", "value")?),
                    by: row.try_get::<Uuid>("", "set_by")?.into(),
                    by_name: row.try_get("", "name")?,
                    at: Timestamp(row.try_get("", "set_at")?),
                })
            })
            .collect()
    }

    /// Lists the tags that people hid on an asset and that it would have.
    pub async fn hidden_tags(&self, id: AssetId) -> Result<Vec<HiddenTag>, DbError> {
        let rows = self
            .0
            .rows(
                "select h.name, h.set_at, u.name as by_name from asset_tag_hidden h \
                 left join user_account u on u.id = h.set_by \
                 where h.asset_id = $1 and h.workspace_id = $2 and exists (select 1 from \
                 asset_tag t where t.asset_id = h.asset_id and t.name = h.name) \
                 order by h.name limit 1000",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(HiddenTag {
                    name: row.try_get("", "name")?,
                    by_name: row.try_get("", "by_name")?,
                    at: Timestamp(row.try_get("", "set_at")?),
                })
            })
            .collect()
    }

    /// Takes people's values back for the fields that the file has, so that the file's show.
    pub async fn yield_to_file(
        &self,
        id: AssetId,
        metadata: &serde_json::Value,
    ) -> Result<(), DbError> {
        for field in EditField::ALL {
            if field.of_file(metadata).is_some() {
                let change = FieldChange {
                    field: *field,
                    value: None,
                };
                self.set(&[id], &change, UserId(Uuid::nil())).await?;
            }
        }
        self.refresh(&[id]).await
    }

    async fn delete_tag_rows(
        &self,
        table: &str,
        condition: &str,
        ids: &[AssetId],
        name: &str,
    ) -> Result<(), DbError> {
        let sql = format!(
            "delete from {table} where workspace_id = $1 and asset_id in ({}) and name = ${} \
             {condition}",
            places(2, ids.len()),
            ids.len() + 2
        );
        let mut values = self.with(ids)?;
        values.push(name.into());
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// The workspace as `$1`, the assets from `$2` on.
    fn with(self, ids: &[AssetId]) -> Result<Vec<Value>, DbError> {
        let mut values: Vec<Value> = vec![self.0.workspace()?.0.into()];
        values.extend(ids.iter().map(|id| Value::from(id.0)));
        Ok(values)
    }
}

/// Reads a value as it was stored; what is none is an empty one.
fn value_of(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_default()
}
