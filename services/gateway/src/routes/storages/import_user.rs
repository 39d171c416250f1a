//! `PUT /workspaces/{workspace_id}/storages/{storage_id}/import-user`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use stowage_db::{Database, DbError, Tx, repo::AuditEntry};
use stowage_domain::{
    Actor, AuditAction, AuditSubject, Ids, Importer, Permission, StorageId, UserId,
};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{acts::record, find, find_view, view::Storage};
use crate::{
    extract::{
        Json, JsonError, Member, MemberError, Path, PathError, Refused, StoragePath, WorkspacePath,
    },
    problem::{Fields, kinds, route_error},
};

/// Under whom a storage's new files come into the library.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportUserChoice {
    /// An administrator or owner of the workspace; null for the system.
    user_id: Option<Uuid>,
}

route_error! {
    /// What naming an import user answers when it does not.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, Fields, DbError] {
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Choose under whom a storage's new files come into the library. What is there stays as it is.
///
/// When that user may no longer administer, imports go on under the system, and the storage says so.
#[utoipa::path(
    put,
    path = "/workspaces/{workspace_id}/storages/{storage_id}/import-user",
    tag = "storages",
    operation_id = "set_import_user",
    params(WorkspacePath, StoragePath),
    request_body = ImportUserChoice,
    responses((status = 200, description = "The storage as it is now", body = Storage), RouteError)
)]
pub(crate) async fn set(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<StoragePath>,
    Json(choice): Json<ImportUserChoice>,
) -> Result<Json<Storage>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = StorageId(path.storage_id);
    let user = choice.user_id.map(UserId);
    let tx = db.begin_in(workspace).await?;
    find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    check(&tx, user).await?;
    tx.importers().set(id, user).await?;
    let storage = find_view(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    let detail = json!({ "import_user_id": choice.user_id, "import_user": storage.importer() });
    let acts = vec![(AuditAction::ImportUserChosen, detail)];
    record(&tx, &*ids, &member, id, acts).await?;
    tx.commit().await?;
    announce(&*bus, workspace, Topic::Storage, id).await;
    Ok(Json(storage))
}

async fn check(tx: &Tx, user: Option<UserId>) -> Result<(), RouteError> {
    let Some(user) = user else { return Ok(()) };
    let role = tx.members().find(user).await?.map(|found| found.role);
    match Importer::of(Some(user), role) {
        Importer::Lost(_) => {
            let wrong = "must be an administrator or owner of the workspace";
            Err(Fields::one("user_id", wrong).into())
        }
        Importer::User(_) | Importer::System => Ok(()),
    }
}

/// Records that storages name somebody who may no longer import, in the transaction in which they
/// lose the right.
pub(crate) async fn record_loss(
    tx: &Tx,
    ids: &dyn Ids,
    actor: Actor,
    user: UserId,
) -> Result<(), DbError> {
    for named in tx.importers().list().await? {
        if named.user != user || named.importer() != Importer::Lost(user) {
            continue;
        }
        let entry = AuditEntry {
            actor,
            action: AuditAction::ImportUserLost,
            subject: AuditSubject::Storage,
            subject_id: named.storage.0,
            detail: json!({ "import_user_id": user, "import_user": named.name }),
        };
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    Ok(())
}
