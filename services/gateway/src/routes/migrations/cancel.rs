//! `POST /workspaces/{workspace_id}/migrations/{migration_id}/cancel`

use std::sync::Arc;

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, Ids, MigrationId, MigrationState, Permission};

use super::{Migration, NO_MIGRATION, record};
use crate::{
    extract::{Json, Member, MemberError, MigrationPath, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
};

/// Transfers that are stopped in one transaction.
const BATCH: u32 = 500;

route_error! {
    /// What cancelling a migration answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoMigration = NO_MIGRATION,
    }
}

/// Cancel a migration. What was committed is moved; everything else stays where it is.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/migrations/{migration_id}/cancel",
    tag = "storages",
    operation_id = "cancel_migration",
    params(WorkspacePath, MigrationPath),
    responses((status = 200, description = "The migration as it is now", body = Migration), RouteError)
)]
pub(crate) async fn cancel(
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
    // First, so that nothing more is planned.
    let open = [MigrationState::Planning, MigrationState::Running];
    let to = MigrationState::Cancelled;
    if tx.migrations().become_state(id, &open, to).await? {
        let act = (AuditAction::MigrationCancelled, &row);
        record(&tx, &*ids, &member, act).await?;
    }
    tx.commit().await?;
    loop {
        let tx = db.begin_in(workspace).await?;
        let cancelled = tx.transfers().cancel_of(id, BATCH).await?;
        tx.commit().await?;
        if cancelled == 0 {
            break;
        }
    }
    let tx = db.read_in(workspace).await?;
    let row = tx.migrations().find(id).await?;
    let row = row.ok_or(RouteError::NoMigration)?;
    Ok(Json(Migration::of(row, workspace)))
}
