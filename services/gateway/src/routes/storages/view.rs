//! A storage and its scans, as they are shown.

use serde::Serialize;
use serde_json::Value;
use stowage_db::repo::{ImporterRow, ScanRunRow, StorageOverview};
use stowage_domain::{
    Access, OffMeans, OnMove, OnPurge, OnReturn, ScanRunState, ScanTrigger, StorageKind,
    StorageStatus, Timestamp,
    scan::{HOLD_RECHECK, Hold, HoldState},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    delivery::{StorageDelivery, degrade, roles_of},
    settings::Settings,
};
use crate::wire::{Moment, words};

/// A storage that people connected. Its credentials are never shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Storage {
    pub(super) id: Uuid,
    name: String,
    #[schema(schema_with = words::storage_kind)]
    kind: StorageKind,
    #[schema(value_type = Settings)]
    settings: Value,
    #[schema(schema_with = words::access)]
    access: Access,
    /// What a purge does to originals here.
    #[schema(schema_with = words::on_purge)]
    on_purge: OnPurge,
    /// What becomes of an asset whose file comes back.
    #[schema(schema_with = words::on_return)]
    on_return: OnReturn,
    /// What becomes of an asset whose file is renamed or moved.
    #[schema(schema_with = words::on_move)]
    on_move: OnMove,
    /// What switching it off means for its originals.
    #[schema(schema_with = words::off_means)]
    off_means: OffMeans,
    /// Files whose content the library has already are left out.
    check_duplicates: bool,
    on: bool,
    /// What the storage is used for: `source`, `main`, `collector`, `delivery_copy`.
    roles: Vec<String>,
    scan_interval_seconds: i64,
    #[schema(schema_with = words::storage_status)]
    status: StorageStatus,
    /// Why the status is what it is.
    reason: Option<String>,
    /// What a person can do about it.
    remedy: Option<String>,
    last_checked_at: Option<Moment>,
    consecutive_failures: i32,
    hold: Option<StorageHold>,
    /// Under whom new files come into the library; null for the system.
    import_user: Option<ImportUser>,
    figures: StorageFigures,
    delivery: StorageDelivery,
    scanning: Option<Scanning>,
    last_scan: Option<ScanRun>,
    next_scan_at: Option<Moment>,
}

/// Somebody whom a storage names as its importer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportUser {
    id: Uuid,
    /// Null once the account is gone.
    name: Option<String>,
    /// False when they lost the right: imports go on under the system.
    may_import: bool,
}

/// Many files vanished at once: they are looked for again before anything is marked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageHold {
    absent: u64,
    /// Of how many.
    objects: u64,
    since: Moment,
    next_check_at: Moment,
    /// What it waits for: `asking` where a person has to confirm it.
    #[schema(schema_with = words::hold_state)]
    state: HoldState,
}

/// What a storage holds, as far as it was scanned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageFigures {
    objects: u64,
    bytes: u64,
    assets: u64,
    missing: u64,
}

/// A scan that is running.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scanning {
    run_id: Uuid,
    listed: i64,
    started_at: Moment,
}

/// A scan and what it counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScanRun {
    id: Uuid,
    #[schema(schema_with = words::scan_state)]
    state: ScanRunState,
    started_at: Moment,
    finished_at: Option<Moment>,
    listed: i64,
    bytes: i64,
    new: i64,
    changed: i64,
    unchanged: i64,
    missing: i64,
    returned: i64,
    /// What it passed over: what could not be listed, and duplicates, as they are read.
    skipped: i64,
    error: Option<String>,
    #[schema(schema_with = words::scan_trigger)]
    trigger: ScanTrigger,
}

impl Storage {
    /// Returns the name of whom new files come in under.
    pub(super) fn importer(&self) -> Option<&str> {
        self.import_user.as_ref()?.name.as_deref()
    }

    pub(super) fn of(overview: StorageOverview, importer: Option<ImporterRow>) -> Self {
        let row = overview.storage;
        let mut health = overview.health;
        if let Some(failed) = &overview.delivery {
            degrade(&mut health, failed);
        }
        let delivery = StorageDelivery::of(
            &row.delivery,
            overview.delivery,
            (overview.backlog, overview.duplicates),
        );
        let next_scan_at = overview.next_scan_at.filter(|_| row.is_on);
        // A storage that was disconnected on purpose is off, too; that it has no credentials any
        // more is what matters to people.
        let status = match health.status {
            StorageStatus::Disconnected => StorageStatus::Disconnected,
            _ if !row.is_on => StorageStatus::Off,
            status => status,
        };
        Self {
            id: row.id.0,
            name: row.name,
            kind: row.kind,
            settings: serde_json::from_str(&row.settings).unwrap_or_default(),
            access: row.access,
            on_purge: row.on_purge,
            on_return: row.behaviour.on_return,
            on_move: row.behaviour.on_move,
            off_means: row.behaviour.off_means,
            check_duplicates: row.behaviour.check_duplicates,
            on: row.is_on,
            roles: roles_of(overview.is_main, &row.delivery),
            scan_interval_seconds: row.scan_interval_seconds,
            status,
            reason: health.reason,
            remedy: health.remedy,
            last_checked_at: health.last_checked_at.map(Moment),
            consecutive_failures: health.consecutive_failures,
            hold: overview
                .hold
                .map(|hold| StorageHold::of(hold, next_scan_at)),
            import_user: importer.map(ImportUser::of),
            figures: StorageFigures {
                objects: overview.objects,
                bytes: overview.bytes,
                assets: overview.assets,
                missing: overview.missing,
            },
            delivery,
            scanning: overview.running.map(|run| Scanning {
                run_id: run.id.0,
                listed: run.counts.listed,
                started_at: run.started_at.into(),
            }),
            last_scan: overview.last_run.map(ScanRun::of),
            next_scan_at: next_scan_at.map(Moment),
        }
    }
}

impl ImportUser {
    fn of(row: ImporterRow) -> Self {
        Self {
            id: row.user.0,
            may_import: row.importer().credited().is_some(),
            name: row.name,
        }
    }
}

impl StorageHold {
    fn of(hold: Hold, next_scan_at: Option<Timestamp>) -> Self {
        Self {
            absent: hold.absent.count,
            objects: hold.objects,
            since: hold.since.into(),
            state: hold.state,
            next_check_at: next_scan_at.unwrap_or(hold.since + HOLD_RECHECK).into(),
        }
    }
}

impl ScanRun {
    pub(super) fn of(row: ScanRunRow) -> Self {
        let counts = row.counts;
        Self {
            id: row.id.0,
            state: row.state,
            started_at: row.started_at.into(),
            finished_at: row.finished_at.map(Moment),
            listed: counts.listed,
            bytes: counts.bytes,
            new: counts.new,
            changed: counts.changed,
            unchanged: counts.unchanged,
            missing: counts.missing,
            returned: counts.returned,
            skipped: counts.skipped + row.duplicates,
            error: row.error,
            trigger: row.trigger,
        }
    }
}
