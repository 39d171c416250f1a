//! Arrows point inward (docs/architecture.md).

use std::collections::BTreeSet;

use crate::metadata::{Member, Metadata};

/// What each crate may import of the workspace. Services and connectors have rules of their own.
const ARROWS: &[(&str, &[&str])] = &[
    ("stowage-domain", &[]),
    ("stowage-proto", &["domain"]),
    ("stowage-config", &[]),
    ("stowage-failpoints", &[]),
    ("stowage-media", &[]),
    ("stowage-secrets", &["config"]),
    ("stowage-egress", &["config"]),
    ("stowage-runtime", &["config", "domain", "failpoints"]),
    ("stowage-rpc", &["config", "domain", "proto"]),
    ("stowage-storage", &["domain"]),
    (
        "stowage-storage-client",
        &["domain", "proto", "rpc", "storage"],
    ),
    ("stowage-jobs", &["domain", "failpoints", "proto"]),
    ("stowage-jobs-memory", &["domain", "jobs", "proto"]),
    ("stowage-jobs-amqp", &["config", "domain", "jobs", "proto"]),
    ("stowage-db", &["config", "domain", "jobs", "proto"]),
];

/// What a connector may import.
const CONNECTOR: &[&str] = &["domain", "egress", "failpoints", "storage"];

/// Outside crates that belong to one room alone.
const AT_HOME: &[(&str, &[&str])] = &[
    ("sea-orm", &["stowage-db"]),
    ("sea-orm-migration", &["stowage-db"]),
    ("sqlx", &["stowage-db"]),
    ("lapin", &["stowage-jobs-amqp"]),
    ("aws-sdk-s3", &["stowage-connector-s3"]),
    ("suppaftp", &["stowage-connector-ftp"]),
    ("image", &["stowage-media"]),
    ("turbojpeg-sys", &["stowage-media"]),
    ("fast_image_resize", &["stowage-media"]),
    ("rexif", &["stowage-media"]),
    ("figment", &["stowage-config"]),
];

fn of_ours(member: Member<'_>) -> BTreeSet<&str> {
    member
        .imports()
        .filter(|name| name.starts_with("stowage-"))
        .collect()
}

fn allowed(rooms: &'static [&'static str]) -> BTreeSet<String> {
    rooms.iter().map(|room| format!("stowage-{room}")).collect()
}

fn refuse(name: &str, imports: &BTreeSet<&str>, allowed: &BTreeSet<String>) {
    let wrong: Vec<_> = imports
        .iter()
        .filter(|import| !allowed.contains(**import))
        .collect();
    assert!(wrong.is_empty(), "{name} must not import {wrong:?}");
}

#[test]
fn crates_import_only_what_lies_further_in() {
    let metadata = Metadata::read();
    let members = metadata.members();
    for (name, rooms) in ARROWS {
        let member = members
            .get(name)
            .unwrap_or_else(|| panic!("there is no {name}"));
        refuse(name, &of_ours(*member), &allowed(rooms));
    }
}

#[test]
fn every_crate_has_its_arrows_drawn() {
    let metadata = Metadata::read();
    for (name, member) in metadata.members() {
        let is_drawn = ARROWS.iter().any(|(drawn, _)| *drawn == name);
        let has_own_rule = member.is_in("crates/connectors")
            || member.is_in("services")
            || member.is_in("tests")
            || name == "stowage-backends";
        assert!(
            is_drawn || has_own_rule,
            "say in ARROWS what {name} may import"
        );
    }
}

#[test]
fn a_connector_imports_no_connector() {
    let metadata = Metadata::read();
    let members = metadata.members();
    let connectors = members
        .iter()
        .filter(|(_, member)| member.is_in("crates/connectors"));
    let mut count = 0;
    for (name, member) in connectors {
        refuse(name, &of_ours(*member), &allowed(CONNECTOR));
        count += 1;
    }
    assert!(count >= 3, "found {count} connectors");
}

#[test]
fn a_service_imports_no_service_and_no_adapter() {
    let metadata = Metadata::read();
    let members = metadata.members();
    let services: BTreeSet<&str> = members
        .iter()
        .filter(|(_, member)| member.is_in("services"))
        .map(|(name, _)| *name)
        .collect();
    let adapters = ["stowage-jobs-amqp", "stowage-jobs-memory"];
    for (name, member) in &members {
        // The all-in-one is the six services; the connector is the one that opens storages.
        if !services.contains(name) || *name == "stowage" {
            continue;
        }
        for import in member.imports() {
            assert!(
                !services.contains(import),
                "{name} must not import service {import}"
            );
            assert!(
                !adapters.contains(&import),
                "{name} must not import adapter {import}"
            );
            let is_connector = import.starts_with("stowage-connector-");
            let may = !is_connector || *name == "stowage-storage-connector";
            assert!(may, "{name} must not import connector {import}");
        }
    }
}

#[test]
fn what_belongs_to_one_room_stays_there() {
    let metadata = Metadata::read();
    for (name, member) in metadata.members() {
        for (outside, homes) in AT_HOME {
            let imports_it = member.imports().any(|import| import == *outside);
            let is_home = homes.contains(&name) || member.is_in("tests");
            assert!(!imports_it || is_home, "{name} must not import {outside}");
        }
    }
}

#[test]
fn one_tls_with_one_provider() {
    let metadata = Metadata::read();
    for banned in [
        "aws-lc-rs",
        "aws-lc-sys",
        "openssl",
        "openssl-sys",
        "native-tls",
    ] {
        assert!(
            !metadata.has_package(banned),
            "{banned} came in; cargo tree -i {banned} says how"
        );
    }
}
