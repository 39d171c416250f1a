//! What scans and imports would have left in the catalog.

use std::fs;

use stowage_connector_fs::{FsOptions, FsStorage};
use stowage_db::repo::{
    AuditFilter, ImportedFile, Matched, NewExternalOp, NewObject, NewScanRun, NewTransfer,
    Rendered, RenditionRow, ScanCounts, SkippedRow,
};
use stowage_domain::{
    AssetId, ExternalOpId, JobId, ReadState, RemoteObjectId, RenditionKind, RetentionBatchId,
    ScanRunId, ScanRunState, ScanTrigger, StorageId, Timestamp, TransferId, TransferKind,
    TransferTrouble, WorkspaceId,
    purge::{DeleteHow, OpReason, OpState},
    retention::BatchState,
};
use stowage_proto::job::RenderAsset;
use stowage_storage::{ObjectPath, Storage, WriteMode, bytes_of};

use crate::world::World;

/// An asset and what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) asset: AssetId,
    pub(crate) object: RemoteObjectId,
    pub(crate) revision: String,
    pub(crate) content_key: String,
}

pub(crate) const TAKEN: Timestamp = Timestamp::from_seconds(1_714_737_600); // 2024-05-03 12:00

fn imported(name: &str, bytes: &[u8], media_type: &str) -> ImportedFile {
    ImportedFile {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        placeholder: "jpeg".to_owned(),
        read_state: ReadState::Renderable,
        reason: None,
        size: bytes.len() as u64,
        sha256: Some(vec![7; 32]),
        taken_at: Some(TAKEN),
        sort_at: TAKEN,
        month: "2024-05".to_owned(),
        camera: Some("Walden 1".to_owned()),
        is_animated: false,
        metadata: r#"{"title": "A view", "iso": 200, "utc_offset_minutes": 120}"#.to_owned(),
        folder_tags: vec!["Rome".to_owned()],
        keywords: vec!["sea".to_owned()],
    }
}

impl World {
    /// Puts a file into the folder and an asset into the catalog, rendered.
    pub(crate) async fn plant(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        path: &str,
        bytes: &[u8],
        media_type: &str,
    ) -> Planted {
        let file = self.photos().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        let name = path.rsplit('/').next().unwrap();
        let object = RemoteObjectId(self.new_id());
        let asset = AssetId(self.new_id());
        // As long as a hash is, and its own.
        let content_key = format!("{0}{0}-1", asset.0.simple());
        // As the connector itself sees the file.
        let place = FsStorage::open(self.photos(), FsOptions::default()).unwrap();
        let seen = place.stat(&ObjectPath::new(path).unwrap()).await.unwrap();
        let revision = seen.revision.clone();

        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        tx.objects()
            .insert_many(storage, &[NewObject { id: object, seen }], TAKEN)
            .await
            .unwrap();
        tx.assets()
            .insert(asset, &imported(name, bytes, media_type))
            .await
            .unwrap();
        tx.objects()
            .set_imported(object, &revision, asset)
            .await
            .unwrap();
        let renditions = RenditionKind::ALL.iter().map(|kind| RenditionRow {
            kind: *kind,
            key: format!("w/{workspace}/renditions/{content_key}/{kind}.jpg"),
            width: 30,
            height: 20,
            size: 4,
        });
        let renditions: Vec<RenditionRow> = renditions.collect();
        for rendition in &renditions {
            let key = ObjectPath::new(rendition.key.clone()).unwrap();
            let write = self
                .deps
                .central
                .write(&key, 4, bytes_of("jpeg"), WriteMode::Replace);
            write.await.unwrap();
        }
        let ready = Rendered::Ready {
            width: 300,
            height: 200,
            thumbhash: vec![1, 2, 3],
            content_key: content_key.clone(),
            warnings: vec!["odd colours".to_owned()],
            renditions,
        };
        tx.renditions().put(asset, 1, &ready).await.unwrap();
        tx.commit().await.unwrap();
        Planted {
            asset,
            object,
            revision,
            content_key,
        }
    }

    /// Puts a scan that ended into the catalog.
    pub(crate) async fn plant_scan(&self, workspace: WorkspaceId, storage: StorageId) -> ScanRunId {
        let id = ScanRunId(self.new_id());
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        let run = NewScanRun {
            id,
            storage,
            trigger: ScanTrigger::Request,
            folder: String::new(),
        };
        tx.scans().start(&run).await.unwrap();
        let skipped = |number: i32| SkippedRow {
            path: format!("odd {number}"),
            reason: "a socket".to_owned(),
            asset: None,
        };
        let rows: Vec<SkippedRow> = (0..3).map(skipped).collect();
        tx.scans().add_skipped(id, 0, &rows).await.unwrap();
        let counts = ScanCounts {
            listed: 5,
            skipped: 3,
            ..ScanCounts::default()
        };
        tx.scans()
            .finish(id, &counts, ScanRunState::Complete, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Puts an original into the ledger that waits for a storage which is full.
    pub(crate) async fn plant_transfer(
        &self,
        workspace: WorkspaceId,
        target: StorageId,
        planted: &Planted,
        size: u64,
    ) -> TransferId {
        let id = TransferId(self.new_id());
        let new = NewTransfer {
            id,
            kind: TransferKind::Deliver,
            asset: planted.asset,
            version: 1,
            source_object: planted.object,
            source_storage: StorageId::central_of(workspace),
            target,
            migration: None,
            size,
            sha256: Some(vec![7; 32]),
            received_at: TAKEN,
        };
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        assert!(tx.transfers().insert(&new).await.unwrap());
        let full = (TransferTrouble::TargetFull, "the disk is full");
        let wait = std::time::Duration::from_mins(1);
        tx.transfers()
            .note_trouble(id, full, false, Some(wait))
            .await
            .unwrap();
        let transfers = tx.transfers();
        let failed = transfers.note_failure(target, full.0, full.1);
        assert_eq!(failed.await.unwrap(), 1);
        tx.transfers().leave_alone(target, wait).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Puts an original into the ledger that could not be deleted.
    pub(crate) async fn plant_lingering(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        asset: AssetId,
    ) -> ExternalOpId {
        let op = NewExternalOp {
            id: ExternalOpId(self.new_id()),
            reason: OpReason::Purge,
            storage,
            asset,
            object: RemoteObjectId(self.new_id()),
            path: "left/behind.jpg".to_owned(),
            revision: "1".to_owned(),
            size: 7,
            how: DeleteHow::Permanent,
            state: OpState::Intent,
            error: Some("the storage cannot be reached".to_owned()),
        };
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        tx.external_ops().insert(&op).await.unwrap();
        tx.commit().await.unwrap();
        op.id
    }

    /// Puts a batch of a retention rule into the catalog that waits for a decision.
    pub(crate) async fn plant_batch(&self, workspace: WorkspaceId, rule: &str) -> RetentionBatchId {
        let id = RetentionBatchId(self.new_id());
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        let rule = tx.retention().find(rule.parse().unwrap()).await.unwrap();
        let matched = Matched {
            assets: 120,
            bytes: 840,
            live: 121,
        };
        let plan = (matched, BatchState::Waiting);
        let now = self.deps.clock.now();
        let planned = tx.retention().plan(id, &rule.unwrap(), plan, now).await;
        assert!(planned.unwrap());
        tx.commit().await.unwrap();
        id
    }

    /// Puts a job into the catalog that gave up.
    pub(crate) async fn plant_dead_job(&self, workspace: WorkspaceId) -> JobId {
        use stowage_jobs::{JobStore, Outcome};

        let job = RenderAsset {
            asset_id: self.new_id().to_string(),
            version: 1,
        };
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        let id = tx.jobs().enqueue(&job).await.unwrap();
        tx.commit().await.unwrap();
        let store: &dyn JobStore = &self.deps.db;
        let lease = std::time::Duration::from_mins(1);
        let claimed = store.claim(id, lease).await.unwrap().unwrap();
        let dead = Outcome::Dead {
            error: "it cannot be decoded".to_owned(),
        };
        assert!(store.finish(id, claimed.fence, dead).await.unwrap());
        id
    }
}

impl World {
    /// Has a storage prove itself, as a first scan would.
    pub(crate) async fn prove(&self, workspace: WorkspaceId, storage: StorageId) {
        let place = FsStorage::open(self.photos(), FsOptions::default()).unwrap();
        let identity = place.identify().await.unwrap();
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        let lease = std::time::Duration::from_mins(1);
        let lease = tx.scans().claim(storage, lease).await.unwrap().unwrap();
        tx.scans().set_identity(&lease, &identity.0).await.unwrap();
        tx.scans()
            .release(&lease, std::time::Duration::from_hours(1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Has a scan hold an absence.
    pub(crate) async fn hold(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        hold: &stowage_domain::scan::Hold,
    ) {
        let second = std::time::Duration::from_secs(1);
        let tx = self.deps.db.begin_in(workspace).await.unwrap();
        let lease = tx.scans().claim(storage, second).await.unwrap().unwrap();
        tx.scans().set_hold(&lease, Some(hold)).await.unwrap();
        tx.scans().release(&lease, second).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Counts acts of one kind in the record of a workspace.
    pub(crate) async fn acts(&self, person: &crate::person::Person, action: &str) -> usize {
        let workspace: WorkspaceId = person.workspace.parse().unwrap();
        let tx = self.deps.db.read_in(workspace).await.unwrap();
        let all = AuditFilter::default();
        let page = tx.audit().list(&all, None, 100).await.unwrap();
        let acts = page.items.iter();
        acts.filter(|act| act.action.as_str() == action).count()
    }
}
