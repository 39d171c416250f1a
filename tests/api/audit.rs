//! The record of what was decided about storages: who, what, to which, why.

use reqwest::Method;
use serde_json::{Value, json};
use stowage_domain::{StorageId, WorkspaceId};

use crate::{on_both_databases, person::Person, world::World};

on_both_databases!(
    p19_d12_choosing_a_main_storage_is_on_record,
    p48_d11_d34_what_a_storage_is_for_is_on_record,
    d12_a_migration_is_on_record_from_its_start_to_its_end,
    d10_deliveries_that_are_tried_again_are_on_record_with_the_reason,
    v56_changed_settings_are_on_record_without_secrets,
    acts_are_found_by_kind_person_and_time,
);

async fn connect(world: &World, owner: &Person, name: &str, delivery: Value) -> String {
    let folder = world.photos().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let body = json!({
        "name": name, "kind": "fs", "access": "read_write", "settings": { "folder": folder },
        "delivery": delivery,
    });
    let storage = owner.post("/storages", body).await.with(201);
    storage["id"].as_str().unwrap().to_owned()
}

async fn acts(person: &Person, action: &str) -> Vec<Value> {
    let found = person.get(&format!("/audit?action={action}")).await;
    found.with(200)["items"].as_array().unwrap().clone()
}

async fn choose(person: &Person, storage: Value) {
    let path = person.path("/main-storage");
    let body = json!({ "storage_id": storage });
    person.call(Method::PUT, &path, Some(body)).await.with(200);
}

async fn p19_d12_choosing_a_main_storage_is_on_record(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner, "archive", Value::Null).await;
    choose(&owner, json!(storage)).await;
    choose(&owner, json!(storage)).await;
    choose(&owner, Value::Null).await;
    let chosen = acts(&owner, "main_storage.chosen").await;
    assert_eq!(chosen.len(), 2, "choosing what is chosen is no act");
    assert_eq!(chosen[1]["user_name"], "Ada");
    assert_eq!(chosen[1]["subject_id"], json!(storage));
    assert_eq!(chosen[1]["subject_name"], "archive");
    assert_eq!(chosen[1]["detail"]["from_name"], Value::Null);
    assert_eq!(chosen[0]["subject_name"], "Central storage");
    assert_eq!(chosen[0]["detail"]["from_name"], "archive");
}

async fn p48_d11_d34_what_a_storage_is_for_is_on_record(world: World) {
    let owner = world.owner().await;
    let delivery = json!({ "moves_to_main": true, "collector_hold_hours": 24 });
    let card = connect(&world, &owner, "card", delivery).await;
    let path = format!("/storages/{card}");
    let view = owner.get(&path).await.with(200);
    assert_eq!(view["roles"], json!(["source", "collector"]));
    let started = acts(&owner, "collector.started").await;
    assert_eq!(started[0]["detail"]["hold_hours"], 24);
    assert_eq!(acts(&owner, "storage.connected").await.len(), 1);

    for (delivery, action) in [
        (json!({ "moves_to_main": false }), "collector.stopped"),
        (json!({ "delivery_copy": true }), "delivery_copy.started"),
        (json!({ "delivery_copy": false }), "delivery_copy.stopped"),
    ] {
        let patch = json!({ "delivery": delivery });
        owner.patch(&path, patch).await.with(200);
        assert_eq!(acts(&owner, action).await.len(), 1, "{action}");
    }
    let folder = world.photos().join("reading");
    std::fs::create_dir_all(&folder).unwrap();
    let refused = owner
        .post(
            "/storages",
            json!({
                "name": "reading", "kind": "fs", "access": "read_only",
                "settings": { "folder": folder }, "delivery": { "moves_to_main": true },
            }),
        )
        .await;
    let wrong = refused.with(400)["errors"].clone();
    assert!(wrong["delivery.moves_to_main"].is_string(), "{wrong}");
    assert_eq!(acts(&owner, "storage.connected").await.len(), 1);
}

async fn d12_a_migration_is_on_record_from_its_start_to_its_end(world: World) {
    let owner = world.owner().await;
    let from = connect(&world, &owner, "old", Value::Null).await;
    let to = connect(&world, &owner, "new", Value::Null).await;
    let body = json!({ "from_storage_id": from, "to_storage_id": to });
    let migration = owner.post("/migrations", body).await.with(202);
    let path = format!("/migrations/{}", migration["id"].as_str().unwrap());
    for act in ["cancel", "cancel", "resume"] {
        let path = format!("{path}/{act}");
        owner.post(&path, Value::Null).await.with(200);
    }
    for action in ["started", "cancelled", "resumed"] {
        let found = acts(&owner, &format!("migration.{action}")).await;
        let [act] = found.as_slice() else {
            panic!("{action}: {found:?}");
        };
        assert_eq!(act["subject_name"], "old", "{action}");
        assert_eq!(act["detail"]["to_name"], "new", "{action}");
        assert_eq!(act["user_name"], "Ada", "{action}");
    }
}

async fn d10_deliveries_that_are_tried_again_are_on_record_with_the_reason(world: World) {
    let owner = world.owner().await;
    let workspace: WorkspaceId = owner.workspace.parse().unwrap();
    let storage = connect(&world, &owner, "main", Value::Null).await;
    let id: StorageId = storage.parse().unwrap();
    let planted = world
        .plant(workspace, id, "main/a.jpg", b"bytes", "image/jpeg")
        .await;
    let transfer = world.plant_transfer(workspace, id, &planted, 5).await;
    let one = format!("/transfers/{transfer}/retry");
    owner.post(&one, Value::Null).await.with(202);
    let all = json!({ "storage_id": storage });
    owner.post("/transfers/retry", all).await.with(202);
    let found = acts(&owner, "transfers.retried").await;
    assert_eq!(found.len(), 2);
    assert_eq!(found[1]["subject_name"], "a.jpg");
    assert_eq!(found[1]["detail"]["reason"], "the disk is full");
    assert_eq!(found[1]["detail"]["to_name"], "main");
    assert_eq!(found[0]["subject_id"], json!(storage));
    assert_eq!(found[0]["detail"]["originals"], 1);
}

async fn v56_changed_settings_are_on_record_without_secrets(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner, "disk", Value::Null).await;
    let path = format!("/storages/{storage}");
    let patch = json!({ "name": "Old disk", "on_purge": "delete", "on": false });
    owner.patch(&path, patch.clone()).await.with(200);
    owner.patch(&path, patch).await.with(200);
    let purge = acts(&owner, "storage.deletion_changed").await;
    assert_eq!(purge.len(), 1, "what stays is no act");
    let way = json!({ "from": "keep", "to": "delete" });
    assert_eq!(purge[0]["detail"]["on_purge"], way);
    assert_eq!(acts(&owner, "storage.switched_off").await.len(), 1);
    let changed = acts(&owner, "storage.changed").await;
    assert_eq!(
        changed[0]["detail"]["changed"],
        json!([{ "field": "name", "from": "disk", "to": "Old disk" }])
    );
    let removed = format!("{path}?entries=drop");
    owner.delete(&removed).await.with(204);
    let gone = acts(&owner, "storage.removed").await;
    assert_eq!(gone[0]["subject_name"], "Old disk");
}

async fn acts_are_found_by_kind_person_and_time(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner, "disk", Value::Null).await;
    let off = json!({ "on": false });
    let path = format!("/storages/{storage}");
    owner.patch(&path, off).await.with(200);
    let count = async |query: &str| {
        let found = owner.get(&format!("/audit?{query}")).await.with(200);
        found["items"].as_array().unwrap().len()
    };
    let both = "action=storage.connected&action=storage.switched_off";
    assert_eq!(count(both).await, 2);
    let me = world.new_id();
    assert_eq!(count(&format!("user_id={me}")).await, 0);
    assert_eq!(count("system=true").await, 0);
    assert_eq!(count("until=2020-01-01T00:00:00Z").await, 0);
    assert_eq!(count("since=2020-01-01T02:00:00%2B02:00").await, 2);
    for (query, field) in [
        ("action=storage.painted", "action"),
        ("since=yesterday", "since"),
        (&*format!("system=true&user_id={me}"), "system"),
    ] {
        let refused = owner.get(&format!("/audit?{query}")).await.with(400);
        assert!(refused["errors"][field].is_string(), "{refused}");
    }
}
