//! `GET /workspaces/{workspace_id}/migrations/{migration_id}`

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{MigrationId, Permission};

use super::{Migration, NO_MIGRATION};
use crate::{
    extract::{Json, Member, MemberError, MigrationPath, Path, PathError, Refused, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What showing a migration answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoMigration = NO_MIGRATION,
    }
}

/// Show how far a migration is.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/migrations/{migration_id}",
    tag = "storages",
    operation_id = "get_migration",
    params(WorkspacePath, MigrationPath),
    responses((status = 200, description = "The migration", body = Migration), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<MigrationPath>,
) -> Result<Json<Migration>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let tx = db.read_in(workspace).await?;
    let row = tx.migrations().find(MigrationId(path.migration_id)).await?;
    let row = row.ok_or(RouteError::NoMigration)?;
    Ok(Json(Migration::of(row, workspace)))
}
