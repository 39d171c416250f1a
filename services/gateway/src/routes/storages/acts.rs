//! What a change of a storage's settings is called in the record.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use stowage_db::{
    DbError, Tx,
    repo::{DeliverySettings, StorageRow, StorageUpdate},
};
use stowage_domain::{AuditAction, AuditSubject, Ids, StorageId};

use crate::extract::Member;

/// An act and what is told of it.
pub(super) type Act = (AuditAction, Value);

/// Records what a member does to a storage, in the transaction that does it.
pub(super) async fn record(
    tx: &Tx,
    ids: &dyn Ids,
    member: &Member,
    id: StorageId,
    acts: Vec<Act>,
) -> Result<(), DbError> {
    for (action, detail) in acts {
        let entry = member.act(action, (AuditSubject::Storage, id.0), detail);
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    Ok(())
}

/// Returns the act of giving a storage other credentials, of which nothing is told.
pub(super) fn new_credentials() -> Vec<Act> {
    let detail = json!({ "changed": [{ "field": "credentials" }] });
    vec![(AuditAction::StorageChanged, detail)]
}

/// Settings that are too long to be told.
const LONG: [&str; 1] = ["settings.certificate"];

/// Returns what `change` does to a storage that stands like `row`: nothing where it says what is.
pub(super) fn acts_of(row: &StorageRow, change: &StorageUpdate) -> Vec<Act> {
    let mut acts = Vec::new();
    if let Some(is_on) = change.is_on.filter(|is_on| *is_on != row.is_on) {
        let off_means = change.off_means.unwrap_or(row.behaviour.off_means);
        acts.push(if is_on {
            (AuditAction::StorageSwitchedOn, json!({}))
        } else {
            let detail = json!({ "off_means": off_means });
            (AuditAction::StorageSwitchedOff, detail)
        });
    }
    if let Some(on_purge) = change.on_purge.filter(|new| *new != row.on_purge) {
        let detail = json!({ "on_purge": { "from": row.on_purge, "to": on_purge } });
        acts.push((AuditAction::StorageDeletionChanged, detail));
    }
    if let Some(delivery) = &change.delivery {
        acts.extend(acts_of_delivery(&row.delivery, delivery));
    }
    let changed = changed(row, change);
    if !changed.is_empty() {
        acts.push((AuditAction::StorageChanged, json!({ "changed": changed })));
    }
    acts
}

fn acts_of_delivery(former: &DeliverySettings, new: &DeliverySettings) -> Vec<Act> {
    let mut acts = Vec::new();
    if former.moves_to_main != new.moves_to_main {
        acts.push(if new.moves_to_main {
            let detail = json!({
                "hold_hours": new.collector_hold_hours,
                "on_duplicate": new.on_duplicate,
            });
            (AuditAction::CollectorStarted, detail)
        } else {
            (AuditAction::CollectorStopped, json!({}))
        });
    }
    if former.delivery_copy != new.delivery_copy {
        acts.push(if new.delivery_copy {
            (AuditAction::DeliveryCopyStarted, json!({}))
        } else {
            (AuditAction::DeliveryCopyStopped, json!({}))
        });
    }
    acts
}

/// Lists what is different by what the interface calls it, each with what it was and is.
fn changed(row: &StorageRow, change: &StorageUpdate) -> Vec<Value> {
    let (was, is) = (told(row, &StorageUpdate::default()), told(row, change));
    let names = was
        .keys()
        .chain(is.keys().filter(|name| !was.contains_key(*name)));
    names
        .filter(|name| was.get(*name) != is.get(*name))
        .map(|name| {
            if LONG.contains(&name.as_str()) {
                return json!({ "field": name });
            }
            json!({ "field": name, "from": was.get(name), "to": is.get(name) })
        })
        .collect()
}

/// Returns the settings that have no act of their own, as they are with `change`.
fn told(row: &StorageRow, change: &StorageUpdate) -> BTreeMap<String, Value> {
    let behaviour = &row.behaviour;
    let interval = change.scan_interval_seconds;
    let delivery = change.delivery.as_ref().unwrap_or(&row.delivery);
    let mut told = BTreeMap::new();
    for (name, value) in [
        ("name", json!(change.name.as_ref().unwrap_or(&row.name))),
        (
            "scan_interval_seconds",
            json!(interval.unwrap_or(row.scan_interval_seconds)),
        ),
        (
            "on_return",
            json!(change.on_return.unwrap_or(behaviour.on_return)),
        ),
        (
            "on_move",
            json!(change.on_move.unwrap_or(behaviour.on_move)),
        ),
        (
            "off_means",
            json!(change.off_means.unwrap_or(behaviour.off_means)),
        ),
        (
            "check_duplicates",
            json!(
                change
                    .check_duplicates
                    .unwrap_or(behaviour.check_duplicates)
            ),
        ),
        (
            "delivery.file_name_pattern",
            json!(delivery.file_name_pattern),
        ),
        ("delivery.path_prefix", json!(delivery.path_prefix)),
        ("delivery.keep_local_copy", json!(delivery.keep_local_copy)),
        ("delivery.keep_local_days", json!(delivery.keep_local_days)),
        (
            "delivery.collector_hold_hours",
            json!(delivery.collector_hold_hours),
        ),
        ("delivery.on_duplicate", json!(delivery.on_duplicate)),
    ] {
        told.insert(name.to_owned(), value);
    }
    let settings = change.settings.as_ref().unwrap_or(&row.settings);
    let settings: Map<String, Value> = serde_json::from_str(settings).unwrap_or_default();
    for (name, value) in settings {
        if !value.is_null() {
            told.insert(format!("settings.{name}"), value);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use stowage_domain::{
        Access, Behaviour, KeepLocalCopy, OnDuplicate, OnPurge, StorageKind, Timestamp,
    };

    use super::*;

    fn row() -> StorageRow {
        StorageRow {
            id: uuid::Uuid::from_u128(1).into(),
            workspace: uuid::Uuid::from_u128(2).into(),
            kind: StorageKind::Ftp,
            name: "Nas".to_owned(),
            settings: r#"{"host":"nas.local","certificate":"A","port":null}"#.to_owned(),
            access: Access::ReadWrite,
            on_purge: OnPurge::Keep,
            behaviour: Behaviour::default(),
            is_on: true,
            scan_interval_seconds: 900,
            created_at: Timestamp::from_micros(0),
            marked_at: None,
            delivery: DeliverySettings {
                file_name_pattern: String::new(),
                path_prefix: String::new(),
                keep_local_copy: KeepLocalCopy::UntilVerified,
                keep_local_days: 0,
                moves_to_main: false,
                collector_hold_hours: 0,
                on_duplicate: OnDuplicate::Hold,
                delivery_copy: false,
            },
        }
    }

    fn actions(change: &StorageUpdate) -> Vec<AuditAction> {
        let acts = acts_of(&row(), change);
        acts.into_iter().map(|(action, _)| action).collect()
    }

    #[test]
    fn what_says_what_is_changes_nothing() {
        let row = row();
        let same = StorageUpdate {
            name: Some(row.name.clone()),
            settings: Some(r#"{"certificate":"A","host":"nas.local"}"#.to_owned()),
            is_on: Some(true),
            on_purge: Some(OnPurge::Keep),
            delivery: Some(row.delivery.clone()),
            ..StorageUpdate::default()
        };
        assert_eq!(actions(&same), []);
    }

    #[test]
    fn acts_that_concern_files_have_names_of_their_own() {
        let collecting = DeliverySettings {
            moves_to_main: true,
            collector_hold_hours: 24,
            ..row().delivery
        };
        let change = StorageUpdate {
            is_on: Some(false),
            on_purge: Some(OnPurge::Delete),
            delivery: Some(collecting),
            ..StorageUpdate::default()
        };
        assert_eq!(
            actions(&change),
            [
                AuditAction::StorageSwitchedOff,
                AuditAction::StorageDeletionChanged,
                AuditAction::CollectorStarted,
                AuditAction::StorageChanged,
            ]
        );
        let copying = DeliverySettings {
            delivery_copy: true,
            ..row().delivery
        };
        let change = StorageUpdate {
            delivery: Some(copying),
            ..StorageUpdate::default()
        };
        assert_eq!(actions(&change), [AuditAction::DeliveryCopyStarted]);
    }

    #[test]
    fn a_change_names_each_setting_with_what_it_was_and_is() {
        let change = StorageUpdate {
            name: Some("Old nas".to_owned()),
            settings: Some(r#"{"host":"nas.lan","port":2121,"certificate":"B"}"#.to_owned()),
            ..StorageUpdate::default()
        };
        let acts = acts_of(&row(), &change);
        let [(AuditAction::StorageChanged, detail)] = acts.as_slice() else {
            panic!("{acts:?}");
        };
        assert_eq!(
            detail["changed"],
            json!([
                { "field": "name", "from": "Nas", "to": "Old nas" },
                { "field": "settings.certificate" },
                { "field": "settings.host", "from": "nas.local", "to": "nas.lan" },
                { "field": "settings.port", "from": null, "to": 2121 },
            ])
        );
    }
}
