//! Moves of many originals: what was asked for, and how far it is.

use sea_orm::QueryResult;
use stowage_domain::{
    AssetId, MigrationId, MigrationState, ObjectRole, RemoteObjectId, StorageId, Timestamp, UserId,
};
use uuid::Uuid;

use super::{
    column::{sum_of, word},
    page::{Cursor, Page},
    repository,
    transfer::OPEN,
};
use crate::DbError;

repository!(
    /// Migrations of the scope's workspace.
    Migrations
);

/// A migration that is about to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMigration {
    pub id: MigrationId,
    pub source: StorageId,
    pub target: StorageId,
    /// Files stay where they are, as further copies.
    pub leaves_source: bool,
    pub by: UserId,
}

/// A migration and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationRow {
    pub id: MigrationId,
    pub source: StorageId,
    pub source_name: String,
    pub target: StorageId,
    pub target_name: String,
    pub leaves_source: bool,
    pub state: MigrationState,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub progress: Progress,
}

/// How many originals of a migration stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub originals: u64,
    pub bytes: u64,
    /// Verified and committed; their source may still have to go.
    pub moved: u64,
    pub moved_bytes: u64,
    /// Those of which nothing is committed yet.
    pub open: u64,
    /// Those of them that something stands against.
    pub troubled: u64,
    /// Cancelled, or gone from their source meanwhile.
    pub given_up: u64,
}

/// An original that lies in a storage and is on its way nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movable {
    pub asset: AssetId,
    pub version: i32,
    pub sha256: Option<Vec<u8>>,
    pub object: RemoteObjectId,
    pub size: u64,
    pub created_at: Timestamp,
}

const SELECT: &str = "select m.*, s.name as source_name, g.name as target_name \
     from original_migration m join storage s on s.id = m.source_storage_id \
     join storage g on g.id = m.target_storage_id";

impl Migrations<'_> {
    pub async fn insert(&self, new: &NewMigration) -> Result<(), DbError> {
        let sql = format!(
            "insert into original_migration (id, workspace_id, source_storage_id, \
             target_storage_id, leaves_source, state, created_by, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, '{}', $6, {now}, {now})",
            MigrationState::Planning,
            now = self.0.now()
        );
        let values = [
            new.id.0.into(),
            self.0.workspace()?.0.into(),
            new.source.0.into(),
            new.target.0.into(),
            new.leaves_source.into(),
            new.by.0.into(),
        ];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    pub async fn find(&self, id: MigrationId) -> Result<Option<MigrationRow>, DbError> {
        let sql = format!("{SELECT} where m.id = $1 and m.workspace_id = $2");
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let row = self.0.row(&sql, values).await?;
        let Some(mut found) = row.as_ref().map(migration_of).transpose()? else {
            return Ok(None);
        };
        found.progress = self.progress(id).await?;
        Ok(Some(found))
    }

    /// Returns whether files of a migration stay where they are.
    pub async fn leaves_source(&self, id: MigrationId) -> Result<bool, DbError> {
        let row = self
            .0
            .row(
                "select leaves_source from original_migration where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        // Of one that nobody knows any more nothing is deleted.
        Ok(row.map_or(Ok(true), |row| row.try_get("", "leaves_source"))?)
    }

    /// Lists migrations, the latest first.
    pub async fn list(
        &self,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<MigrationRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "{SELECT} where m.workspace_id = $1 and (m.created_at, m.id) < ($2, $3) \
             order by m.created_at desc, m.id desc limit {}",
            limit + 1
        );
        let values = [
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        let mut found: Vec<MigrationRow> =
            rows.iter().map(migration_of).collect::<Result<_, _>>()?;
        for row in &mut found {
            row.progress = self.progress(row.id).await?;
        }
        Ok(Page::cut(found, limit as usize, |row| Cursor {
            at: row.created_at,
            id: row.id.0,
        }))
    }

    async fn progress(&self, id: MigrationId) -> Result<Progress, DbError> {
        let moved = "state in ('committed', 'done', 'conflict')";
        let sum = |what: &str| format!("cast(coalesce(sum({what}), 0) as bigint)");
        let sql = format!(
            "select count(*) as n, {} as bytes, {} as moved, {} as moved_bytes, {} as open, \
             {} as troubled from transfer where migration_id = $1 and workspace_id = $2",
            sum("size"),
            sum(&format!("case when {moved} then 1 else 0 end")),
            sum(&format!("case when {moved} then size else 0 end")),
            sum(&format!("case when state in {OPEN} then 1 else 0 end")),
            sum(&format!(
                "case when state in {OPEN} and trouble is not null then 1 else 0 end"
            )),
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let Some(row) = self.0.row(&sql, values).await? else {
            return Ok(Progress::default());
        };
        let (originals, moved, open) = (
            sum_of(&row, "n")?,
            sum_of(&row, "moved")?,
            sum_of(&row, "open")?,
        );
        Ok(Progress {
            originals,
            bytes: sum_of(&row, "bytes")?,
            moved,
            moved_bytes: sum_of(&row, "moved_bytes")?,
            open,
            troubled: sum_of(&row, "troubled")?,
            given_up: originals - moved - open,
        })
    }

    /// Moves a migration on, if it still stands like that. False when somebody else did.
    pub async fn become_state(
        &self,
        id: MigrationId,
        from: &[MigrationState],
        to: MigrationState,
    ) -> Result<bool, DbError> {
        let quoted: Vec<String> = from.iter().map(|state| format!("'{state}'")).collect();
        let sql = format!(
            "update original_migration set state = '{to}', updated_at = {} \
             where id = $1 and workspace_id = $2 and state in ({})",
            self.0.now(),
            quoted.join(", ")
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Lists originals that lie in a storage and are not on their way to `target`, in the order of
    /// their assets, behind `after`.
    pub async fn movable(
        &self,
        (source, target): (StorageId, StorageId),
        after: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Movable>, DbError> {
        let sql = format!(
            "select a.id, a.version, a.sha256, a.created_at, o.id as object_id, o.size \
             from remote_object o join asset a on a.id = o.asset_id \
             where o.storage_id = $1 and o.workspace_id = $2 and o.role = '{}' and o.present \
             and o.imported_revision is not null and a.lifecycle in ('live', 'trashed') \
             and a.id > $3 and not exists (select 1 from transfer t where t.asset_id = a.id \
             and t.target_storage_id = $4 and t.state in {OPEN}) order by a.id limit {limit}",
            ObjectRole::Original
        );
        let values = [
            source.0.into(),
            self.0.workspace()?.0.into(),
            after.map_or(Uuid::nil(), Uuid::from).into(),
            target.0.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        rows.iter()
            .map(|row| {
                let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
                Ok(Movable {
                    asset: uuid("id")?.into(),
                    version: row.try_get("", "version")?,
                    sha256: row.try_get("", "sha256")?,
                    object: uuid("object_id")?.into(),
                    size: sum_of(row, "size")?,
                    created_at: Timestamp(row.try_get("", "created_at")?),
                })
            })
            .collect()
    }
}

fn migration_of(row: &QueryResult) -> Result<MigrationRow, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    Ok(MigrationRow {
        id: uuid("id")?.into(),
        source: uuid("source_storage_id")?.into(),
        source_name: row.try_get("", "source_name")?,
        target: uuid("target_storage_id")?.into(),
        target_name: row.try_get("", "target_name")?,
        leaves_source: row.try_get("", "leaves_source")?,
        state: word(row, "original_migration", "state")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        updated_at: Timestamp(row.try_get("", "updated_at")?),
        progress: Progress::default(),
    })
}
