//! `PATCH /workspaces/{workspace_id}/storages/{storage_id}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use stowage_db::{
    Database, DbError, Tx,
    repo::{StorageRow, StorageUpdate},
};
use stowage_domain::{
    Ids, OffMeans, OnMove, OnPurge, OnReturn, Permission, PlanLimit, StorageId, StorageStatus,
};
use stowage_jobs::announce;
use stowage_proto::{event::Topic, job::ScanTrigger};
use utoipa::ToSchema;

use super::{
    acts::{acts_of, new_credentials, record},
    delivery::{CollectsMain, DeliveryPatch, collect_all, is_main},
    enqueue_scan, find, find_view,
    place::{Neighbours, Overlap, Place, neighbours},
    settings::{Credentials, Settings, check_interval, check_purge, credentials_of, settings_of},
    view::Storage,
};
use crate::{
    GatewayConfig,
    connector::{Connector, ConnectorError},
    extract::{
        Json, JsonError, Member, MemberError, Path, PathError, Refused, StoragePath, WorkspacePath,
    },
    plan::plan_of,
    problem::{Fields, kinds, route_error},
    state::Gateway,
    wire::{name_of, words},
};

/// What to change of a storage; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoragePatch {
    name: Option<String>,
    /// Off stops scans and new files; what is known stays.
    on: Option<bool>,
    #[schema(schema_with = words::on_purge, required = false)]
    on_purge: Option<OnPurge>,
    /// What becomes of an asset whose file comes back.
    #[schema(schema_with = words::on_return, required = false)]
    on_return: Option<OnReturn>,
    /// What becomes of an asset whose file is renamed or moved.
    #[schema(schema_with = words::on_move, required = false)]
    on_move: Option<OnMove>,
    /// What switching it off means for its originals.
    #[schema(schema_with = words::off_means, required = false)]
    off_means: Option<OffMeans>,
    /// Leave out files whose content the library has already. Switched off, what was left out comes
    /// in with the next scan.
    check_duplicates: Option<bool>,
    #[schema(minimum = 60, maximum = 86400)]
    scan_interval_seconds: Option<i64>,
    /// How originals come into it as the main storage, and out of it as a collector.
    delivery: Option<DeliveryPatch>,
    /// All settings of the kind: they are replaced as a whole.
    #[schema(value_type = Option<Settings>)]
    settings: Option<Value>,
    /// New credentials of the kind.
    #[schema(value_type = Option<Credentials>)]
    credentials: Option<Value>,
}

route_error! {
    /// What changing a storage answers when it does not.
    RouteError, after [MemberError, PathError, JsonError],
    from [Refused, Fields, DbError, ConnectorError, Overlap, CollectsMain, PlanLimit] {
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Change a storage. New settings or credentials are tried by a scan right away.
#[utoipa::path(
    patch,
    path = "/workspaces/{workspace_id}/storages/{storage_id}",
    tag = "storages",
    operation_id = "update_storage",
    params(WorkspacePath, StoragePath),
    request_body = StoragePatch,
    responses((status = 200, description = "The storage as it is now", body = Storage), RouteError)
)]
pub(crate) async fn update(
    State(gateway): State<Gateway>,
    State(db): State<Database>,
    State(connector): State<Connector>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<StoragePath>,
    Json(patch): Json<StoragePatch>,
) -> Result<Json<Storage>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = StorageId(path.storage_id);
    let tx = db.begin_in(workspace).await?;
    let row = find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    let credentials = patch
        .credentials
        .as_ref()
        .map(|new| credentials_of(row.kind, new))
        .transpose()?;
    let change = patch.check(&row)?;
    let collects = change
        .delivery
        .as_ref()
        .is_some_and(|new| new.moves_to_main);
    if collects && is_main(&tx, id).await? {
        return Err(CollectsMain.into());
    }
    if change.is_on == Some(true) && !row.is_on {
        refuse_beyond_plan(&tx, &gateway.config, id).await?;
    }
    tx.storages().update(id, &change).await?;
    let left_out = take_left_out(&tx, &row, &change).await?;
    record(&tx, &*ids, &member, id, acts_of(&row, &change)).await?;
    if change.settings.is_some() {
        // Another folder or bucket may answer from now on, and that is meant.
        tx.scans().forget_identity(id).await?;
        tx.storages().set_marked(id, false).await?;
        refuse_overlap(&tx, &row, &change).await?;
    }
    tx.commit().await?;

    let has_credentials = credentials.is_some();
    if let Some(credentials) = credentials
        && let Err(error) = connector.connect(workspace, id, credentials).await
    {
        let tx = db.begin_in(workspace).await?;
        let now = find(&tx, id).await?.ok_or(RouteError::NoStorage)?;
        let back = back_to(row);
        record(&tx, &*ids, &member, id, acts_of(&now, &back)).await?;
        tx.storages().update(id, &back).await?;
        tx.commit().await?;
        return Err(error.into());
    }

    let tx = db.begin_in(workspace).await?;
    if has_credentials {
        record(&tx, &*ids, &member, id, new_credentials()).await?;
    }
    let is_reconnected = change.settings.is_some() || has_credentials;
    let is_on = change.is_on.unwrap_or(row.is_on);
    let is_switched_on = is_on && !row.is_on;
    if is_on && (is_reconnected || is_switched_on) {
        tx.transfers().retry_all(Some(id)).await?;
        enqueue_scan(&tx, workspace, id, ScanTrigger::Connect, "").await?;
    }
    if is_on && left_out > 0 {
        enqueue_scan(&tx, workspace, id, ScanTrigger::Request, "").await?;
    }
    if collects && is_on && !row.delivery.moves_to_main {
        collect_all(&tx, id).await?;
    }
    let storage = find_view(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    tx.commit().await?;
    announce(&*gateway.bus, workspace, Topic::Storage, id).await;
    Ok(Json(storage))
}

/// Refuses to bring back a storage that was removed with its entries kept where the plan has no
/// room for it. One that is only switched off counts all the time, and may always be switched on.
async fn refuse_beyond_plan(
    tx: &Tx,
    config: &GatewayConfig,
    id: StorageId,
) -> Result<(), RouteError> {
    tx.workspaces().lock().await?;
    if tx.storages().health(id).await?.status == StorageStatus::Disconnected {
        let plan = plan_of(tx, config).await?;
        plan.may_connect(tx.plans().connected().await?)?;
    }
    Ok(())
}

/// Makes files new to the next scan that were left out as duplicates, where they are wanted now.
/// Returns how many.
async fn take_left_out(tx: &Tx, row: &StorageRow, change: &StorageUpdate) -> Result<u64, DbError> {
    let was_checked = row.behaviour.check_duplicates && !row.delivery.moves_to_main;
    if was_checked && change.check_duplicates == Some(false) {
        return tx.objects().forget_duplicates(row.id).await;
    }
    Ok(0)
}

/// Refuses settings that lead into another storage.
async fn refuse_overlap(
    tx: &Tx,
    row: &StorageRow,
    change: &StorageUpdate,
) -> Result<(), RouteError> {
    let place = Place {
        kind: row.kind,
        settings: change.settings.as_ref().unwrap_or(&row.settings),
        user: None,
        access: row.access,
    };
    match neighbours(tx, &place, Some(row.id)).await? {
        Neighbours::Overlap(overlap) => Err(overlap.into()),
        Neighbours::None | Neighbours::Former(_) => Ok(()),
    }
}

impl StoragePatch {
    fn check(&self, row: &StorageRow) -> Result<StorageUpdate, Fields> {
        let name = self.name.as_deref().map(name_of).transpose();
        if let Some(on_purge) = self.on_purge {
            check_purge(row.access, on_purge)?;
        }
        if let Some(seconds) = self.scan_interval_seconds {
            check_interval(seconds)?;
        }
        let settings = self
            .settings
            .as_ref()
            .map(|new| settings_of(row.kind, new))
            .transpose()?;
        let delivery = self
            .delivery
            .as_ref()
            .map(|patch| patch.check(row.access, &row.delivery))
            .transpose()?;
        Ok(StorageUpdate {
            name: name.map_err(|wrong| Fields::one("name", wrong))?,
            // The same settings saved again say that whatever answers there now is meant.
            settings,
            is_on: self.on,
            access: None,
            on_purge: self.on_purge,
            on_return: self.on_return,
            on_move: self.on_move,
            off_means: self.off_means,
            check_duplicates: self.check_duplicates,
            scan_interval_seconds: self.scan_interval_seconds,
            delivery,
        })
    }
}

fn back_to(row: StorageRow) -> StorageUpdate {
    StorageUpdate {
        name: Some(row.name),
        settings: Some(row.settings),
        is_on: Some(row.is_on),
        access: Some(row.access),
        on_purge: Some(row.on_purge),
        on_return: Some(row.behaviour.on_return),
        on_move: Some(row.behaviour.on_move),
        off_means: Some(row.behaviour.off_means),
        check_duplicates: Some(row.behaviour.check_duplicates),
        scan_interval_seconds: Some(row.scan_interval_seconds),
        delivery: Some(row.delivery),
    }
}
