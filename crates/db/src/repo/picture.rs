//! Pictures that no asset shows any more, until they are taken away.

use sea_orm::Value;
use stowage_domain::{Timestamp, WorkspaceId};
use uuid::Uuid;

use super::repository;
use crate::DbError;

repository!(
    /// Pictures that were left behind. They are named by their content, which several assets of a
    /// workspace may have.
    Pictures
);

/// All pictures of one content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftPictures {
    pub workspace: WorkspaceId,
    /// Names the content in the keys of its pictures.
    pub content_key: String,
    /// When they were left, the last time.
    pub left_at: Timestamp,
}

/// Some asset `a` shows the pictures `p`, or will when it is rendered. What is being purged takes
/// its own along.
const IS_SHOWN: &str = "exists (select 1 from asset a where a.workspace_id = p.workspace_id \
     and a.sha256 = p.sha256 and a.lifecycle in ('live', 'trashed', 'purging'))";

/// Nothing goes from a workspace in which anything is under a legal hold.
const IS_HELD: &str = "exists (select 1 from legal_hold h where h.workspace_id = p.workspace_id)";

/// What the reaper has in its hands was perhaps written once more: it does so again.
const LEFT_AGAIN: &str = "on conflict (workspace_id, content_key) \
     do update set left_at = excluded.left_at";

impl Pictures<'_> {
    /// Notes that renderings `r` are about to be replaced or dropped: those for which `condition`
    /// holds, in which `$1` is the workspace and `$2` on are `values`.
    pub(super) async fn leave(
        &self,
        condition: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<(), DbError> {
        let sql = format!(
            "insert into picture_left (workspace_id, content_key, sha256, left_at) \
             select r.workspace_id, r.content_key, {}, {} from rendering r \
             where r.workspace_id = $1 and r.content_key is not null and {condition} \
             {LEFT_AGAIN}",
            self.0.dialect.bytes_of_hex("substr(r.content_key, 1, 64)"),
            self.0.now()
        );
        let mut all = vec![Value::from(self.0.workspace()?.0)];
        all.extend(values);
        self.0.execute(&sql, all).await?;
        Ok(())
    }

    /// Notes that the pictures of a content were written and nothing shows them.
    pub(super) async fn leave_content(&self, content_key: &str) -> Result<(), DbError> {
        let sql = format!(
            "insert into picture_left (workspace_id, content_key, sha256, left_at) \
             values ($1, $2, {}, {}) {LEFT_AGAIN}",
            self.0.dialect.bytes_of_hex("substr($2, 1, 64)"),
            self.0.now()
        );
        let values = [self.0.workspace()?.0.into(), content_key.into()];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Keeps the pictures of a content that an asset shows again.
    ///
    /// # Errors
    ///
    /// `Conflict` where they are being taken away just now: make them once more.
    pub(super) async fn keep(&self, content_key: &str) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let values = || [Value::from(workspace.0), content_key.into()];
        let left = format!(
            "select taken_at from picture_left where workspace_id = $1 and content_key = $2{}",
            self.0.dialect.lock_rows()
        );
        let Some(left) = self.0.row(&left, values()).await? else {
            return Ok(());
        };
        if left.try_get::<Option<i64>>("", "taken_at")?.is_some() {
            return Err(DbError::Conflict {
                constraint: format!("the pictures {content_key} are being taken away"),
            });
        }
        let keep = "delete from picture_left where workspace_id = $1 and content_key = $2";
        self.0.execute(keep, values()).await?;
        Ok(())
    }

    /// Hands out pictures of all workspaces that were left before `before`, at most `limit` contents.
    /// From then on they are the reaper's. What an asset shows again is forgotten.
    pub async fn take_reapable(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<LeftPictures>, DbError> {
        let shown = format!(
            "delete from picture_left as p where p.taken_at is null and p.left_at < $1 and {IS_SHOWN}"
        );
        self.0.execute(&shown, [before.micros().into()]).await?;
        let sql = format!(
            "update picture_left set taken_at = {} where (workspace_id, content_key) in ( \
             select p.workspace_id, p.content_key from picture_left p \
             where (p.taken_at is not null or (p.left_at < $1 and not {IS_SHOWN})) \
             and not {IS_HELD} order by p.left_at limit {limit}) \
             returning workspace_id, content_key, left_at",
            self.0.now()
        );
        let rows = self.0.rows(&sql, [before.micros().into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(LeftPictures {
                    workspace: row.try_get::<Uuid>("", "workspace_id")?.into(),
                    content_key: row.try_get("", "content_key")?,
                    left_at: Timestamp(row.try_get("", "left_at")?),
                })
            })
            .collect()
    }

    /// Forgets pictures that are gone, unless they were written again since they were handed out.
    pub async fn forget(&self, gone: &LeftPictures) -> Result<(), DbError> {
        let sql = "delete from picture_left where workspace_id = $1 and content_key = $2 \
                   and left_at = $3";
        let values = [
            gone.workspace.0.into(),
            gone.content_key.clone().into(),
            gone.left_at.micros().into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }
}
