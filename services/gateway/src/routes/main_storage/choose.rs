//! `PUT /workspaces/{workspace_id}/main-storage`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use stowage_db::{Database, DbError, Tx, repo::ChosenMain};
use stowage_domain::{
    AuditAction, AuditSubject, Ids, NotMain, Permission, Placing, StorageId, TransferKind,
    effective_main, may_be_main,
};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use stowage_rpc::ErrorCode;
use tracing::info;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MainStorage, view};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    plan::EXTERNAL,
    problem::{Kind, kinds, route_error},
    routes::storages::{
        find,
        place::{Neighbours, Overlap, Place, neighbours},
    },
};

/// Transfers that are sent elsewhere in one transaction.
const BATCH: u32 = 500;

/// Which storage new originals are to go to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChooseMain {
    /// A storage of the workspace that may be written to; null for central storage.
    #[serde(deserialize_with = "Option::deserialize")]
    storage_id: Option<Uuid>,
}

route_error! {
    /// Why a storage does not become the main storage.
    RouteError, after [MemberError, JsonError], from [Refused, DbError, Overlap] {
        NoStorage = kinds::NO_STORAGE,
        NotInPlan = EXTERNAL,
        ReadOnly = Kind::named(
            ErrorCode::Conflict,
            "main-read-only",
            "The storage was connected read-only; connect it again with write access",
        ),
        Off = Kind::named(
            ErrorCode::Conflict, "main-off", "The storage is switched off; switch it on first"
        ),
        Disconnected = Kind::named(
            ErrorCode::Conflict,
            "main-disconnected",
            "The storage is disconnected; enter its credentials again first",
        ),
        Collector = Kind::named(
            ErrorCode::Conflict,
            "main-is-collector",
            "The files of this storage are moved to the main storage; it cannot be that itself",
        ),
    }
}

/// Choose where new originals go from now on. What is there already stays where it is; what is
/// being sent keeps the storage that it was announced for, and goes to the new one only where the
/// former is off, disconnected, no longer writable or not in the plan any more.
#[utoipa::path(
    put,
    path = "/workspaces/{workspace_id}/main-storage",
    tag = "storages",
    operation_id = "choose_main_storage",
    params(WorkspacePath),
    request_body = ChooseMain,
    responses((status = 200, description = "Where new originals go", body = MainStorage), RouteError)
)]
pub(crate) async fn choose(
    State(db): State<Database>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(body): Json<ChooseMain>,
) -> Result<Json<MainStorage>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let new = body.storage_id.map(StorageId);
    let tx = db.begin_in(workspace).await?;
    tx.workspaces().lock().await?;
    let former = tx.main_storage().chosen().await?;
    if let Some(new) = new {
        check(&tx, new).await?;
    }
    tx.main_storage().choose(new).await?;
    let former_id = former.as_ref().map(|former| former.storage.id);
    if former_id != new {
        let central = tx.storages().ensure_central().await?;
        let detail = json!({
            "from": former_id.unwrap_or(central),
            "from_name": former.as_ref().map(|former| &former.storage.name),
        });
        let subject = (AuditSubject::Storage, new.unwrap_or(central).0);
        let entry = member.act(AuditAction::MainStorageChosen, subject, detail);
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    tx.commit().await?;
    if former_id != new {
        let chosen = new.map_or_else(|| "central storage".to_owned(), |id| id.to_string());
        info!(user.id = %member.user, "new originals go to {chosen}");
    }

    if let Some(former) = former.filter(|former| Some(former.storage.id) != new) {
        let placing = effective_main(Some(former.facts()));
        if placing != Placing::Main {
            redirect(&db, &*ids, &former, new).await?;
        }
        announce(&*bus, workspace, Topic::Storage, former.storage.id).await;
    }
    if let Some(new) = new {
        announce(&*bus, workspace, Topic::Storage, new).await;
    }
    let tx = db.read_in(workspace).await?;
    Ok(Json(view(&tx).await?))
}

async fn check(tx: &Tx, id: StorageId) -> Result<(), RouteError> {
    find(tx, id).await?.ok_or(RouteError::NoStorage)?;
    let chosen = tx.main_storage().stands(id).await?;
    let chosen = chosen.ok_or(RouteError::NoStorage)?;
    let row = &chosen.storage;
    may_be_main(chosen.facts(), row.delivery.moves_to_main).map_err(|why| match why {
        NotMain::ReadOnly => RouteError::ReadOnly,
        NotMain::Off => RouteError::Off,
        NotMain::Disconnected => RouteError::Disconnected,
        NotMain::Collector => RouteError::Collector,
        NotMain::NotInPlan => RouteError::NotInPlan,
    })?;
    let place = Place {
        kind: row.kind,
        settings: &row.settings,
        user: None,
        access: row.access,
    };
    match neighbours(tx, &place, Some(id)).await? {
        Neighbours::Overlap(overlap) => Err(overlap.into()),
        Neighbours::None | Neighbours::Former(_) => Ok(()),
    }
}

/// Sends what could not be delivered to a storage that is away to the one that was chosen instead;
/// where that is central storage, it is there already.
async fn redirect(
    db: &Database,
    ids: &dyn Ids,
    former: &ChosenMain,
    new: Option<StorageId>,
) -> Result<(), DbError> {
    let storage = &former.storage;
    loop {
        let tx = db.begin_in(storage.workspace).await?;
        let open = tx.transfers().open_to(storage.id, BATCH).await?;
        let mut moved = 0;
        for row in open.iter().filter(|row| row.kind == TransferKind::Deliver) {
            moved += u32::from(tx.transfers().redirect(row, ids.next().into(), new).await?);
        }
        tx.commit().await?;
        if moved < BATCH {
            return Ok(());
        }
    }
}
