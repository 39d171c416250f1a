//! `POST /workspaces/{workspace_id}/storages`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde_json::{Value, json};
use stowage_db::{
    Database, DbError, Tx,
    repo::{self, StorageUpdate},
};
use stowage_domain::{
    Access, AuditAction, Clock, Ids, Permission, PlanLimit, StorageId, WorkspaceId,
};
use stowage_jobs::{Bus, announce};
use stowage_proto::{event::Topic, job::ScanTrigger, storage::MarkOutcome};
use tracing::{info, warn};

use super::{
    acts::{Act, acts_of, record},
    delivery::{CollectsMain, collect_all, is_main},
    enqueue_scan, find, find_view,
    place::{Foreign, Neighbours, Overlap, Place, neighbours},
    settings::{Checked, NewStorage},
    view::Storage,
};
use crate::{
    GatewayConfig,
    connector::{Connector, ConnectorError},
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    plan::plan_of,
    problem::{Fields, kinds, route_error},
    state::Gateway,
};

route_error! {
    /// What connecting a storage answers when it does not.
    RouteError, after [MemberError, JsonError],
    from [Refused, Fields, DbError, ConnectorError, Overlap, Foreign, CollectsMain, PlanLimit] {
        /// Somebody removed it while it was being connected.
        NoStorage = kinds::NO_STORAGE,
    }
}

/// Connect a storage. It is not tested first; what is wrong with it shows when it is scanned.
///
/// The place of a storage that was removed with its entries kept becomes that storage again. A
/// place that belongs to another library, or that overlaps another storage where one of the two is
/// written to, is refused, and so is one more than the plan allows.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/storages",
    tag = "storages",
    operation_id = "create_storage",
    params(WorkspacePath),
    request_body = NewStorage,
    responses(
        (status = 201, description = "The storage; its first scan is queued", body = Storage),
        RouteError,
    )
)]
pub(crate) async fn create(
    State(gateway): State<Gateway>,
    State(db): State<Database>,
    State(connector): State<Connector>,
    State(bus): State<Arc<dyn Bus>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(new): Json<NewStorage>,
) -> Result<(StatusCode, Json<Storage>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let new = new.check()?;
    let connecting = Connecting {
        db: &db,
        config: &gateway.config,
        connector: &connector,
        workspace,
        new: &new,
    };
    let (id, is_former) = connecting
        .connect(ids.next().into(), &*gateway.clock)
        .await?;

    let tx = db.begin_in(workspace).await?;
    let acts = settle(&tx, id, &new, is_former).await?;
    record(&tx, &*ids, &member, id, acts).await?;
    // What waits for a storage that is back goes on.
    tx.transfers().retry_all(Some(id)).await?;
    enqueue_scan(&tx, workspace, id, ScanTrigger::Connect, "").await?;
    let storage = find_view(&tx, id).await?.ok_or(RouteError::NoStorage)?;
    tx.commit().await?;
    announce(&*bus, workspace, Topic::Storage, id).await;
    info!(storage.id = %id, storage.kind = %new.kind, user.id = %member.user, "connected storage {id}");
    Ok((StatusCode::CREATED, Json(storage)))
}

/// Sets how originals come into a storage that was just connected and out of it. Returns what there
/// is to record of it.
async fn settle(
    tx: &Tx,
    id: StorageId,
    new: &Checked,
    is_former: bool,
) -> Result<Vec<Act>, RouteError> {
    let connected = json!({
        "name": new.name,
        "kind": new.kind,
        "access": new.access,
        "on_purge": new.on_purge,
        "reconnected": is_former,
        "taken_over": new.take_over,
    });
    let mut acts = vec![(AuditAction::StorageConnected, connected)];
    let Some(patch) = &new.delivery else {
        return Ok(acts);
    };
    let row = find(tx, id).await?.ok_or(RouteError::NoStorage)?;
    let delivery = patch.check(row.access, &row.delivery)?;
    if delivery.moves_to_main {
        if is_main(tx, id).await? {
            return Err(CollectsMain.into());
        }
        collect_all(tx, id).await?;
    }
    let change = StorageUpdate {
        delivery: Some(delivery),
        ..StorageUpdate::default()
    };
    acts.extend(acts_of(&row, &change));
    tx.storages().update(id, &change).await?;
    Ok(acts)
}

/// A storage on its way in.
struct Connecting<'a> {
    db: &'a Database,
    config: &'a GatewayConfig,
    connector: &'a Connector,
    workspace: WorkspaceId,
    new: &'a Checked,
}

impl Connecting<'_> {
    /// Connects the place under `id`, or as the storage that it was before. Says which, and whether
    /// it was there before.
    async fn connect(
        &self,
        id: StorageId,
        clock: &dyn Clock,
    ) -> Result<(StorageId, bool), RouteError> {
        let tx = self.db.begin_in(self.workspace).await?;
        // One at a time, so that two do not both become the last that the plan allows.
        tx.workspaces().lock().await?;
        let plan = plan_of(&tx, self.config).await?;
        plan.may_connect(tx.plans().connected().await?)?;
        let user = self.user();
        let place = Place {
            kind: self.new.kind,
            settings: &self.new.settings,
            user: user.as_deref(),
            access: self.new.access,
        };
        match neighbours(&tx, &place, None).await? {
            Neighbours::Overlap(overlap) => return Err(overlap.into()),
            Neighbours::Former(former) => {
                drop(tx);
                return self.revive(former).await;
            }
            Neighbours::None => {}
        }
        tx.storages().insert(&self.row(id, clock)).await?;
        tx.commit().await?;

        // The connector seals credentials only for a storage that is there.
        let credentials = self.new.credentials.clone();
        if let Err(error) = self
            .connector
            .connect(self.workspace, id, credentials)
            .await
        {
            self.forget(id).await?;
            return Err(error.into());
        }
        if self.new.access == Access::ReadOnly {
            return Ok((id, false));
        }
        self.mark(id).await
    }

    /// Puts our marker into the place, unless it says that the place is somebody's.
    async fn mark(&self, id: StorageId) -> Result<(StorageId, bool), RouteError> {
        let take_over = self.new.take_over;
        let marked = match self.connector.mark(self.workspace, id, take_over).await {
            Ok(marked) => marked,
            Err(error) => {
                // It may be saved although it does not work yet: the first scan marks it.
                warn!(storage.id = %id, %error, "could not mark storage {id}");
                return Ok((id, false));
            }
        };
        match marked.outcome() {
            MarkOutcome::Foreign => {
                self.forget(id).await?;
                Err(Foreign(marked.created).into())
            }
            MarkOutcome::InUse => {
                self.forget(id).await?;
                Err(self.in_use(&marked.storage_id).await?.into())
            }
            MarkOutcome::Former => {
                self.forget(id).await?;
                let former = marked.storage_id.parse();
                self.revive(former.map_err(|_| RouteError::NoStorage)?)
                    .await
            }
            MarkOutcome::Marked | MarkOutcome::Unmarked | MarkOutcome::Unspecified => {
                Ok((id, false))
            }
        }
    }

    /// Makes a storage that was removed with its entries kept a storage again.
    async fn revive(&self, id: StorageId) -> Result<(StorageId, bool), RouteError> {
        let new = self.new;
        let tx = self.db.begin_in(self.workspace).await?;
        let update = StorageUpdate {
            name: Some(new.name.clone()),
            settings: Some(new.settings.clone()),
            is_on: Some(true),
            access: Some(new.access),
            on_purge: Some(new.on_purge),
            on_return: Some(new.behaviour.on_return),
            on_move: Some(new.behaviour.on_move),
            off_means: Some(new.behaviour.off_means),
            check_duplicates: Some(new.behaviour.check_duplicates),
            scan_interval_seconds: Some(new.scan_interval_seconds),
            delivery: None,
        };
        tx.storages().update(id, &update).await?;
        tx.storages().set_marked(id, false).await?;
        tx.scans().forget_identity(id).await?;
        tx.commit().await?;
        let credentials = new.credentials.clone();
        self.connector
            .connect(self.workspace, id, credentials)
            .await?;
        Ok((id, true))
    }

    async fn forget(&self, id: StorageId) -> Result<(), DbError> {
        let tx = self.db.begin_in(self.workspace).await?;
        tx.storages().delete(id).await?;
        tx.commit().await
    }

    async fn in_use(&self, id: &str) -> Result<Overlap, DbError> {
        let tx = self.db.read_in(self.workspace).await?;
        let row = match id.parse() {
            Ok(id) => find(&tx, id).await?,
            Err(_) => None,
        };
        Ok(Overlap(row.map(|row| row.name).unwrap_or_default()))
    }

    /// Who is signed in as at the place, where its kind knows users.
    fn user(&self) -> Option<String> {
        let credentials: Value = serde_json::from_str(&self.new.credentials).ok()?;
        credentials["user"].as_str().map(str::to_owned)
    }

    fn row(&self, id: StorageId, clock: &dyn Clock) -> repo::NewStorage {
        let new = self.new;
        repo::NewStorage {
            id,
            kind: new.kind,
            name: new.name.clone(),
            settings: new.settings.clone(),
            access: new.access,
            on_purge: new.on_purge,
            behaviour: new.behaviour,
            scan_interval_seconds: new.scan_interval_seconds,
            at: clock.now(),
        }
    }
}
