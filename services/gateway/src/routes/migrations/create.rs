//! `POST /workspaces/{workspace_id}/migrations`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stowage_db::{Database, DbError, Tx, repo::NewMigration};
use stowage_domain::{
    Access, AuditAction, Ids, MigrationId, NotMain, Permission, StorageId, WorkspaceId, may_be_main,
};
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Migration, plan, record};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    plan::EXTERNAL,
    problem::{Fields, Kind, kinds, route_error},
    routes::storages::find,
};

/// What is to be moved, and where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMigrationRequest {
    /// Whose originals move; null for central storage.
    #[serde(deserialize_with = "Option::deserialize")]
    from_storage_id: Option<Uuid>,
    /// Where they go; null for central storage.
    #[serde(deserialize_with = "Option::deserialize")]
    to_storage_id: Option<Uuid>,
    /// Leave the files where they are, as further copies: before a storage is removed, say.
    #[serde(default)]
    leave_source: bool,
}

route_error! {
    /// Why a migration does not begin.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {
        NoStorage = kinds::NO_STORAGE,
        NotInPlan = EXTERNAL,
        CannotTake = Kind::named(
            ErrorCode::Conflict,
            "migration-target",
            "The target is read-only, off, disconnected or a collector, and takes no originals",
        ),
        CannotGive = Kind::named(
            ErrorCode::Conflict,
            "migration-source",
            "The source was connected read-only: nothing can be moved out of it, only copied",
        ),
    }
}

/// Move all originals that lie in a storage to another: each is copied, compared, and only then
/// deleted where it was, if it is still what was copied. What comes to the storage later is not
/// moved.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/migrations",
    tag = "storages",
    operation_id = "create_migration",
    params(WorkspacePath),
    request_body = NewMigrationRequest,
    responses((status = 202, description = "It begins", body = Migration), RouteError)
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(body): Json<NewMigrationRequest>,
) -> Result<(StatusCode, Json<Migration>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    if body.from_storage_id == body.to_storage_id {
        let error = "must be another storage than the source";
        return Err(Fields::one("to_storage_id", error).into());
    }
    let tx = db.begin_in(workspace).await?;
    let source = source_of(&tx, &body, workspace).await?;
    let target = target_of(&tx, &body).await?;
    let new = NewMigration {
        id: MigrationId(ids.next()),
        source,
        target,
        leaves_source: body.leave_source,
        by: member.user,
    };
    tx.migrations().insert(&new).await?;
    plan(&tx, new.id, source).await?;
    let row = tx.migrations().find(new.id).await?;
    let row = row.ok_or(RouteError::NoStorage)?;
    let act = (AuditAction::MigrationStarted, &row);
    record(&tx, &*ids, &member, act).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Migration::of(row, workspace))))
}

async fn source_of(
    tx: &Tx,
    body: &NewMigrationRequest,
    workspace: WorkspaceId,
) -> Result<StorageId, RouteError> {
    let Some(id) = body.from_storage_id.map(StorageId) else {
        tx.storages().ensure_central().await?;
        return Ok(StorageId::central_of(workspace));
    };
    let row = find(tx, id).await?.ok_or(RouteError::NoStorage)?;
    if row.access == Access::ReadOnly && !body.leave_source {
        return Err(RouteError::CannotGive);
    }
    Ok(id)
}

async fn target_of(tx: &Tx, body: &NewMigrationRequest) -> Result<StorageId, RouteError> {
    let Some(id) = body.to_storage_id.map(StorageId) else {
        return Ok(tx.storages().ensure_central().await?);
    };
    find(tx, id).await?.ok_or(RouteError::NoStorage)?;
    let chosen = tx.main_storage().stands(id).await?;
    let chosen = chosen.ok_or(RouteError::NoStorage)?;
    let collects = chosen.storage.delivery.moves_to_main;
    may_be_main(chosen.facts(), collects).map_err(|why| match why {
        NotMain::NotInPlan => RouteError::NotInPlan,
        NotMain::ReadOnly | NotMain::Off | NotMain::Disconnected | NotMain::Collector => {
            RouteError::CannotTake
        }
    })?;
    Ok(id)
}
