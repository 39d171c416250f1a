//! Collectors, migrations and delivery copies: originals that leave the place where they were found
//! (D9, D11, D12, D14, D34, P18, P21, P48).

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use serde_json::{Value, json};
use stowage_tests::{eventually, fixtures, fixtures::AlbumFile, fixtures::Picture};

use crate::world::World;

const SOON: Duration = Duration::from_mins(1);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Connects another folder that may be written to. Returns its id and where it is.
async fn another(world: &World, name: &str) -> (String, PathBuf) {
    let folder = world.place.allowed().join(name);
    fs::create_dir(&folder).unwrap();
    let body = json!({
        "name": name, "kind": "fs", "access": "read_write",
        "settings": { "folder": folder },
    });
    let storage = text(&world.library.post("/storages", body).await["id"]);
    world.library.wait_until_idle().await;
    (storage, folder)
}

/// Returns how many files of an album are still in their place.
fn left(world: &World, album: &[AlbumFile]) -> usize {
    let there = |file: &&AlbumFile| world.place.path(&file.path).exists();
    album.iter().filter(there).count()
}

/// Returns each asset by the hash of its content, with the tags that it has.
async fn assets(world: &World) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for card in world.library.assets().await {
        let asset = world.library.asset(&text(&card["id"])).await;
        found.insert(text(&asset["sha256"]), asset);
    }
    found
}

async fn assert_all_are_had(world: &World, album: &[AlbumFile], storage: &str) {
    let found = assets(world).await;
    assert_eq!(found.len(), album.len());
    for file in album {
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&file.bytes));
        let asset = &found[&sha256];
        assert_eq!(
            asset["locations"][0]["storage_id"], storage,
            "{}",
            file.path
        );
        let original = format!("/assets/{}/original", text(&asset["id"]));
        let (status, bytes) = world.library.download(&original).await;
        assert!(status == 200 && bytes == file.bytes, "{}", file.path);
    }
}

pub(crate) async fn d11_p18_p21_a_collector_is_emptied_into_the_main_storage(world: World) {
    let library = &world.library;
    let (main, folder) = another(&world, "main").await;
    library.choose_main(Some(&main)).await;
    let album = fixtures::plain(6);
    world.place.fill(&album);
    // Some were imported before anybody said that it is a collector.
    let source = library.connect_writable(&world.place).await;
    let before = assets(&world).await;
    let path = format!("/storages/{source}");
    let collects = json!({ "delivery": { "moves_to_main": true } });
    library.patch(&path, collects).await;
    library.wait_for_transfers("done", album.len()).await;
    library.wait_until_idle().await;
    assert_eq!(left(&world, &album), 0, "the collector is empty");
    assert_all_are_had(&world, &album, &main).await;
    let after = assets(&world).await;
    for (sha256, asset) in &before {
        for field in ["id", "name", "tags"] {
            assert_eq!(after[sha256][field], asset[field], "{field} stays");
        }
    }
    // Nothing is imported twice, and nothing is missing.
    for storage in [&source, &main] {
        let scan = world.rescan(storage).await;
        assert_eq!(
            (&scan["new"], &scan["missing"]),
            (&0.into(), &0.into()),
            "{scan}"
        );
    }
    // A new one follows by itself, and its folders stay its tags.
    let bytes = Picture::numbered(77).jpeg();
    world.place.put("Rome/Colosseum/new.jpg", &bytes);
    world.place.open_for_writing();
    world.rescan(&source).await;
    library.wait_for_transfers("done", album.len() + 1).await;
    library.wait_until_idle().await;
    assert!(!world.place.path("Rome/Colosseum/new.jpg").exists());
    let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
    let asset = assets(&world).await[&sha256].clone();
    assert!(asset["tags"].to_string().contains("Colosseum"), "{asset}");
    library
        .post("/assets/reread", json!({ "ids": [asset["id"]] }))
        .await;
    library
        .post(
            &format!("/assets/{}/retry", text(&asset["id"])),
            Value::Null,
        )
        .await;
    library.wait_until_idle().await;
    let again = library.asset(&text(&asset["id"])).await;
    assert_eq!(
        (&again["tags"], &again["name"]),
        (&asset["tags"], &asset["name"])
    );
    drop(folder);
}

pub(crate) async fn d11_a_file_that_changed_meanwhile_is_kept_and_taken_again(world: World) {
    let library = &world.library;
    let (main, _) = another(&world, "main").await;
    library.choose_main(Some(&main)).await;
    let album = fixtures::plain(1);
    world.place.fill(&album);
    let source = library.connect_writable(&world.place).await;
    let path = format!("/storages/{source}");
    // Held for an hour, so that there is time to write over it.
    let collects = json!({ "delivery": { "moves_to_main": true, "collector_hold_hours": 1 } });
    library.patch(&path, collects).await;
    library.wait_for_transfers("committed", 1).await;
    assert_eq!(left(&world, &album), 1, "it is held");
    let newer = Picture::numbered(901).jpeg();
    world.place.change(&album[0].path, &newer);
    world.rescan_once(&source).await;
    eventually("what is newer is an asset of its own", SOON, async || {
        let count = library.assets().await.len();
        (count == 2).then_some(()).ok_or_else(|| count.to_string())
    })
    .await;
    let kept = fs::read(world.place.path(&album[0].path)).unwrap();
    assert!(kept == newer, "what is newer is not deleted");
    let found = assets(&world).await;
    for bytes in [&album[0].bytes, &newer] {
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
        let original = format!("/assets/{}/original", text(&found[&sha256]["id"]));
        let (status, got) = library.download(&original).await;
        assert!(status == 200 && got == *bytes);
    }
}

pub(crate) async fn d14_p49_a_duplicate_in_a_collector_is_held(world: World) {
    let library = &world.library;
    let (main, _) = another(&world, "main").await;
    library.choose_main(Some(&main)).await;
    library.patch("", json!({ "check_duplicates": true })).await;
    let bytes = Picture::numbered(5).jpeg();
    library.send("sent.jpg", &bytes).await;
    library.wait_for_transfers("done", 1).await;
    let known = library.assets().await[0]["id"].clone();
    let source = library.connect_writable(&world.place).await;
    let path = format!("/storages/{source}");
    let collects = json!({ "delivery": { "moves_to_main": true } });
    library.patch(&path, collects).await;
    library.wait_until_idle().await;
    world.place.put("again.jpg", &bytes);
    world.place.open_for_writing();
    let held = world.rescan(&source).await;
    assert!(world.place.path("again.jpg").exists(), "it is held");
    assert_eq!(library.assets().await.len(), 1);
    let view = library.storage(&source).await;
    assert_eq!(view["delivery"]["held_duplicates"], 1, "{view}");

    let deletes = json!({ "delivery": { "on_duplicate": "delete" } });
    library.patch(&path, deletes).await;
    world.place.put("third.jpg", &bytes);
    world.place.open_for_writing();
    let deleted = world.rescan(&source).await;
    eventually("it is deleted", SOON, async || {
        let is_gone = !world.place.path("third.jpg").exists();
        is_gone
            .then_some(())
            .ok_or_else(|| "it is there".to_owned())
    })
    .await;
    assert!(world.place.path("again.jpg").exists());
    assert_eq!(library.assets().await.len(), 1);

    // Each is in the report of the scan that found it, with the asset that has its content.
    for (scan, file, word) in [
        (held, "again.jpg", "stays"),
        (deleted, "third.jpg", "deleted"),
    ] {
        let scan = text(&scan["id"]);
        let runs = library.scans(&source).await.expect("scans are listed");
        let run = runs.iter().find(|run| run["id"] == scan.as_str());
        assert_eq!(run.map(|run| run["skipped"].clone()), Some(1.into()));
        let report = library.get(&format!("{path}/scans/{scan}/skipped")).await;
        let items = report["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(items.len(), 1, "{report}");
        assert_eq!(
            (&items[0]["path"], &items[0]["asset_id"]),
            (&file.into(), &known)
        );
        assert!(text(&items[0]["reason"]).contains(word), "{report}");
    }
}

/// A storage that is only followed leaves duplicates where they are, lists them, and takes them in
/// when they are wanted again.
pub(crate) async fn d14_p49_a_storage_that_checks_leaves_duplicates_out(world: World) {
    let library = &world.library;
    let bytes = Picture::numbered(6).jpeg();
    let other = Picture::numbered(7).jpeg();
    world.place.put("first.jpg", &bytes);
    let source = library.import(&world.place).await;
    let known = library.asset_id_at("first.jpg").await;
    let path = format!("/storages/{source}");
    let checks = library
        .patch(&path, json!({ "check_duplicates": true }))
        .await;
    assert_eq!(checks["check_duplicates"], true);

    world.place.put("again.jpg", &bytes);
    world.place.put("other.jpg", &other);
    let scan = world.rescan(&source).await;
    assert_eq!(library.assets().await.len(), 2);
    let report = format!("{path}/scans/{}/skipped", text(&scan["id"]));
    let report = library.get(&report).await;
    assert_eq!(
        (&report["items"][0]["path"], &report["items"][0]["asset_id"]),
        (&"again.jpg".into(), &known.as_str().into()),
        "{report}"
    );
    assert_eq!(
        library.storage(&source).await["delivery"]["held_duplicates"],
        1
    );
    world.rescan(&source).await;
    assert_eq!(library.assets().await.len(), 2);

    library
        .patch(&path, json!({ "check_duplicates": false }))
        .await;
    eventually("it is a photo of its own", SOON, async || {
        let count = library.assets().await.len();
        (count == 3).then_some(()).ok_or_else(|| count.to_string())
    })
    .await;
    assert!(world.place.path("again.jpg").exists());
}

pub(crate) async fn d12_a_migration_moves_what_is_there_and_can_be_cancelled(world: World) {
    let library = &world.library;
    let album = fixtures::plain(8);
    world.place.fill(&album);
    let source = library.connect_writable(&world.place).await;
    let (target, folder) = another(&world, "target").await;
    let ids: Vec<String> = assets(&world)
        .await
        .values()
        .map(|asset| text(&asset["id"]))
        .collect();

    // The target is away: nothing can go, and it can be cancelled.
    let aside = world.place.allowed().join("aside");
    fs::rename(&folder, &aside).unwrap();
    fs::create_dir(&folder).unwrap();
    let body = json!({ "from_storage_id": source, "to_storage_id": target });
    let migration = library.post("/migrations", body).await;
    let path = format!("/migrations/{}", text(&migration["id"]));
    eventually("it is planned, and waits", SOON, async || {
        let view = library.try_get(&path).await?;
        let waits = view["status"] == "running" && view["open"] == 8 && view["troubled"] != 0;
        waits.then_some(()).ok_or_else(|| view.to_string())
    })
    .await;
    let view = library.post(&format!("{path}/cancel"), Value::Null).await;
    assert_eq!(
        (&view["status"], &view["given_up"]),
        (&"cancelled".into(), &8.into())
    );
    assert_eq!(left(&world, &album), 8);

    // It comes back, and the same migration goes on.
    fs::remove_dir_all(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    library.post(&format!("{path}/resume"), Value::Null).await;
    let view = eventually("everything is moved", SOON * 2, async || {
        let view = library.try_get(&path).await?;
        let is_done = view["status"] == "done" && view["moved"] == 8;
        is_done
            .then_some(view.clone())
            .ok_or_else(|| view.to_string())
    })
    .await;
    assert_eq!(view["moved_bytes"], Value::from(total(&album)), "{view}");
    library.wait_until_idle().await;
    assert_eq!(left(&world, &album), 0, "the source is empty");
    assert_all_are_had(&world, &album, &target).await;
    let after: Vec<String> = assets(&world)
        .await
        .values()
        .map(|asset| text(&asset["id"]))
        .collect();
    assert_eq!(after, ids, "they are the same assets");
    let acts = eventually("its end is on record", SOON, async || {
        let found = library.try_get("/audit?action=migration.finished").await?;
        let acts = found["items"].as_array().cloned().unwrap_or_default();
        (!acts.is_empty())
            .then_some(acts)
            .ok_or_else(|| found.to_string())
    })
    .await;
    let detail = &acts[0]["detail"];
    assert_eq!(acts.len(), 1);
    assert_eq!(
        (&detail["moved"], &acts[0]["user_id"]),
        (&8.into(), &Value::Null)
    );
}

fn total(album: &[AlbumFile]) -> u64 {
    album.iter().map(|file| file.bytes.len() as u64).sum()
}

pub(crate) async fn d9_originals_come_home_before_a_storage_is_removed(world: World) {
    let library = &world.library;
    let album = fixtures::plain(4);
    world.place.fill(&album);
    // It may only be read: nothing there is touched.
    let source = library.import(&world.place).await;
    let body = json!({ "from_storage_id": source, "to_storage_id": null });
    assert!(library.try_post("/migrations", body).await.is_err());
    let body = json!({
        "from_storage_id": source, "to_storage_id": null, "leave_source": true,
    });
    let migration = library.post("/migrations", body).await;
    let path = format!("/migrations/{}", text(&migration["id"]));
    eventually("everything is home", SOON, async || {
        let view = library.try_get(&path).await?;
        let is_done = view["status"] == "done" && view["moved"] == 4;
        is_done.then_some(()).ok_or_else(|| view.to_string())
    })
    .await;
    library.wait_until_idle().await;
    assert_eq!(left(&world, &album), 4, "no file outside is touched");
    library
        .delete(&format!("/storages/{source}?entries=drop"))
        .await;
    let central = library.workspace().to_owned();
    assert_all_are_had(&world, &album, &central).await;
    assert_eq!(left(&world, &album), 4);
}

pub(crate) async fn d34_a_delivery_copy_gets_every_new_original_besides_main(world: World) {
    let library = &world.library;
    let storage = library.connect_writable(&world.place).await;
    library.choose_main(Some(&storage)).await;
    let (copy, folder) = another(&world, "copy").await;
    let wants = json!({ "delivery": { "delivery_copy": true } });
    let view = library.patch(&format!("/storages/{copy}"), wants).await;
    assert_eq!(view["roles"], json!(["source", "delivery_copy"]));
    let bytes = Picture::numbered(3).jpeg();
    library.send("a.jpg", &bytes).await;
    library.wait_for_transfers("done", 2).await;
    library.wait_until_idle().await;
    let asset = assets(&world).await.into_values().next().unwrap();
    let places: Vec<(String, String)> = asset["locations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|place| (text(&place["storage_id"]), text(&place["role"])))
        .collect();
    let expected = [
        (storage.clone(), "original".to_owned()),
        (copy.clone(), "copy".to_owned()),
    ];
    assert_eq!(places, expected, "{asset}");
    let path = text(&asset["locations"][1]["path"]);
    assert!(fs::read(folder.join(&path)).unwrap() == bytes);
    for scanned in [&storage, &copy] {
        let scan = world.rescan(scanned).await;
        assert_eq!(
            (&scan["new"], &scan["missing"]),
            (&0.into(), &0.into()),
            "{scan}"
        );
    }
    // What somebody writes over the copy is another file; the original stays as it is.
    let other = Picture::numbered(4).jpeg();
    fs::write(folder.join(&path), &other).unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.rescan(&copy).await;
    let found = assets(&world).await;
    assert_eq!(found.len(), 2);
    let original = format!("/assets/{}/original", text(&asset["id"]));
    let (status, got) = library.download(&original).await;
    assert!(status == 200 && got == bytes);
}

pub(crate) async fn p12_d11_a_collected_file_without_pictures_is_read_once(world: World) {
    let library = &world.library;
    let (main, folder) = another(&world, "main").await;
    library.choose_main(Some(&main)).await;
    let source = library.connect_writable(&world.place).await;
    let collects = json!({ "delivery": { "moves_to_main": true } });
    let path = format!("/storages/{source}");
    library.patch(&path, collects).await;
    let bytes: Vec<u8> = (0..800_000_u32).map(|n| (n / 7) as u8).collect();
    world.place.put("notes/measured.dat", &bytes);
    world.place.open_for_writing();
    world.place.take_counted();
    world.rescan(&source).await;
    library.wait_for_transfers("done", 1).await;
    library.wait_until_idle().await;
    let counted = world.place.take_counted().expect("it is counted");
    // The marker is read, too, whenever the place proves itself.
    let once = bytes.len() as u64..bytes.len() as u64 + 20_000;
    assert!(once.contains(&counted.read_bytes), "{counted:?}");
    let asset = assets(&world)
        .await
        .into_values()
        .next()
        .expect("it is there");
    let original = format!("/assets/{}/original", text(&asset["id"]));
    let (status, got) = library.download(&original).await;
    assert!(status == 200 && got == bytes);
    assert_eq!(asset["locations"][0]["storage_id"], Value::from(main));
    assert!(folder.is_dir());
    let spool = format!("w/{}/spool", library.workspace());
    let spool = world.stowage.central().join(spool);
    eventually("the spool is empty", SOON, async || {
        let left = fs::read_dir(&spool).map_or(0, Iterator::count);
        if left == 0 {
            Ok(())
        } else {
            Err(format!("{left} files"))
        }
    })
    .await;
}
