//! `DELETE /workspaces/{workspace_id}/storages/{storage_id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use stowage_db::{
    Database, DbError,
    repo::{AuditEntry, StorageUpdate},
};
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids, Permission, StorageId};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use stowage_rpc::ErrorCode;
use tracing::info;
use utoipa::{IntoParams, ToSchema};

use super::find;
use crate::{
    connector::{Connector, ConnectorError},
    extract::{
        Member, MemberError, Path, PathError, Query, QueryError, Refused, StoragePath,
        WorkspacePath,
    },
    problem::{Kind, kinds, route_error},
};

/// What becomes of the storage's assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Entries {
    /// They stay, marked: the storage is switched off and its credentials are forgotten.
    Keep,
    /// Those that no other storage has are forgotten, and so is the storage.
    Drop,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteQuery {
    /// What becomes of the storage's assets. Files in the storage are not touched either way.
    #[param(inline)]
    entries: Entries,
}

route_error! {
    /// What removing a storage answers when it does not.
    RouteError, after [MemberError, PathError, QueryError],
    from [Refused, DbError, ConnectorError] {
        NoStorage = kinds::NO_STORAGE,
        Held = Kind::named(
            ErrorCode::Conflict, "held", "A legal hold keeps entries of this storage"
        ),
    }
}

/// Remove a storage. Nothing that lies in it is touched.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/storages/{storage_id}",
    tag = "storages",
    operation_id = "delete_storage",
    params(WorkspacePath, StoragePath, DeleteQuery),
    responses((status = 204, description = "It is removed, or disconnected for good"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    State(connector): State<Connector>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<StoragePath>,
    Query(query): Query<DeleteQuery>,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = StorageId(path.storage_id);
    let tx = db.read_in(workspace).await?;
    let row = find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    if query.entries == Entries::Drop && tx.holds().holds_storage(id).await? {
        return Err(RouteError::Held);
    }
    drop(tx);

    // First the credentials: when this fails, all is as it was.
    connector.disconnect(workspace, id).await?;

    let tx = db.begin_in(workspace).await?;
    let dropped = match query.entries {
        Entries::Keep => {
            let off = StorageUpdate {
                is_on: Some(false),
                ..StorageUpdate::default()
            };
            tx.storages().update(id, &off).await?;
            tx.external_ops().cancel_of(id).await?;
            tx.transfers().cancel_from(id).await?;
            0
        }
        Entries::Drop => {
            tx.transfers().cancel_from(id).await?;
            let assets = tx.assets().delete_of_storage(id).await?;
            tx.storages().delete(id).await?;
            info!(
                storage.id = %id,
                asset.count = assets,
                user.id = %member.user,
                "removed storage {id} and {assets} assets"
            );
            assets
        }
    };
    let entry = AuditEntry {
        actor: Actor::User(member.user),
        action: AuditAction::StorageRemoved,
        subject: AuditSubject::Storage,
        subject_id: id.0,
        detail: json!({ "name": row.name, "entries": query.entries, "assets_dropped": dropped }),
    };
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit().await?;
    announce(&*bus, workspace, Topic::Storage, id).await;
    Ok(StatusCode::NO_CONTENT)
}
