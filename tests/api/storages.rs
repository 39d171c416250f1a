//! Storages: connecting, changing, testing, scanning, removing.

use reqwest::Method;
use serde_json::{Value, json};
use stowage_db::repo::SkippedRow;
use stowage_domain::{ScanRunId, StorageId};

use crate::{on_both_databases, person::Person, world::World};

on_both_databases!(
    p13_d13_a_folder_is_connected_changed_and_scanned,
    p36_dropping_a_storage_takes_its_assets_along,
    p36_v17_keeping_the_entries_disconnects_and_switches_off,
    scans_and_what_they_skipped_are_listed_page_by_page,
    d14_a_duplicate_is_reported_once_and_names_what_can_be_had,
);

pub(crate) fn folder(world: &World) -> Value {
    json!({
        "name": "Photographs",
        "kind": "fs",
        "access": "read_only",
        "settings": { "folder": world.photos() },
    })
}

/// Connects the folder and returns the storage's id.
pub(crate) async fn connect(world: &World, owner: &Person) -> StorageId {
    let storage = owner.post("/storages", folder(world)).await.with(201);
    storage["id"].as_str().unwrap().parse().unwrap()
}

async fn p13_d13_a_folder_is_connected_changed_and_scanned(world: World) {
    let owner = world.owner().await;
    let made = owner.post("/storages", folder(&world)).await.with(201);
    assert_eq!(made["status"], "not_tested");
    assert_eq!(made["on_purge"], "keep");
    assert_eq!(made["scan_interval_seconds"], 900);
    assert_eq!(made["roles"], json!(["source"]));
    assert_eq!(
        made["figures"],
        json!({ "objects": 0, "bytes": 0, "assets": 0, "missing": 0 })
    );
    let path = format!("/storages/{}", made["id"].as_str().unwrap());

    let listed = owner.get("/storages").await.with(200);
    assert_eq!(listed["items"], json!([made]));
    let queued = owner.get("/jobs?state=queued").await.with(200);
    assert_eq!(queued["items"][0]["kind"], "scan-storage");

    let change = json!({ "name": "Album", "scan_interval_seconds": 60 });
    let changed = owner.patch(&path, change).await.with(200);
    assert_eq!(
        (&changed["name"], &changed["scan_interval_seconds"]),
        (&json!("Album"), &json!(60))
    );
    assert_eq!(owner.get(&path).await.with(200), changed);
    let purge = owner
        .patch(&path, json!({ "on_purge": "delete" }))
        .await
        .with(400);
    assert!(purge["errors"]["on_purge"].is_string());

    let scan = owner
        .post(&format!("{path}/scan"), json!({ "folder": "2024" }))
        .await
        .with(202);
    assert!(scan["job_id"].is_string());
    let out = owner
        .post(&format!("{path}/scan"), json!({ "folder": "../etc" }))
        .await
        .with(400);
    assert!(out["errors"]["folder"].is_string());

    let off = owner.patch(&path, json!({ "on": false })).await.with(200);
    assert_eq!((&off["on"], &off["status"]), (&json!(false), &json!("off")));
    let refused = owner.post(&format!("{path}/scan"), json!({})).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "storage-off")
    );
}

async fn p36_dropping_a_storage_takes_its_assets_along(world: World) {
    let owner = world.owner().await;
    let id = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, id, "Rome/a.jpg", b"bytes", "image/jpeg")
        .await;

    assert_eq!(
        owner
            .delete(&format!("/storages/{id}?entries=drop"))
            .await
            .status,
        204
    );

    assert_eq!(owner.get(&format!("/storages/{id}")).await.status, 404);
    assert_eq!(
        owner
            .get(&format!("/assets/{}", planted.asset))
            .await
            .status,
        404
    );
    assert!(
        world.photos().join("Rome/a.jpg").exists(),
        "files are nobody's to touch"
    );
}

async fn p36_v17_keeping_the_entries_disconnects_and_switches_off(world: World) {
    let owner = world.owner().await;
    let id = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, id, "a.jpg", b"bytes", "image/jpeg")
        .await;
    let path = format!("/storages/{id}");
    assert_eq!(
        owner.delete(&path).await.status,
        400,
        "an answer is asked for"
    );

    assert_eq!(
        owner.delete(&format!("{path}?entries=keep")).await.status,
        204
    );

    let storage = owner.get(&path).await.with(200);
    assert_eq!(
        (&storage["on"], &storage["status"]),
        (&json!(false), &json!("disconnected"))
    );
    let asset = owner
        .get(&format!("/assets/{}", planted.asset))
        .await
        .with(200);
    assert_eq!(asset["availability"], "disconnected");
    let original = owner
        .get(&format!("/assets/{}/original", planted.asset))
        .await;
    assert_eq!(
        (original.status, original.problem().as_str()),
        (409, "original-disconnected")
    );
}

async fn scans_and_what_they_skipped_are_listed_page_by_page(world: World) {
    let owner = world.owner().await;
    let id = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let first = world.plant_scan(workspace, id).await;
    let second = world.plant_scan(workspace, id).await;

    let page = owner
        .get(&format!("/storages/{id}/scans?limit=1"))
        .await
        .with(200);
    assert_eq!(page["items"][0]["id"], second.to_string());
    assert_eq!(page["items"][0]["trigger"], "request");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = owner
        .get(&format!("/storages/{id}/scans?cursor={cursor}"))
        .await
        .with(200);
    assert_eq!(rest["items"][0]["id"], first.to_string());
    assert_eq!(rest["next_cursor"], Value::Null);

    let skipped = format!("/storages/{id}/scans/{first}/skipped");
    let page = owner.get(&format!("{skipped}?limit=2")).await.with(200);
    assert_eq!(
        page["items"][0],
        json!({ "path": "odd 0", "reason": "a socket", "asset_id": null })
    );
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = owner
        .get(&format!("{skipped}?cursor={cursor}"))
        .await
        .with(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next_cursor"], Value::Null);
}

async fn d14_a_duplicate_is_reported_once_and_names_what_can_be_had(world: World) {
    let owner = world.owner().await;
    let id = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let known = world
        .plant(workspace, id, "a.jpg", b"12345", "image/jpeg")
        .await;
    let run = world.plant_scan(workspace, id).await;
    let skipped = SkippedRow {
        path: "again.jpg".to_owned(),
        reason: "its content is in the library already".to_owned(),
        asset: Some(known.asset),
    };
    // An import may run twice; one that no scan asked for is the latest scan's.
    for named in [Some(run), Some(run), None] {
        let tx = world.deps.db.begin_in(workspace).await.unwrap();
        tx.scans().add_duplicate(id, named, &skipped).await.unwrap();
        tx.commit_quietly().await.unwrap();
    }
    let list = format!("/storages/{id}/scans");
    let runs = owner.get(&list).await.with(200);
    assert_eq!(runs["items"][0]["skipped"], 4, "three sockets and it");
    let report = format!("{list}/{run}/skipped?cursor=2");
    let told = |asset: Value| json!([{ "path": "again.jpg", "reason": skipped.reason, "asset_id": asset }]);
    let listed = owner.get(&report).await.with(200);
    assert_eq!(listed["items"], told(json!(known.asset)));
    let forgotten = ScanRunId(world.new_id());
    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    let noted = tx
        .scans()
        .add_duplicate(id, Some(forgotten), &skipped)
        .await;
    noted.expect("a run that was forgotten is no trouble");
    drop(tx);
}

#[tokio::test]
async fn the_server_shows_only_folders_that_its_operator_allows() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    std::fs::create_dir_all(world.photos().join("2024/rome")).unwrap();
    let root = world.photos().display().to_string();

    let top = owner.get("/server-folders").await.with(200);
    assert_eq!(top["allowed_roots"], json!([root]));
    assert_eq!(top["folders"], json!([{ "name": root, "path": root }]));

    let inside = owner
        .get(&format!("/server-folders?path={root}/2024"))
        .await
        .with(200);
    assert_eq!(inside["parent"], json!(root));
    assert_eq!(
        inside["folders"],
        json!([{ "name": "rome", "path": format!("{root}/2024/rome") }])
    );
    assert!(owner.get("/server-folders?path=/etc").await.status >= 400);
}

#[tokio::test]
async fn a_folder_is_tested_before_it_is_saved() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;

    let report = owner.post("/storages/test", folder(&world)).await.with(200);

    assert_eq!(report["ok"], true, "{report}");
    assert!(
        report["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| step["status"] != "failed")
    );
    assert_eq!(owner.get("/storages").await.with(200)["items"], json!([]));
}

#[tokio::test]
async fn credentials_never_come_back() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let bucket = json!({
        "name": "Bucket",
        "kind": "s3",
        "access": "read_write",
        "settings": {
            "provider": "minio", "bucket": "photos", "endpoint": "http://192.0.2.1:9000",
        },
        "credentials": { "access_key": "AKIDCANARY", "secret_key": "canary-of-the-secret" },
    });

    let made = owner.post("/storages", bucket).await.with(201);

    let path = format!("/storages/{}", made["id"].as_str().unwrap());
    for seen in [
        made,
        owner.get(&path).await.with(200),
        owner.get("/storages").await.with(200),
    ] {
        let text = seen.to_string();
        assert!(
            !text.contains("CANARY") && !text.contains("canary"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_viewer_looks_at_storages_and_changes_none() {
    use stowage_domain::Role;

    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let id = connect(&world, &owner).await;
    let viewer = world.join(&owner.workspace, Role::Viewer).await;
    let path = viewer.path(&format!("/storages/{id}"));

    viewer.call(Method::GET, &path, None).await.with(200);
    for (method, path, body) in [
        (Method::PATCH, path.clone(), Some(json!({ "name": "Mine" }))),
        (Method::DELETE, format!("{path}?entries=drop"), None),
        (Method::POST, format!("{path}/scan"), None),
        (Method::POST, format!("{path}/test"), None),
        (Method::POST, viewer.path("/storages"), Some(folder(&world))),
        (Method::GET, viewer.path("/server-folders"), None),
        (
            Method::PATCH,
            viewer.path(""),
            Some(json!({ "name": "Mine" })),
        ),
    ] {
        let refused = viewer.call(method.clone(), &path, body).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (403, "forbidden"),
            "{method} {path}"
        );
    }
}
