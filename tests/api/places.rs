//! Where storages may lie, and the marker that says whose a place is.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stowage_domain::{Role, WorkspaceId};

use crate::{on_both_databases, person::Person, world::World};

on_both_databases!(
    d27_places_that_overlap_are_refused_where_one_is_written_to,
    d9_a_place_that_is_written_to_carries_a_marker,
    d9_a_place_of_another_library_is_refused_and_can_be_taken_over,
    w16_a_removed_place_that_was_kept_is_the_same_storage_again,
    w16_a_marker_brings_a_storage_back_from_another_path,
    p35_p36_without_its_entries_a_place_begins_afresh,
    v18_v26_a_place_that_is_away_can_be_saved_all_the_same,
    p43_d23_the_storage_says_when_its_import_user_lost_the_right,
);

fn made(world: &World, name: &str) -> PathBuf {
    let folder = world.photos().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn body(folder: &Path, access: &str) -> Value {
    json!({
        "name": folder.file_name().unwrap().to_string_lossy(),
        "kind": "fs",
        "access": access,
        "settings": { "folder": folder },
    })
}

async fn connect(owner: &Person, folder: &Path, access: &str) -> Value {
    owner
        .post("/storages", body(folder, access))
        .await
        .with(201)
}

fn marker(folder: &Path) -> Option<Value> {
    let text = std::fs::read(folder.join(".stowage")).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}

async fn d27_places_that_overlap_are_refused_where_one_is_written_to(world: World) {
    let owner = world.owner().await;
    let photos = made(&world, "photos");
    let below = made(&world, "photos/2024");
    let beside = made(&world, "photos2");
    let first = connect(&owner, &photos, "read_write").await;

    for folder in [&photos, &below, &world.photos()] {
        let refused = owner.post("/storages", body(folder, "read_only")).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (409, "storage-overlaps"),
            "{}",
            folder.display()
        );
    }
    let other = connect(&owner, &beside, "read_write").await;
    assert_ne!(other["id"], first["id"]);
    // Nor by changing one that lies apart.
    let path = format!("/storages/{}", other["id"].as_str().unwrap());
    let into = json!({ "settings": { "folder": below } });
    let refused = owner.patch(&path, into).await;
    assert_eq!(refused.problem(), "storage-overlaps");
    assert_eq!(
        owner.get(&path).await.with(200)["settings"],
        other["settings"]
    );
    // What is only read may be looked at twice.
    let reading = made(&world, "reading");
    connect(&owner, &reading, "read_only").await;
    connect(&owner, &made(&world, "reading/below"), "read_only").await;
}

async fn d9_a_place_that_is_written_to_carries_a_marker(world: World) {
    let owner = world.owner().await;
    let (written, reading) = (made(&world, "written"), made(&world, "reading"));
    let storage = connect(&owner, &written, "read_write").await;
    connect(&owner, &reading, "read_only").await;

    let marker = marker(&written).expect("it is marked");
    assert_eq!(marker["storage"], storage["id"]);
    assert_eq!(marker["workspace"], owner.workspace);
    assert!(marker["installation"].is_string() && marker["created"].is_string());
    assert!(self::marker(&reading).is_none(), "nothing is written there");
}

async fn d9_a_place_of_another_library_is_refused_and_can_be_taken_over(world: World) {
    let owner = world.owner().await;
    let they = world.stranger().await;
    let folder = made(&world, "shared");
    connect(&they, &folder, "read_write").await;
    let theirs = marker(&folder);

    let refused = owner.post("/storages", body(&folder, "read_write")).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "storage-of-another-library")
    );
    assert_eq!(owner.get("/storages").await.with(200)["items"], json!([]));
    assert_eq!(marker(&folder), theirs);

    let mut wanted = body(&folder, "read_write");
    wanted["take_over"] = json!(true);
    let taken = owner.post("/storages", wanted).await.with(201);
    assert_eq!(marker(&folder).unwrap()["storage"], taken["id"]);
    let acts = owner.get("/audit?action=storage.connected").await.with(200);
    assert_eq!(acts["items"][0]["detail"]["taken_over"], true);
    assert_eq!(acts["items"].as_array().unwrap().len(), 1);
}

async fn w16_a_removed_place_that_was_kept_is_the_same_storage_again(world: World) {
    let owner = world.owner().await;
    for access in ["read_only", "read_write"] {
        let folder = made(&world, access);
        let storage = connect(&owner, &folder, access).await;
        let path = format!("/storages/{}", storage["id"].as_str().unwrap());
        let removed = owner.delete(&format!("{path}?entries=keep")).await;
        assert_eq!(removed.status, 204);

        let again = connect(&owner, &folder, access).await;

        assert_eq!(again["id"], storage["id"], "{access}");
        assert_eq!(again["on"], true);
    }
    assert_eq!(world.acts(&owner, "storage.removed").await, 2);
    let acts = owner.get("/audit?action=storage.connected").await.with(200);
    let again = acts["items"].as_array().unwrap().iter();
    let again = again.map(|act| act["detail"]["reconnected"].as_bool().unwrap());
    assert_eq!(again.collect::<Vec<_>>(), [true, false, true, false]);
}

async fn w16_a_marker_brings_a_storage_back_from_another_path(world: World) {
    let owner = world.owner().await;
    let (before, after) = (made(&world, "disk"), world.photos().join("new disk"));
    let storage = connect(&owner, &before, "read_write").await;
    let path = format!("/storages/{}", storage["id"].as_str().unwrap());
    std::fs::rename(&before, &after).unwrap();
    // While it is connected, its place is not a second storage.
    let refused = owner.post("/storages", body(&after, "read_write")).await;
    assert_eq!(refused.problem(), "storage-overlaps");
    let removed = owner.delete(&format!("{path}?entries=keep")).await;
    assert_eq!(removed.status, 204);

    let again = connect(&owner, &after, "read_write").await;

    assert_eq!(again["id"], storage["id"]);
    assert_eq!(again["settings"]["folder"], json!(after));
    assert_eq!(
        owner.get("/storages").await.with(200)["items"],
        json!([again])
    );
}

async fn p35_p36_without_its_entries_a_place_begins_afresh(world: World) {
    let owner = world.owner().await;
    let workspace: WorkspaceId = owner.workspace.parse().unwrap();
    let storage = connect(&owner, &world.photos(), "read_write").await;
    let id = storage["id"].as_str().unwrap().to_owned();
    let planted = world
        .plant(
            workspace,
            id.parse().unwrap(),
            "a.jpg",
            b"bytes",
            "image/jpeg",
        )
        .await;
    let removed = owner.delete(&format!("/storages/{id}?entries=drop")).await;
    assert_eq!(removed.status, 204);
    assert!(world.photos().join("a.jpg").exists(), "no file is touched");
    let gone = owner.get(&format!("/assets/{}", planted.asset)).await;
    assert_eq!(gone.status, 404);

    let again = connect(&owner, &world.photos(), "read_write").await;

    assert_ne!(again["id"], storage["id"]);
    assert_eq!(marker(&world.photos()).unwrap()["storage"], again["id"]);
}

async fn v18_v26_a_place_that_is_away_can_be_saved_all_the_same(world: World) {
    let owner = world.owner().await;
    let away = world.photos().join("not mounted");
    let storage = connect(&owner, &away, "read_write").await;
    assert_eq!(storage["status"], "failed", "{storage}");
    assert!(!away.exists(), "nothing is made there");
}

async fn p43_d23_the_storage_says_when_its_import_user_lost_the_right(world: World) {
    let owner = world.owner().await;
    let storage = connect(&owner, &made(&world, "photos"), "read_only").await;
    let path = format!("/storages/{}", storage["id"].as_str().unwrap());
    assert_eq!(storage["import_user"], Value::Null);
    let admin = world.join(&owner.workspace, Role::Admin).await;
    let editor = world.join(&owner.workspace, Role::Editor).await;
    let id_of = async |person: &Person| {
        let me = person.call(reqwest::Method::GET, "/api/v1/me", None).await;
        me.with(200)["user"]["id"].clone()
    };
    let name = async |by: &Person, user: &Value| {
        let at = by.path(&format!("{path}/import-user"));
        let choice = json!({ "user_id": user });
        by.call(reqwest::Method::PUT, &at, Some(choice)).await
    };
    let (admin_id, editor_id) = (id_of(&admin).await, id_of(&editor).await);

    assert_eq!(
        name(&owner, &editor_id).await.status,
        400,
        "editors import nothing"
    );
    assert_eq!(name(&editor, &admin_id).await.status, 403);
    let named = name(&owner, &admin_id).await.with(200);
    assert_eq!(named["import_user"]["id"], admin_id);
    assert_eq!(named["import_user"]["may_import"], true);

    let member = format!("/members/{}", admin_id.as_str().unwrap());
    owner
        .patch(&member, json!({ "role": "editor" }))
        .await
        .with(200);

    let after = owner.get(&path).await.with(200);
    assert_eq!(after["import_user"]["may_import"], false, "{after}");
    assert_eq!(
        owner.get("/storages").await.with(200)["items"],
        json!([after])
    );
    assert_eq!(world.acts(&owner, "import_user.chosen").await, 1);
    let lost = owner.get("/audit?action=import_user.lost").await.with(200);
    assert_eq!(lost["items"][0]["detail"]["import_user_id"], admin_id);
    let none = name(&owner, &Value::Null).await.with(200);
    assert_eq!(none["import_user"], Value::Null);
}
