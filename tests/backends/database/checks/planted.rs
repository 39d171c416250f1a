//! A library in which all is well, and the hands that plant what is not.

use std::collections::BTreeSet;

use stowage_db::{
    Scope,
    check::Check,
    repo::{Items, NewBatch, NewExternalOp, NewUpload},
};
use stowage_domain::{
    AssetId, ExternalOpId, Ids, RemoteObjectId, StorageId, Timestamp, UploadId, UserId, UuidV7,
    WorkspaceId,
    purge::{DeleteHow, OpReason, OpState, PurgeOrigin},
};
use stowage_jobs::Priority;
use stowage_proto::job::{DeleteOriginal, ImportUpload};
use uuid::Uuid;

use crate::database::{World, file, object};

/// A library with one of everything that the checks look at.
pub(super) struct Planted {
    pub(super) world: World,
    pub(super) workspace: WorkspaceId,
    storage: StorageId,
    other: WorkspaceId,
}

pub(super) fn user() -> UserId {
    UuidV7.next().into()
}

impl Planted {
    pub(super) async fn new(world: World) -> Self {
        let workspace = world.workspace().await;
        let storage = world.storage(workspace).await;
        let other = world.workspace().await;
        let planted = Self {
            world,
            workspace,
            storage,
            other,
        };
        planted.live("live.jpg").await;
        planted.purging("purged.jpg").await;
        planted.upload("sent.jpg").await;
        planted.central().await;
        planted
    }

    /// An asset with its original.
    async fn live(&self, name: &str) -> (AssetId, RemoteObjectId) {
        let id: AssetId = UuidV7.next().into();
        let new = object(name);
        let tx = self.world.db.begin_in(self.workspace).await.unwrap();
        tx.assets().insert(id, &file(name, 1)).await.unwrap();
        tx.objects()
            .insert_many(self.storage, std::slice::from_ref(&new), Timestamp(1))
            .await
            .unwrap();
        tx.objects().set_imported(new.id, "1", id).await.unwrap();
        tx.commit().await.unwrap();
        (id, new.id)
    }

    /// An asset that somebody wants gone, its deletion committed and queued.
    pub(super) async fn purging(&self, name: &str) -> AssetId {
        let (asset, object) = self.live(name).await;
        let batch = NewBatch {
            id: UuidV7.next().into(),
            origin: PurgeOrigin::Person,
            by: None,
        };
        let op = NewExternalOp {
            id: ExternalOpId(UuidV7.next()),
            reason: OpReason::Purge,
            storage: self.storage,
            asset,
            object,
            path: name.to_owned(),
            revision: "1".to_owned(),
            size: 7,
            how: DeleteHow::Permanent,
            state: OpState::Intent,
            error: None,
        };
        let tx = self.world.db.begin_in(self.workspace).await.unwrap();
        tx.bin().trash(&[asset], 30, user()).await.unwrap();
        tx.purges().insert_batch(&batch).await.unwrap();
        let taken = tx
            .purges()
            .take_up(batch.id, Items::These(&[asset]), 10, Priority::Normal)
            .await
            .unwrap();
        assert_eq!(taken, [asset]);
        let clock = tx.now_is().await.unwrap();
        tx.purges().take(batch.id, asset, clock).await.unwrap();
        tx.external_ops().insert(&op).await.unwrap();
        let job = DeleteOriginal {
            external_op_id: op.id.to_string(),
        };
        tx.jobs().enqueue(&job).await.unwrap();
        tx.commit().await.unwrap();
        asset
    }

    /// An upload that is complete and queued.
    async fn upload(&self, name: &str) -> UploadId {
        let id = UploadId(UuidV7.next());
        let new = NewUpload {
            id,
            user: user(),
            name: name.to_owned(),
            folder: String::new(),
            size: 7,
            media_type: None,
            modified_at: None,
            sent_metadata: String::new(),
            target: None,
            at: Timestamp(1),
            expires_at: Timestamp(1_000),
        };
        let tx = self.world.db.begin_in(self.workspace).await.unwrap();
        tx.uploads().insert(&new).await.unwrap();
        let job = ImportUpload {
            upload_id: id.to_string(),
        };
        tx.jobs().enqueue(&job).await.unwrap();
        tx.commit().await.unwrap();
        self.run("update upload set state = 'complete'").await;
        id
    }

    /// An asset whose original lies in central storage.
    async fn central(&self) {
        let (asset, new) = (AssetId(UuidV7.next()), object("central.jpg"));
        let tx = self.world.db.begin_in(self.workspace).await.unwrap();
        let central = tx.storages().ensure_central().await.unwrap();
        tx.assets().insert(asset, &file("abc", 1)).await.unwrap();
        tx.objects()
            .insert_many(central, std::slice::from_ref(&new), Timestamp(1))
            .await
            .unwrap();
        tx.objects()
            .set_imported(new.id, &hex::encode("abc"), asset)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub(super) async fn run(&self, sql: &str) {
        self.world.rows().texts(&self.filled(sql)).await;
    }

    /// Writes `{new}`, `{workspace}`, `{other}` and `{storage}` as ids of this database.
    pub(super) fn filled(&self, sql: &str) -> String {
        let id = |id: Uuid| {
            if self.world.db.is_sqlite() {
                format!("x'{}'", id.simple())
            } else {
                format!("'{id}'")
            }
        };
        let mut sql = sql
            .replace("{workspace}", &id(self.workspace.0))
            .replace("{other}", &id(self.other.0))
            .replace("{storage}", &id(self.storage.0));
        while sql.contains("{new}") {
            sql = sql.replacen("{new}", &id(UuidV7.next()), 1);
        }
        sql
    }

    /// Takes a trigger away that refuses what is to be planted.
    pub(super) async fn without_guard(&self, name: &str, events: &[&str]) {
        if self.world.db.is_sqlite() {
            for event in events {
                self.run(&format!("drop trigger {name}_{event}")).await;
            }
        } else {
            self.run(&format!("drop trigger {name} on asset")).await;
        }
    }

    pub(super) async fn violated(&self) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        for check in Check::all() {
            let tx = self.world.db.read(Scope::System).await.unwrap();
            let count = tx.violations(check).await;
            let count = count.unwrap_or_else(|error| panic!("{}: {error}", check.name));
            if count > 0 {
                found.insert(check.name);
            }
        }
        found
    }
}
