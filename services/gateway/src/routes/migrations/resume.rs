//! `POST /workspaces/{workspace_id}/migrations/{migration_id}/resume`

use std::sync::Arc;

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, Ids, MigrationId, MigrationState, Permission};

use super::{Migration, NO_MIGRATION, plan, record};
use crate::{
    extract::{Json, Member, MemberError, MigrationPath, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What going on with a migration answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoMigration = NO_MIGRATION,
    }
}

/// Go on with a migration that was cancelled or left something behind: whatever still lies in its
/// source is put on the ledger again.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/migrations/{migration_id}/resume",
    tag = "storages",
    operation_id = "resume_migration",
    params(WorkspacePath, MigrationPath),
    responses((status = 200, description = "The migration as it is now", body = Migration), RouteError)
)]
pub(crate) async fn resume(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<MigrationPath>,
) -> Result<Json<Migration>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = MigrationId(path.migration_id);
    let tx = db.begin_in(workspace).await?;
    let row = tx.migrations().find(id).await?;
    let row = row.ok_or(RouteError::NoMigration)?;
    let from = [
        MigrationState::Running,
        MigrationState::Done,
        MigrationState::Cancelled,
    ];
    let to = MigrationState::Planning;
    if tx.migrations().become_state(id, &from, to).await? {
        plan(&tx, id, row.source).await?;
        let act = (AuditAction::MigrationResumed, &row);
        record(&tx, &*ids, &member, act).await?;
        tx.transfers().retry_all(Some(row.target)).await?;
    }
    let row = tx.migrations().find(id).await?;
    let row = row.ok_or(RouteError::NoMigration)?;
    tx.commit().await?;
    Ok(Json(Migration::of(row, workspace)))
}
