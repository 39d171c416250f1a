//! How originals come into a storage as the main one and out of it as a collector: its settings, and
//! how that goes.

use serde::{Deserialize, Serialize};
use stowage_db::{
    DbError, Tx,
    repo::{Backlog, DeliveryRow, DeliverySettings, Health},
};
use stowage_domain::{
    Access, KeepLocalCopy, OnDuplicate, StorageId, StorageStatus, TransferTrouble,
    naming::{Destination, FileNamePattern, destination},
};
use stowage_proto::job::PlanTransfers;
use stowage_rpc::{ErrorCode, Problem};
use utoipa::ToSchema;

use crate::{
    problem::{Answer, Fields, Kind},
    wire::{Moment, words},
};

/// How a storage takes originals, and how that goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageDelivery {
    /// Names of originals that are delivered here; empty for `{original}_{data}_{ora}`.
    file_name_pattern: String,
    /// Folders before everything else.
    path_prefix: String,
    /// What becomes of the copy in central storage once an original is here.
    #[schema(schema_with = words::keep_local_copy)]
    keep_local_copy: KeepLocalCopy,
    /// For how many times 24 hours it stays, where that is `days`.
    keep_local_days: i32,
    /// Its files are moved to the main storage.
    moves_to_main: bool,
    /// How long a collected file stays after it was delivered.
    collector_hold_hours: i32,
    /// What becomes of a collected file whose content the workspace has.
    #[schema(schema_with = words::on_duplicate)]
    on_duplicate: OnDuplicate,
    /// It gets a copy of each new original.
    delivery_copy: bool,
    /// Originals that are on their way here.
    waiting: u64,
    waiting_bytes: u64,
    /// Those of them that are not tried again until somebody asks for it.
    parked: u64,
    /// Files that were left out, since the workspace has their content already.
    held_duplicates: u64,
    /// What stands against writing here; null when the last write worked.
    trouble: Option<DeliveryTrouble>,
}

/// What stands against writing to a storage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryTrouble {
    #[schema(schema_with = words::transfer_trouble)]
    kind: TransferTrouble,
    /// What the storage answered.
    reason: String,
    /// How many writes failed in a row.
    failures: u32,
    since: Moment,
    next_try_at: Moment,
}

impl StorageDelivery {
    pub(super) fn of(
        settings: &DeliverySettings,
        trouble: Option<DeliveryRow>,
        (backlog, held_duplicates): (Backlog, u64),
    ) -> Self {
        Self {
            file_name_pattern: settings.file_name_pattern.clone(),
            path_prefix: settings.path_prefix.clone(),
            keep_local_copy: settings.keep_local_copy,
            keep_local_days: settings.keep_local_days,
            moves_to_main: settings.moves_to_main,
            collector_hold_hours: settings.collector_hold_hours,
            on_duplicate: settings.on_duplicate,
            delivery_copy: settings.delivery_copy,
            waiting: backlog.originals,
            waiting_bytes: backlog.bytes,
            parked: backlog.parked,
            held_duplicates,
            trouble: trouble.map(DeliveryTrouble::of),
        }
    }
}

impl DeliveryTrouble {
    pub(crate) fn of(row: DeliveryRow) -> Self {
        Self {
            kind: row.trouble,
            reason: row.reason,
            failures: row.failures,
            since: row.since.into(),
            next_try_at: row.not_before.into(),
        }
    }
}

/// A storage that can be read and takes nothing more works by halves (D10).
pub(super) fn degrade(health: &mut Health, failed: &DeliveryRow) {
    if !matches!(
        health.status,
        StorageStatus::Connected | StorageStatus::NotTested | StorageStatus::Degraded
    ) {
        return;
    }
    let failures = i32::try_from(failed.failures).unwrap_or(i32::MAX);
    health.status = StorageStatus::Degraded;
    health.reason = Some(failed.reason.clone());
    health.remedy = Some(remedy_for(failed.trouble).to_owned());
    health.consecutive_failures = health.consecutive_failures.max(failures);
}

fn remedy_for(trouble: TransferTrouble) -> &'static str {
    match trouble {
        TransferTrouble::TargetFull => {
            "Make room on the storage. New files are kept in central storage until then; they are \
             delivered by themselves, at the latest five minutes after there is room."
        }
        TransferTrouble::TargetDenied => {
            "Check the permissions of the credentials or of the folder. New files are kept in \
             central storage until then."
        }
        _ => {
            "Check that the storage can be reached. New files are kept in central storage until \
             then."
        }
    }
}

/// Returns what a storage is used for.
pub(super) fn roles_of(is_main: bool, settings: &DeliverySettings) -> Vec<String> {
    let roles = [
        ("source", true),
        ("main", is_main),
        ("collector", settings.moves_to_main),
        ("delivery_copy", settings.delivery_copy),
    ];
    let has = roles.into_iter().filter(|(_, has)| *has);
    has.map(|(role, _)| role.to_owned()).collect()
}

/// What to change of how a storage takes originals; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeliveryPatch {
    /// Made of `{original}`, `{nome}`, `{slot}`, `{data}`, `{ora}`, `{timestamp}`, `{seq}` and
    /// `{unique_field}`; empty for the default.
    file_name_pattern: Option<String>,
    /// Folders before everything else, joined by slashes; empty for none.
    path_prefix: Option<String>,
    #[schema(schema_with = words::keep_local_copy, required = false)]
    keep_local_copy: Option<KeepLocalCopy>,
    #[schema(minimum = 0, maximum = 3650)]
    keep_local_days: Option<i32>,
    /// Only where Stowage may write, and not on the main storage.
    moves_to_main: Option<bool>,
    #[schema(minimum = 0, maximum = 8760)]
    collector_hold_hours: Option<i32>,
    #[schema(schema_with = words::on_duplicate, required = false)]
    on_duplicate: Option<OnDuplicate>,
    /// Only where Stowage may write.
    delivery_copy: Option<bool>,
}

impl DeliveryPatch {
    /// Returns the settings as they are to be where they were `known`, or says what is wrong with
    /// them.
    pub(super) fn check(
        &self,
        access: Access,
        known: &DeliverySettings,
    ) -> Result<DeliverySettings, Fields> {
        let mut wrong = Fields::none();
        let pattern = self.file_name_pattern.as_deref();
        let pattern = pattern.unwrap_or(&known.file_name_pattern);
        if let Err(error) = pattern.parse::<FileNamePattern>() {
            wrong.add("delivery.file_name_pattern", error.to_string());
        }
        let prefix = self.path_prefix.as_deref().map(cleaned_prefix);
        let new = DeliverySettings {
            file_name_pattern: pattern.to_owned(),
            path_prefix: prefix.unwrap_or_else(|| known.path_prefix.clone()),
            keep_local_copy: self.keep_local_copy.unwrap_or(known.keep_local_copy),
            keep_local_days: self.keep_local_days.unwrap_or(known.keep_local_days),
            moves_to_main: self.moves_to_main.unwrap_or(known.moves_to_main),
            collector_hold_hours: self
                .collector_hold_hours
                .unwrap_or(known.collector_hold_hours),
            on_duplicate: self.on_duplicate.unwrap_or(known.on_duplicate),
            delivery_copy: self.delivery_copy.unwrap_or(known.delivery_copy),
        };
        if !(0..=3_650).contains(&new.keep_local_days) {
            wrong.add("delivery.keep_local_days", "must lie between 0 and 3650");
        }
        if !(0..=8_760).contains(&new.collector_hold_hours) {
            wrong.add(
                "delivery.collector_hold_hours",
                "must lie between 0 and 8760",
            );
        }
        let needs_writing = [
            ("delivery.moves_to_main", new.moves_to_main),
            ("delivery.delivery_copy", new.delivery_copy),
        ];
        for (field, is_wanted) in needs_writing {
            if is_wanted && access == Access::ReadOnly {
                wrong.add(field, "needs a storage that may be written to");
            }
        }
        if new.moves_to_main && new.delivery_copy {
            let error = "cannot be where the files of the storage are moved away";
            wrong.add("delivery.delivery_copy", error);
        }
        wrong.check()?;
        Ok(new)
    }
}

/// Returns the settings of a storage that nobody said anything about, as its table has them.
pub(super) fn usual() -> DeliverySettings {
    DeliverySettings {
        file_name_pattern: String::new(),
        path_prefix: String::new(),
        keep_local_copy: KeepLocalCopy::UntilVerified,
        keep_local_days: 0,
        moves_to_main: false,
        collector_hold_hours: 0,
        on_duplicate: OnDuplicate::Hold,
        delivery_copy: false,
    }
}

/// Has the files that a collector holds already go, too.
pub(super) async fn collect_all(tx: &Tx, id: StorageId) -> Result<(), DbError> {
    let job = PlanTransfers {
        storage_id: id.to_string(),
        migration_id: String::new(),
    };
    tx.jobs().enqueue(&job).await?;
    Ok(())
}

/// Returns a prefix as it will be part of paths.
pub(crate) fn cleaned_prefix(prefix: &str) -> String {
    let whole = destination(&Destination {
        prefix,
        tenant: "",
        request: Some(""),
        folder: "",
        name: "",
    });
    whole.trim_end_matches('/').to_owned()
}

/// The main storage cannot give its files away to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CollectsMain;

const COLLECTS_MAIN: Kind = Kind::named(
    ErrorCode::Conflict,
    "collector-is-main",
    "The main storage cannot be a collector; choose another main storage first",
);

impl Answer for CollectsMain {
    fn kinds() -> Vec<Kind> {
        vec![COLLECTS_MAIN]
    }

    fn problem(self) -> Problem {
        COLLECTS_MAIN.problem()
    }
}

/// Returns whether new originals go to a storage.
pub(super) async fn is_main(tx: &Tx, id: StorageId) -> Result<bool, DbError> {
    let chosen = tx.main_storage().chosen().await?;
    Ok(chosen.is_some_and(|main| main.storage.id == id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d16_a_prefix_is_a_path_of_its_own_and_leads_nowhere_else() {
        for (typed, kept) in [
            ("archive/photos", "archive/photos"),
            ("/archive//photos/", "archive/photos"),
            ("../../etc", "etc"),
            ("", ""),
            ("/", ""),
        ] {
            assert_eq!(cleaned_prefix(typed), kept, "{typed:?}");
        }
    }
}
