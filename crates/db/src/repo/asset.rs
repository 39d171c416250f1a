//! Assets, as ingest writes them.

use sea_orm::{ActiveValue::Set, EntityTrait};
use stowage_domain::{AssetId, Lifecycle, ReadState, TagOrigin, Timestamp};

use super::{column::word, repository};
use crate::{DbError, entity::asset_tag};

repository!(
    /// Assets of the scope's workspace.
    Assets
);

/// What ingest learned of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedFile {
    pub name: String,
    pub media_type: String,
    pub placeholder: String,
    pub read_state: ReadState,
    pub reason: Option<String>,
    pub size: u64,
    pub sha256: Option<Vec<u8>>,
    /// The instant the photograph was taken, where the file says.
    pub taken_at: Option<Timestamp>,
    /// What the gallery sorts by: when it was taken, else when the file was changed.
    pub sort_at: Timestamp,
    /// `YYYY-MM` of the local date it was taken.
    pub month: String,
    pub camera: Option<String>,
    pub is_animated: bool,
    /// All metadata as JSON.
    pub metadata: String,
    pub folder_tags: Vec<String>,
    pub keywords: Vec<String>,
}

/// An asset whose original is to go to another storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovingAsset {
    pub name: String,
    /// The folders that it was dropped with.
    pub folder: Option<String>,
    pub lifecycle: Lifecycle,
    pub version: i32,
    pub sha256: Option<Vec<u8>>,
}

/// An asset that exists after an import, and its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedAsset {
    pub id: AssetId,
    pub version: i32,
}

impl Assets<'_> {
    pub async fn insert(&self, id: AssetId, file: &ImportedFile) -> Result<ImportedAsset, DbError> {
        let sql = format!(
            "insert into asset (id, workspace_id, name, lifecycle, version, media_type, \
             placeholder, read_state, reason, size, sha256, sort_at, taken_at, month, camera, \
             is_animated, metadata, file_taken_at, file_sort_at, search_text, created_at, \
             updated_at) values ($1, $2, $3, '{}', 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
             $14, $15, $11, $10, '', {now}, {now})",
            Lifecycle::Live,
            now = self.0.now()
        );
        let mut values = vec![id.0.into(), self.0.workspace()?.0.into()];
        values.extend(file_values(file));
        self.0.execute(&sql, values).await?;
        self.replace_file_tags(id, file).await?;
        Ok(ImportedAsset { id, version: 1 })
    }

    /// Makes the file the next version of an asset.
    pub async fn new_version(
        &self,
        id: AssetId,
        file: &ImportedFile,
    ) -> Result<ImportedAsset, DbError> {
        let sql = format!(
            "update asset set name = $3, media_type = $4, placeholder = $5, read_state = $6, \
             reason = $7, size = $8, sha256 = $9, sort_at = $10, taken_at = $11, month = $12, \
             camera = $13, is_animated = $14, metadata = $15, file_taken_at = $11, \
             file_sort_at = $10, version = version + 1, updated_at = {} \
             where id = $1 and workspace_id = $2 returning version",
            self.0.now()
        );
        let mut values = vec![id.0.into(), self.0.workspace()?.0.into()];
        values.extend(file_values(file));
        let row = self
            .0
            .row(&sql, values)
            .await?
            .ok_or_else(|| DbError::not_found("asset", id))?;
        self.replace_file_tags(id, file).await?;
        Ok(ImportedAsset {
            id,
            version: row.try_get("", "version")?,
        })
    }

    /// Takes over another name and other folders; the content is the same.
    pub async fn moved(&self, id: AssetId, file: &ImportedFile) -> Result<ImportedAsset, DbError> {
        let sql = format!(
            "update asset set name = $3, updated_at = {} \
             where id = $1 and workspace_id = $2 returning version",
            self.0.now()
        );
        let row = self
            .0
            .row(
                &sql,
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    file.name.clone().into(),
                ],
            )
            .await?
            .ok_or_else(|| DbError::not_found("asset", id))?;
        self.replace_file_tags(id, file).await?;
        Ok(ImportedAsset {
            id,
            version: row.try_get("", "version")?,
        })
    }

    /// Takes over what the file says about itself, read again; the content is the same.
    pub async fn reread(&self, id: AssetId, file: &ImportedFile) -> Result<(), DbError> {
        let sql = format!(
            "update asset set camera = $3, metadata = $4, file_taken_at = $5, file_sort_at = $6, \
             updated_at = {} where id = $1 and workspace_id = $2",
            self.0.now()
        );
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            file.camera.clone().into(),
            file.metadata.clone().into(),
            file.taken_at.map(Timestamp::micros).into(),
            file.sort_at.micros().into(),
        ];
        if self.0.execute(&sql, values).await? == 0 {
            return Err(DbError::not_found("asset", id));
        }
        self.replace_file_tags(id, file).await
    }

    /// Remembers the folders that a file lay in before it came here. Search finds them.
    pub async fn set_folder(&self, id: AssetId, folder: &str) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "update asset set folder = $3 where id = $1 and workspace_id = $2",
                [id.0.into(), workspace.0.into(), folder.into()],
            )
            .await?;
        self.0.edits().refresh(&[id]).await
    }

    /// Returns an asset of the workspace with this content: the oldest one that is live.
    pub async fn find_with_content(&self, sha256: &[u8]) -> Result<Option<AssetId>, DbError> {
        let row = self
            .0
            .row(
                "select id from asset where workspace_id = $1 and sha256 = $2 \
                 and lifecycle = 'live' order by created_at, id limit 1",
                [self.0.workspace()?.0.into(), sha256.to_vec().into()],
            )
            .await?;
        row.map(|row| Ok(row.try_get::<uuid::Uuid>("", "id")?.into()))
            .transpose()
    }

    /// Returns the name of an asset.
    pub async fn name(&self, id: AssetId) -> Result<Option<String>, DbError> {
        let row = self
            .0
            .row(
                "select name from asset where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.map(|row| Ok(row.try_get("", "name")?)).transpose()
    }

    /// Returns the tags that an asset has of the folders that it came from.
    pub async fn folder_tags(&self, id: AssetId) -> Result<Vec<String>, DbError> {
        let rows = self
            .0
            .rows(
                "select name from asset_tag where asset_id = $1 and workspace_id = $2 \
                 and origin = $3 order by name",
                [
                    id.0.into(),
                    self.0.workspace()?.0.into(),
                    TagOrigin::Folder.as_str().into(),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get("", "name")?))
            .collect()
    }

    /// Returns version and content hash of an asset.
    pub async fn find_content(
        &self,
        id: AssetId,
    ) -> Result<Option<(i32, Option<Vec<u8>>)>, DbError> {
        let row = self
            .0
            .row(
                "select version, sha256 from asset where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.map(|row| Ok((row.try_get("", "version")?, row.try_get("", "sha256")?)))
            .transpose()
    }

    /// Returns what moving the original of an asset has to know of it, and keeps purges, holds and
    /// new versions away until the transaction ends.
    pub async fn lock_to_move(&self, id: AssetId) -> Result<Option<MovingAsset>, DbError> {
        let sql = format!(
            "select name, folder, lifecycle, version, sha256 from asset \
             where id = $1 and workspace_id = $2{}",
            self.0.dialect.lock_decision()
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let row = self.0.row(&sql, values).await?;
        row.map(|row| {
            Ok(MovingAsset {
                name: row.try_get("", "name")?,
                folder: row.try_get("", "folder")?,
                lifecycle: word(&row, "asset", "lifecycle")?,
                version: row.try_get("", "version")?,
                sha256: row.try_get("", "sha256")?,
            })
        })
        .transpose()
    }

    /// Returns whether pictures of an asset are still to be made.
    pub async fn waits_for_pictures(&self, id: AssetId) -> Result<bool, DbError> {
        let sql = format!(
            "select 1 as one from asset a left join rendering r on r.asset_id = a.id \
             and r.version >= a.version where a.id = $1 and a.workspace_id = $2 \
             and a.read_state = '{}' and a.lifecycle in ('live', 'trashed') \
             and r.asset_id is null",
            ReadState::Renderable
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        Ok(self.0.row(&sql, values).await?.is_some())
    }

    /// Returns where an asset is in its life; none when there is no such asset.
    pub async fn lifecycle(&self, id: AssetId) -> Result<Option<Lifecycle>, DbError> {
        let row = self
            .0
            .row(
                "select lifecycle from asset where id = $1 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.map(|row| word(&row, "asset", "lifecycle")).transpose()
    }

    /// Drops a live asset from the library with all that is known of it; nothing outside the
    /// database is touched. False when it is not live or its original lies somewhere.
    pub async fn drop_missing(&self, id: AssetId) -> Result<bool, DbError> {
        let workspace = self.0.workspace()?;
        let values = || [id.0.into(), workspace.0.into()];
        let sql = format!(
            "select 1 as one from asset where id = $1 and workspace_id = $2 \
             and lifecycle = 'live' and not exists (select 1 from remote_object o \
             where o.asset_id = asset.id and o.present){}",
            self.0.dialect.lock_rows()
        );
        if self.0.row(&sql, values()).await?.is_none() {
            return Ok(false);
        }
        let pictures = self.0.pictures();
        pictures.leave("r.asset_id = $2", [id.0.into()]).await?;
        let forget = "delete from remote_object where asset_id = $1 and workspace_id = $2 \
                      and not present";
        self.0.execute(forget, values()).await?;
        let drop = "delete from asset where id = $1 and workspace_id = $2 and not exists \
                    (select 1 from remote_object o where o.asset_id = asset.id)";
        match self.0.execute(drop, values()).await? {
            1 => Ok(true),
            // It came back just now: the transaction is not to be committed.
            _ => Err(DbError::LeaseLost {
                what: format!("asset {id}"),
            }),
        }
    }

    /// Deletes assets of the workspace that no storage knows any more, at most `limit`.
    pub async fn delete_of_storage(
        &self,
        storage: stowage_domain::StorageId,
    ) -> Result<u64, DbError> {
        const ONLY_THERE: &str = "in (select asset_id from remote_object where storage_id = $2) \
             and not exists (select 1 from remote_object o where o.asset_id = ";
        let workspace = self.0.workspace()?;
        let left = format!("r.asset_id {ONLY_THERE} r.asset_id and o.storage_id <> $2)");
        self.0.pictures().leave(&left, [storage.0.into()]).await?;
        let sql = format!(
            "delete from asset where workspace_id = $1 and id {ONLY_THERE} asset.id \
             and o.storage_id <> $2)"
        );
        let values = [workspace.0.into(), storage.0.into()];
        self.0.execute(&sql, values).await
    }

    async fn replace_file_tags(&self, id: AssetId, file: &ImportedFile) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "delete from asset_tag where asset_id = $1 and origin <> 'person'",
                [id.0.into()],
            )
            .await?;
        let tags = file
            .folder_tags
            .iter()
            .map(|name| (name, TagOrigin::Folder))
            .chain(file.keywords.iter().map(|name| (name, TagOrigin::Keyword)));
        let mut seen = std::collections::BTreeSet::new();
        let rows: Vec<_> = tags
            .filter(|(name, origin)| seen.insert(((*name).clone(), origin.as_str())))
            .map(|(name, origin)| asset_tag::ActiveModel {
                asset_id: Set(id.0),
                name: Set(name.clone()),
                origin: Set(origin.as_str().to_owned()),
                workspace_id: Set(workspace.0),
            })
            .collect();
        if !rows.is_empty() {
            asset_tag::Entity::insert_many(rows)
                .exec_without_returning(&self.0.inner)
                .await?;
        }
        self.0.edits().refresh(&[id]).await
    }
}

/// The values of `$3` to `$15`.
fn file_values(file: &ImportedFile) -> [sea_orm::Value; 13] {
    [
        file.name.clone().into(),
        file.media_type.clone().into(),
        file.placeholder.clone().into(),
        file.read_state.as_str().into(),
        file.reason.clone().into(),
        (file.size as i64).into(),
        file.sha256.clone().into(),
        file.sort_at.micros().into(),
        file.taken_at.map(Timestamp::micros).into(),
        file.month.clone().into(),
        file.camera.clone().into(),
        file.is_animated.into(),
        file.metadata.clone().into(),
    ]
}
