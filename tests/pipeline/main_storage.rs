//! New originals on their way into the main storage (D1, D8, D10, D12, D16).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::Duration,
};

use serde_json::{Value, json};
use stowage_tests::{Chance, Kind, eventually, fixtures::Picture};

use crate::world::World;

const SOON: Duration = Duration::from_mins(1);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn picture(number: u32) -> Vec<u8> {
    Picture::numbered(number).jpeg()
}

/// Connects the place as the main storage. Returns its id.
async fn main_storage(world: &World) -> String {
    let storage = world.library.connect_writable(&world.place).await;
    let main = world.library.choose_main(Some(&storage)).await;
    assert_eq!(main["goes_to"], Value::from(storage.clone()), "{main}");
    storage
}

/// Sends a file, and returns the asset that it becomes.
async fn send(world: &World, path: &str, bytes: &[u8]) -> String {
    let id = world.library.send(path, bytes).await;
    eventually("an upload is an asset", SOON, async || {
        let upload = world.library.try_get(&format!("/uploads/{id}")).await?;
        let asset = upload["asset_id"].as_str().map(str::to_owned);
        asset.ok_or_else(|| upload.to_string())
    })
    .await
}

/// Returns the files below a folder with their bytes, but Stowage's own.
fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with(".stowage") {
                let below = path.strip_prefix(folder).unwrap_or(&path);
                files.insert(below.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn hosted(world: &World) -> BTreeMap<String, Vec<u8>> {
    let originals = format!("w/{}/originals", world.library.workspace());
    files_in(&world.stowage.central().join(originals))
}

async fn assert_original(world: &World, asset: &str, bytes: &[u8]) {
    let original = format!("/assets/{asset}/original");
    let (status, got) = world.library.download(&original).await;
    assert_eq!(status, 200, "asset {asset}");
    assert!(got == bytes, "asset {asset} is not what was sent");
}

pub(crate) async fn d10_p20_an_upload_is_delivered_to_the_main_storage(world: World) {
    let library = &world.library;
    let storage = main_storage(&world).await;
    let bytes = Picture::numbered(7).sized(480, 320).jpeg();
    let id = send(&world, "Summer/Lakeside/a.jpg", &bytes).await;
    library.wait_for_transfers("done", 1).await;
    library.wait_until_idle().await;

    let asset = library.asset(&id).await;
    assert_eq!(asset["status"], "ready", "{asset}");
    let locations = asset["locations"].as_array().cloned().unwrap_or_default();
    assert_eq!(
        locations.len(),
        1,
        "central storage has it no more: {asset}"
    );
    assert_eq!(locations[0]["storage_id"], Value::from(storage.clone()));
    let path = text(&locations[0]["path"]);
    let workspace = library.get("").await;
    let prefix = format!(
        "{}/uploads/Summer/Lakeside/a_",
        text(&workspace["short_id"])
    );
    assert!(path.starts_with(&prefix), "{path}");
    assert_eq!(
        files_in(&world.place.root()),
        BTreeMap::from([(path, bytes.clone())])
    );
    assert_eq!(hosted(&world), BTreeMap::new());
    assert_original(&world, &id, &bytes).await;

    let ledger = library.get("/transfers").await;
    let row = &ledger["items"][0];
    assert_eq!(
        (&row["kind"], &row["copies"]),
        (&"deliver".into(), &1.into())
    );
    assert_eq!(row["path"], locations[0]["path"]);

    // What was delivered is known: a scan finds nothing new, and nothing is missing.
    let scan = world.rescan(&storage).await;
    assert_eq!(
        (&scan["new"], &scan["missing"]),
        (&0.into(), &0.into()),
        "{scan}"
    );
    let asset = library.asset(&id).await;
    assert_eq!(
        asset["tags"],
        json!([]),
        "folders that Stowage made are no tags"
    );
    assert_eq!(library.assets().await.len(), 1);
    let view = library.storage(&storage).await;
    assert_eq!(view["roles"], json!(["source", "main"]));
    assert_eq!(view["delivery"]["waiting"], 0, "{view}");
}

pub(crate) async fn w30_a_hundred_files_of_one_name_are_a_hundred_objects(world: World) {
    const FILES: u32 = 100;
    let library = &world.library;
    let storage = main_storage(&world).await;
    let pattern = json!({ "delivery": { "file_name_pattern": "{original}" } });
    library
        .patch(&format!("/storages/{storage}"), pattern)
        .await;
    let sent: BTreeSet<Vec<u8>> = (0..FILES).map(picture).collect();
    assert_eq!(sent.len(), FILES as usize);
    let sends = sent.iter().map(|bytes| library.send("image.jpg", bytes));
    futures::future::join_all(sends).await;
    library.wait_for_transfers("done", FILES as usize).await;
    let files = files_in(&world.place.root());
    let names: BTreeSet<String> = files.keys().cloned().collect();
    let prefix = text(&library.get("").await["short_id"]);
    let expected: BTreeSet<String> = (1..=FILES)
        .map(|number| match number {
            1 => format!("{prefix}/uploads/image.jpg"),
            number => format!("{prefix}/uploads/image-{number}.jpg"),
        })
        .collect();
    assert_eq!(names, expected);
    let there: BTreeSet<Vec<u8>> = files.into_values().collect();
    assert!(there == sent, "every content is there once");
}

pub(crate) async fn d8_v33_new_files_go_to_central_storage_while_main_is_off(world: World) {
    let library = &world.library;
    let storage = main_storage(&world).await;
    let path = format!("/storages/{storage}");
    library.patch(&path, json!({ "on": false })).await;
    let main = library.get("/main-storage").await;
    assert_eq!(
        (&main["goes_to"], &main["away"]),
        (&Value::Null, &"off".into())
    );
    let hosted_asset = send(&world, "while-off.jpg", &picture(1)).await;
    library.wait_until_idle().await;
    let asset = library.asset(&hosted_asset).await;
    assert_eq!(asset["locations"][0]["storage_kind"], "central");
    assert_eq!(files_in(&world.place.root()), BTreeMap::new());

    library.patch(&path, json!({ "on": true })).await;
    let delivered = send(&world, "while-on.jpg", &picture(2)).await;
    library.wait_for_transfers("done", 1).await;
    assert_original(&world, &delivered, &picture(2)).await;
    assert_original(&world, &hosted_asset, &picture(1)).await;
    assert_eq!(files_in(&world.place.root()).len(), 1);
    assert_eq!(hosted(&world).len(), 1, "what came while it was off stays");
}

pub(crate) async fn d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back(
    world: World,
) {
    let library = &world.library;
    let storage = main_storage(&world).await;
    world.place.replace_by_empty();
    let mut sent = BTreeMap::new();
    for number in 0..3 {
        let bytes = picture(number);
        let id = send(&world, &format!("{number}.jpg"), &bytes).await;
        sent.insert(id, bytes);
    }
    let view = eventually(
        "the storage says what stands against it",
        SOON,
        async || {
            let view = library.try_get(&format!("/storages/{storage}")).await?;
            let trouble = &view["delivery"]["trouble"];
            if trouble["kind"] == "unreachable" && view["delivery"]["waiting"] == 3 {
                Ok(view)
            } else {
                Err(view.to_string())
            }
        },
    )
    .await;
    assert!(view["reason"].is_string(), "{view}");
    for (id, bytes) in &sent {
        assert_original(&world, id, bytes).await;
    }
    world.place.bring_back();
    let retried = library.post("/transfers/retry", json!({})).await;
    assert!(retried["retried"].as_u64() >= Some(1), "{retried}");
    library.wait_for_transfers("done", 3).await;
    for (id, bytes) in &sent {
        assert_original(&world, id, bytes).await;
    }
    let there: BTreeSet<Vec<u8>> = files_in(&world.place.root()).into_values().collect();
    assert!(there == sent.into_values().collect(), "each is there once");
    let view = library.storage(&storage).await;
    assert_eq!(view["delivery"]["trouble"], Value::Null, "{view}");
}

pub(crate) async fn d16_a_file_of_somebody_elses_is_never_replaced(world: World) {
    let library = &world.library;
    let storage = main_storage(&world).await;
    let pattern = json!({ "delivery": { "file_name_pattern": "{original}" } });
    library
        .patch(&format!("/storages/{storage}"), pattern)
        .await;
    let prefix = text(&library.get("").await["short_id"]);
    let mine = format!("{prefix}/uploads/a.jpg");
    world.place.put(&mine, b"somebody's own");
    world.place.open_for_writing();

    let id = send(&world, "a.jpg", &picture(1)).await;
    library.wait_for_transfers("done", 1).await;
    let files = files_in(&world.place.root());
    assert_eq!(files[&mine], b"somebody's own");
    assert_eq!(files[&format!("{prefix}/uploads/a-2.jpg")], picture(1));
    assert_original(&world, &id, &picture(1)).await;
    // Their file becomes an asset like any other.
    world.rescan(&storage).await;
    assert_eq!(library.assets().await.len(), 2);
}

pub(crate) async fn p2_v11_v52_v53_d12_another_main_gets_new_files_only(world: World) {
    let library = &world.library;
    let first = main_storage(&world).await;
    let one = send(&world, "one.jpg", &picture(1)).await;
    library.wait_for_transfers("done", 1).await;

    // Another one; the first is away, so that what waits for it goes there as well.
    let other = world.place.allowed().join("other");
    fs::create_dir(&other).unwrap();
    let body = json!({
        "name": "Other", "kind": "fs", "access": "read_write",
        "settings": { "folder": other },
    });
    let second = text(&library.post("/storages", body).await["id"]);
    library.wait_until_idle().await;
    world.place.replace_by_empty();
    let two = send(&world, "two.jpg", &picture(2)).await;
    let off = json!({ "on": false });
    library.patch(&format!("/storages/{first}"), off).await;
    library.choose_main(Some(&second)).await;
    let three = send(&world, "three.jpg", &picture(3)).await;
    library.wait_for_transfers("done", 3).await;
    world.place.bring_back();
    let on = json!({ "on": true });
    library.patch(&format!("/storages/{first}"), on).await;

    let there: BTreeSet<Vec<u8>> = files_in(&other).into_values().collect();
    assert!(there == BTreeSet::from([picture(2), picture(3)]));
    let stayed: Vec<Vec<u8>> = files_in(&world.place.root()).into_values().collect();
    assert!(stayed == [picture(1)], "what is there stays");
    world.wait_for_status(&first, &["connected"]).await;
    for (id, number) in [(&one, 1), (&two, 2), (&three, 3)] {
        assert_original(&world, id, &picture(number)).await;
    }
}

pub(crate) async fn d10_a_delivery_that_is_killed_goes_on(mut world: World) {
    const FILES: u32 = 12;
    let mut chance = Chance::seeded();
    let storage = main_storage(&world).await;
    let mut sent = BTreeMap::new();
    for number in 0..FILES {
        let bytes = Picture::numbered(number).sized(800, 600).jpeg();
        sent.insert(
            world.library.send(&format!("{number}.jpg"), &bytes).await,
            bytes,
        );
    }
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(100 + chance.below(600))).await;
        for name in ["ingest", "retention-purger", "storage-connector"] {
            let process = world.stowage.process(name);
            process.kill();
            process.start();
        }
        world.stowage.wait_until_ready().await;
    }
    let library = &world.library;
    library.wait_for_transfers("done", FILES as usize).await;
    let there: BTreeSet<Vec<u8>> = files_in(&world.place.root()).into_values().collect();
    assert!(there == sent.values().cloned().collect(), "each is there");
    assert_eq!(files_in(&world.place.root()).len(), sent.len(), "and once");
    assert_eq!(hosted(&world), BTreeMap::new());
    world.rescan(&storage).await;
    assert_eq!(library.assets().await.len(), FILES as usize);
    for (upload, bytes) in &sent {
        let upload = library.get(&format!("/uploads/{upload}")).await;
        assert_original(&world, &text(&upload["asset_id"]), bytes).await;
    }
}

pub(crate) async fn d10_a_local_copy_stays_as_long_as_its_storage_says(world: World) {
    assert_eq!(world.place.kind(), Kind::Folder);
    let library = &world.library;
    let storage = main_storage(&world).await;
    let path = format!("/storages/{storage}");
    let keep = json!({ "delivery": { "keep_local_copy": "always" } });
    library.patch(&path, keep).await;
    let always = send(&world, "always.jpg", &picture(1)).await;
    library.wait_for_transfers("done", 1).await;
    let keep = json!({ "delivery": { "keep_local_copy": "days", "keep_local_days": 5 } });
    library.patch(&path, keep).await;
    let days = send(&world, "days.jpg", &picture(2)).await;
    library.wait_for_transfers("committed", 1).await;
    assert_eq!(hosted(&world).len(), 2);
    let lingering = library.get("/lingering").await;
    assert_eq!(
        lingering["items"],
        json!([]),
        "what is kept on purpose does not linger"
    );
    // The main storage is away: both are had from here.
    world.place.replace_by_empty();
    assert_original(&world, &always, &picture(1)).await;
    assert_original(&world, &days, &picture(2)).await;
}
