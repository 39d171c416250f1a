//! How much a workspace and its storages hold.

use serde_json::{Value, json};
use stowage_domain::Role;

use crate::{on_both_databases, storages::connect, world::World};

on_both_databases!(
    v36_v37_w25_a_refreshed_size_equals_a_recount,
    w25_a_count_keeps_nobody_from_writing_and_a_later_one_stands,
);

async fn v36_v37_w25_a_refreshed_size_equals_a_recount(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let first = owner.get("/usage").await.with(200);
    assert_eq!(first["original_bytes"], 0);
    let of = |usage: &Value, id: &str| {
        let storages = usage["storages"].as_array().unwrap();
        let found = storages.iter().find(|one| one["storage_id"] == id);
        found.cloned().unwrap_or_else(|| panic!("{usage}"))
    };
    assert_eq!(of(&first, &storage.to_string())["objects"], 0);
    assert_eq!(of(&first, &owner.workspace)["kind"], "central");

    for (name, bytes) in [("a.jpg", &b"12345"[..]), ("b.jpg", b"1234567")] {
        world
            .plant(workspace, storage, name, bytes, "image/jpeg")
            .await;
    }
    let binned = world
        .plant(workspace, storage, "c.jpg", b"123", "image/jpeg")
        .await;
    let ids = json!({ "ids": [binned.asset] });
    owner.post("/assets/trash", ids).await.with(200);

    let before = owner.get("/usage").await.with(200);
    assert_eq!(before, first, "as it was last counted");
    let after = owner.post("/usage/refresh", json!({})).await.with(200);
    assert_eq!(after["original_bytes"], 12);
    assert_eq!(after["bin_bytes"], 3);
    let counted = of(&after, &storage.to_string());
    assert_eq!(
        (&counted["objects"], &counted["bytes"]),
        (&json!(3), &json!(15))
    );
    let shown = owner.get(&format!("/storages/{storage}")).await.with(200);
    assert_eq!(counted["objects"], shown["figures"]["objects"]);
    assert_eq!(counted["bytes"], shown["figures"]["bytes"]);
    let stats = owner.get("/stats").await.with(200);
    for sum in ["original_bytes", "rendition_bytes"] {
        assert_eq!(after[sum], stats[sum], "{sum}");
    }
    assert_eq!(owner.get("/usage").await.with(200), after);

    // A name that is reserved for a copy is no file of anybody's, here and there.
    let copied = world
        .plant(workspace, storage, "d.jpg", b"1", "image/jpeg")
        .await;
    let transfer = world.plant_transfer(workspace, storage, &copied, 1).await;
    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    let row = tx.transfers().lock(transfer).await.unwrap().unwrap();
    let object = world.new_id().into();
    let reserved = tx.transfers().reserve(&row, object, ("e.jpg", 1)).await;
    reserved.unwrap();
    tx.commit().await.unwrap();
    let again = owner.post("/usage/refresh", json!({})).await.with(200);
    assert_eq!(of(&again, &storage.to_string())["objects"], 4);
    let shown = owner.get(&format!("/storages/{storage}")).await.with(200);
    assert_eq!(shown["figures"]["objects"], 4);

    // The place itself is looked at where somebody names it.
    let looked = format!("/usage/refresh?storage_id={storage}");
    owner.post(&looked, json!({})).await.with(200);
    let queued = owner.get("/jobs?state=queued").await.with(200);
    assert!(queued.to_string().contains("scan-storage"), "{queued}");
    let off = json!({ "on": false });
    owner
        .patch(&format!("/storages/{storage}"), off)
        .await
        .with(200);
    let refused = owner.post(&looked, json!({})).await;
    assert_eq!(refused.problem(), "storage-off");

    let viewer = world.join(&owner.workspace, Role::Viewer).await;
    viewer.get("/usage").await.with(200);
    assert_eq!(viewer.post("/usage/refresh", json!({})).await.status, 403);
}

async fn w25_a_count_keeps_nobody_from_writing_and_a_later_one_stands(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    world
        .plant(workspace, storage, "a.jpg", b"12345", "image/jpeg")
        .await;
    // A count that takes long: others write while it is under way.
    let slow = world.deps.db.read_in(workspace).await.unwrap();
    let early = slow.usages().count().await.unwrap();
    world
        .plant(workspace, storage, "b.jpg", b"1234567", "image/jpeg")
        .await;
    let later = owner.post("/usage/refresh", json!({})).await.with(200);
    assert_eq!(later["original_bytes"], 12);
    drop(slow);

    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    let kept = tx.usages().remember(&early).await.unwrap();
    tx.commit_quietly().await.unwrap();
    assert_eq!(kept.original_bytes, 12, "the later count stands");
    assert_eq!(owner.get("/usage").await.with(200), later);
}
