//! Links that let somebody into a workspace, found by the hash of their token.

use sea_orm::QueryResult;
use stowage_domain::{InvitationId, Role, Timestamp, UserId, WorkspaceId};
use uuid::Uuid;

use super::{column::word, repository};
use crate::DbError;

repository!(
    /// Invitations that nobody has used yet.
    Invitations
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub workspace: WorkspaceId,
    pub workspace_name: String,
    pub role: Role,
    /// Whom it is for, in the words of who made it.
    pub note: String,
    pub created_by: UserId,
    pub inviter: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

const SELECT: &str = "select i.id, i.workspace_id, w.name as workspace_name, i.role, i.note, \
     i.created_by, u.name as inviter, i.created_at, i.expires_at \
     from invitation i join workspace w on w.id = i.workspace_id \
     join user_account u on u.id = i.created_by";

impl Invitations<'_> {
    /// Adds one to the workspace of the scope, and forgets those that are over.
    pub async fn insert(&self, row: &InvitationRow, token_hash: &[u8]) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let sql = format!(
            "delete from invitation where workspace_id = $1 and expires_at <= {}",
            self.0.now()
        );
        self.0.execute(&sql, [workspace.0.into()]).await?;
        self.0
            .execute(
                "insert into invitation (id, workspace_id, token_hash, role, note, created_by, \
                 created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                [
                    row.id.0.into(),
                    workspace.0.into(),
                    token_hash.to_vec().into(),
                    row.role.as_str().into(),
                    row.note.clone().into(),
                    row.created_by.0.into(),
                    row.created_at.micros().into(),
                    row.expires_at.micros().into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Lists those of the workspace that can still be used, the newest first.
    pub async fn list(&self) -> Result<Vec<InvitationRow>, DbError> {
        let sql = format!(
            "{SELECT} where i.workspace_id = $1 and i.expires_at > {} \
             order by i.created_at desc, i.id desc limit 1000",
            self.0.now()
        );
        let workspace = self.0.workspace()?;
        let rows = self.0.rows(&sql, [workspace.0.into()]).await?;
        rows.iter().map(invitation).collect()
    }

    pub async fn find(&self, id: InvitationId) -> Result<Option<InvitationRow>, DbError> {
        let sql = format!("{SELECT} where i.workspace_id = $1 and i.id = $2");
        let workspace = self.0.workspace()?;
        let row = self.0.row(&sql, [workspace.0.into(), id.0.into()]).await?;
        row.as_ref().map(invitation).transpose()
    }

    /// Returns the one with this token, unless it is over.
    pub async fn find_by_token(&self, hash: &[u8]) -> Result<Option<InvitationRow>, DbError> {
        let sql = format!(
            "{SELECT} where i.token_hash = $1 and i.expires_at > {}",
            self.0.now()
        );
        let row = self.0.row(&sql, [hash.to_vec().into()]).await?;
        row.as_ref().map(invitation).transpose()
    }

    /// Uses an invitation up, or takes it back; false when another did so before.
    pub async fn delete(&self, id: InvitationId) -> Result<bool, DbError> {
        let workspace = self.0.workspace()?;
        let deleted = self
            .0
            .execute(
                "delete from invitation where workspace_id = $1 and id = $2",
                [workspace.0.into(), id.0.into()],
            )
            .await?;
        Ok(deleted == 1)
    }

    /// Takes back everything that somebody handed out in this workspace.
    pub async fn delete_of(&self, user: UserId) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        self.0
            .execute(
                "delete from invitation where workspace_id = $1 and created_by = $2",
                [workspace.0.into(), user.0.into()],
            )
            .await?;
        Ok(())
    }
}

fn invitation(row: &QueryResult) -> Result<InvitationRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let workspace: Uuid = row.try_get("", "workspace_id")?;
    let created_by: Uuid = row.try_get("", "created_by")?;
    Ok(InvitationRow {
        id: id.into(),
        workspace: workspace.into(),
        workspace_name: row.try_get("", "workspace_name")?,
        role: word(row, "invitation", "role")?,
        note: row.try_get("", "note")?,
        created_by: created_by.into(),
        inviter: row.try_get("", "inviter")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        expires_at: Timestamp(row.try_get("", "expires_at")?),
    })
}
