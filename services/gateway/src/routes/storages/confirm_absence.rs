//! `POST /workspaces/{workspace_id}/storages/{storage_id}/confirm-absence`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use stowage_db::{Database, DbError, repo::AuditEntry};
use stowage_domain::{
    Actor, AuditAction, AuditSubject, Ids, Permission, StorageId,
    scan::{Hold, HoldState},
};
use stowage_jobs::{Bus, announce};
use stowage_proto::{event::Topic, job::ScanTrigger};
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;

use super::{enqueue_scan, find, find_view, view::Storage};
use crate::{
    extract::{
        Json, JsonError, Member, MemberError, Path, PathError, Refused, StoragePath, WorkspacePath,
    },
    problem::{Kind, kinds, route_error},
};

/// Which absence is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmAbsence {
    /// How many files are gone, as `hold` of the storage says.
    absent: u64,
}

route_error! {
    /// What confirming an absence answers when it does not.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, DbError] {
        NoStorage = kinds::NO_STORAGE,
        NothingAsked = Kind::named(
            ErrorCode::Conflict,
            "no-such-absence",
            "The storage waits for no such confirmation; look at how it stands now",
        ),
    }
}

/// Confirm that many files which vanished from a storage are meant to be gone.
///
/// Asked for only where the storage cannot prove that it is the place it was. The next clean scan
/// that misses the same files marks them; no asset leaves the library.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/storages/{storage_id}/confirm-absence",
    tag = "storages",
    operation_id = "confirm_absence",
    params(WorkspacePath, StoragePath),
    request_body = ConfirmAbsence,
    responses((status = 200, description = "The storage; a scan is queued", body = Storage), RouteError)
)]
pub(crate) async fn confirm(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<StoragePath>,
    Json(request): Json<ConfirmAbsence>,
) -> Result<Json<Storage>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = StorageId(path.storage_id);
    let tx = db.begin_in(workspace).await?;
    find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    let asked = tx
        .scans()
        .hold(id)
        .await?
        .filter(|hold| hold.state == HoldState::Asking && hold.absent.count == request.absent);
    let asked = asked.ok_or(RouteError::NothingAsked)?;
    let confirmed = Hold {
        state: HoldState::Confirmed,
        ..asked
    };
    if !tx.scans().replace_hold(id, &asked, &confirmed).await? {
        return Err(RouteError::NothingAsked);
    }
    let entry = AuditEntry {
        actor: Actor::User(member.user),
        action: AuditAction::AbsenceConfirmed,
        subject: AuditSubject::Storage,
        subject_id: id.0,
        detail: json!({ "absent": asked.absent.count, "objects": asked.objects }),
    };
    tx.audit().record(ids.next().into(), &entry).await?;
    enqueue_scan(&tx, workspace, id, ScanTrigger::Recheck, "").await?;
    let storage = find_view(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    tx.commit().await?;
    announce(&*bus, workspace, Topic::Storage, id).await;
    Ok(Json(storage))
}
