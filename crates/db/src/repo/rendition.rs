//! What the thumbnailer makes.

use stowage_domain::{AssetId, RenditionKind};

use super::{column::word, repository};
use crate::DbError;

repository!(
    /// Renditions of the scope's workspace.
    Renditions
);

/// What a rendering needs to know of its asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToRender {
    pub version: i32,
    pub sha256: Option<Vec<u8>>,
    /// The version that is rendered already.
    pub rendered: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenditionRow {
    pub kind: RenditionKind,
    /// The key in central storage.
    pub key: String,
    pub width: u32,
    pub height: u32,
    pub size: u64,
}

/// How a rendering ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    Ready {
        /// After orientation.
        width: u32,
        height: u32,
        thumbhash: Vec<u8>,
        /// Names this content in the addresses of its renditions.
        content_key: String,
        warnings: Vec<String>,
        renditions: Vec<RenditionRow>,
    },
    Failed {
        reason: String,
    },
}

impl Renditions<'_> {
    pub async fn to_render(&self, asset: AssetId) -> Result<Option<ToRender>, DbError> {
        let row = self
            .0
            .row(
                "select a.version, a.sha256, r.version as rendered from asset a \
                 left join rendering r on r.asset_id = a.id \
                 where a.id = $1 and a.workspace_id = $2 and a.lifecycle in ('live', 'trashed')",
                [asset.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        row.map(|row| {
            Ok(ToRender {
                version: row.try_get("", "version")?,
                sha256: row.try_get("", "sha256")?,
                rendered: row.try_get("", "rendered")?,
            })
        })
        .transpose()
    }

    /// Records how the rendering of a version ended, unless a newer one is recorded. False where
    /// nothing was recorded: then its pictures are left.
    pub async fn put(
        &self,
        asset: AssetId,
        version: i32,
        outcome: &Rendered,
    ) -> Result<bool, DbError> {
        let workspace = self.0.workspace()?;
        // What is purged meanwhile gets no pictures any more.
        let sql = format!(
            "select id from asset where id = $1 and lifecycle in ('live', 'trashed'){}",
            self.0.dialect.share_rows()
        );
        if self.0.row(&sql, [asset.0.into()]).await?.is_none() {
            self.give_up(outcome).await?;
            return Ok(false);
        }
        let (state, reason, size, thumbhash, content_key, warnings) = match outcome {
            Rendered::Ready {
                width,
                height,
                thumbhash,
                content_key,
                warnings,
                ..
            } => (
                "ready",
                None,
                Some((*width as i32, *height as i32)),
                Some(thumbhash.clone()),
                Some(content_key.clone()),
                serde_json::to_string(warnings).expect("texts are plain data"),
            ),
            Rendered::Failed { reason } => (
                "failed",
                Some(reason.clone()),
                None,
                None,
                None,
                "[]".to_owned(),
            ),
        };
        let former = "r.asset_id = $2 and r.version <= $3 and r.content_key <> $4";
        let now_shown = content_key.clone().unwrap_or_default();
        let values = [asset.0.into(), version.into(), now_shown.into()];
        self.0.pictures().leave(former, values).await?;
        let sql = format!(
            "insert into rendering (asset_id, workspace_id, version, state, reason, width, height, \
             thumbhash, content_key, warnings, rendered_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, {}) \
             on conflict (asset_id) do update set version = excluded.version, \
             state = excluded.state, reason = excluded.reason, width = excluded.width, \
             height = excluded.height, thumbhash = excluded.thumbhash, \
             content_key = excluded.content_key, warnings = excluded.warnings, \
             rendered_at = excluded.rendered_at where rendering.version <= excluded.version",
            self.0.now()
        );
        let written = self
            .0
            .execute(
                &sql,
                [
                    asset.0.into(),
                    workspace.0.into(),
                    version.into(),
                    state.into(),
                    reason.into(),
                    size.map(|size| size.0).into(),
                    size.map(|size| size.1).into(),
                    thumbhash.into(),
                    content_key.into(),
                    warnings.into(),
                ],
            )
            .await?;
        if written == 0 {
            self.give_up(outcome).await?;
            return Ok(false);
        }
        if let Rendered::Ready { content_key, .. } = outcome {
            self.0.pictures().keep(content_key).await?;
        }
        self.0
            .execute(
                "delete from rendition where asset_id = $1",
                [asset.0.into()],
            )
            .await?;
        if let Rendered::Ready { renditions, .. } = outcome {
            for rendition in renditions {
                self.insert(asset, rendition).await?;
            }
        }
        Ok(true)
    }

    /// Leaves pictures that were made and may not be recorded: their work was given to another, or
    /// their asset is out of the library.
    pub async fn give_up(&self, outcome: &Rendered) -> Result<(), DbError> {
        match outcome {
            Rendered::Ready { content_key, .. } => {
                self.0.pictures().leave_content(content_key).await
            }
            Rendered::Failed { .. } => Ok(()),
        }
    }

    async fn insert(&self, asset: AssetId, rendition: &RenditionRow) -> Result<(), DbError> {
        self.0
            .execute(
                "insert into rendition (asset_id, kind, workspace_id, object_key, width, height, \
                 size) values ($1, $2, $3, $4, $5, $6, $7)",
                [
                    asset.0.into(),
                    rendition.kind.as_str().into(),
                    self.0.workspace()?.0.into(),
                    rendition.key.clone().into(),
                    (rendition.width as i32).into(),
                    (rendition.height as i32).into(),
                    (rendition.size as i64).into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Lists the renditions of an asset.
    pub async fn list(&self, asset: AssetId) -> Result<Vec<RenditionRow>, DbError> {
        let rows = self
            .0
            .rows(
                "select kind, object_key, width, height, size from rendition \
                 where asset_id = $1 and workspace_id = $2 order by width",
                [asset.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(RenditionRow {
                    kind: word(row, "rendition", "kind")?,
                    key: row.try_get("", "object_key")?,
                    width: row.try_get::<i32>("", "width")? as u32,
                    height: row.try_get::<i32>("", "height")? as u32,
                    size: row.try_get::<i64>("", "size")? as u64,
                })
            })
            .collect()
    }
}
