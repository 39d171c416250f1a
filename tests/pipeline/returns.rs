//! Storages that hold what comes back, and storages that make new assets of what moves (D6, D7).

use serde_json::{Value, json};
use stowage_tests::{
    Kind,
    fixtures::{self, AlbumFile},
};

use crate::world::World;

async fn set(world: &World, storage: &str, change: Value) {
    let path = format!("/storages/{storage}");
    world.library.patch(&path, change).await;
}

async fn assert_nothing_left_the_library(world: &World) {
    let elsewhere = "select count(*) from asset where lifecycle <> 'live'";
    assert_eq!(world.library.rows().count(elsewhere).await, 0);
}

async fn renders(world: &World) -> u64 {
    let renders = "select count(*) from job where kind = 'render-asset'";
    world.library.rows().count(renders).await
}

async fn acts(world: &World, action: &str) -> u64 {
    let acts = format!("select count(*) from audit where action = '{action}'");
    world.library.rows().count(&acts).await
}

/// P29 and P30: nothing is made of what comes back, until an administrator says so.
pub(crate) async fn p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored(world: World) {
    let album = fixtures::plain(8);
    let storage = world.import(&album).await;
    set(&world, &storage, json!({ "on_return": "hold" })).await;
    let gone = &album[3];
    let before = world.library.asset_at(&gone.path).await;
    let rendered = renders(&world).await;

    world.place.remove(&gone.path);
    world.rescan(&storage).await;
    world.place.put(&gone.path, &gone.bytes);
    for _ in 0..2 {
        let scan = world.rescan(&storage).await;
        assert_eq!((&scan["new"], &scan["returned"]), (&0.into(), &0.into()));
    }

    let held = world.library.asset_at(&gone.path).await;
    assert_eq!(
        (&held["id"], &held["availability"]),
        (&before["id"], &"missing".into())
    );
    assert!(held["locations"][0]["back_since"].is_string(), "{held}");
    assert_eq!(world.library.assets().await.len(), album.len());
    let missing = world.library.get("/assets/missing").await;
    assert_eq!(missing["items"][0]["advice"], "restore", "{missing}");

    let ids = json!({ "ids": [before["id"]] });
    let restored = world.library.post("/assets/missing/restore", ids).await;
    assert_eq!(restored["restored"], 1, "{restored}");
    world.rescan(&storage).await;

    let back = world.library.asset_at(&gone.path).await;
    assert_eq!(
        (&back["id"], &back["availability"]),
        (&before["id"], &"available".into())
    );
    assert_eq!(acts(&world, "original.restored").await, 1);
    assert_eq!(renders(&world).await, rendered, "rendered again");
    assert_nothing_left_the_library(&world).await;
    world.assert_holds(&album).await;
}

/// P31 and P32: under another name, or in another storage, it is a new asset.
pub(crate) async fn p31_p32_d6_elsewhere_a_missing_file_is_a_new_asset(world: World) {
    let album = fixtures::plain(8);
    let storage = world.import(&album).await;
    let as_picvario = json!({ "on_return": "hold", "on_move": "recreate" });
    set(&world, &storage, as_picvario).await;
    let (first, second) = (&album[1], &album[2]);
    let before = world.library.asset_at(&first.path).await;
    let other = world.library.asset_at(&second.path).await;
    for file in [first, second] {
        world.place.remove(&file.path);
    }
    world.rescan(&storage).await;

    // Another name, and other content: there is no evidence of a move.
    let changed = fixtures::plain(9).remove(8);
    world.place.put("renamed.jpg", &changed.bytes);
    world.rescan(&storage).await;

    let renamed = world.library.asset_at("renamed.jpg").await;
    assert_ne!(renamed["id"], before["id"]);
    let marked = world.library.asset_at(&first.path).await;
    assert_eq!(marked["availability"], "missing", "{marked}");

    if world.place.kind() == Kind::Folder {
        let folder = world.place.allowed().join("another");
        let there = AlbumFile {
            path: format!("../another/{}", second.path),
            ..second.clone()
        };
        world.place.fill(&[there]);
        let body = json!({
            "name": "Another", "kind": "fs", "access": "read_only",
            "settings": { "folder": folder },
        });
        world.library.post("/storages", body).await;
        stowage_tests::eventually(
            "the other storage is imported",
            crate::world::NOTICED,
            async || {
                let count = world.library.assets().await.len();
                if count == album.len() + 2 {
                    Ok(())
                } else {
                    Err(count.to_string())
                }
            },
        )
        .await;
        let still = world
            .library
            .asset(other["id"].as_str().unwrap_or_default())
            .await;
        assert_eq!(still["availability"], "missing", "{still}");
    }
    assert_eq!(acts(&world, "asset.recreated").await, 0);
    assert_nothing_left_the_library(&world).await;
}

/// P26: with evidence of a move, the old asset is dropped and a new one made.
pub(crate) async fn p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one(world: World) {
    let mut album = fixtures::plain(6);
    let storage = world.import(&album).await;
    set(&world, &storage, json!({ "on_move": "recreate" })).await;
    let (old, new) = (album[2].path.clone(), "renamed/Other name.jpg".to_owned());
    let before = world.library.asset_at(&old).await;
    let id = before["id"].as_str().unwrap_or_default().to_owned();

    world.place.rename(&old, &new);
    world.rescan(&storage).await;

    let after = world.library.asset_at(&new).await;
    assert_ne!(after["id"], before["id"]);
    assert_eq!(after["availability"], "available", "{after}");
    let dropped = world.library.try_get(&format!("/assets/{id}")).await;
    assert!(
        dropped.is_err_and(|why| why.contains("404")),
        "{id} is there"
    );
    assert_eq!(acts(&world, "asset.recreated").await, 1);
    assert_nothing_left_the_library(&world).await;
    let url = after["thumbnail_url"].as_str().unwrap_or_default();
    assert_eq!(world.library.download_url(url).await.0, 200);
    world.rescan(&storage).await;
    album[2].path = new;
    world.assert_holds(&album).await;
}

/// A file that came back and waits is there: a copy of it is a copy, not a move.
pub(crate) async fn d6_d7_a_copy_of_a_file_that_waits_is_no_move(world: World) {
    let album = fixtures::plain(6);
    let storage = world.import(&album).await;
    set(&world, &storage, json!({ "on_return": "hold" })).await;
    let gone = &album[0];
    let before = world.library.asset_at(&gone.path).await;
    world.place.remove(&gone.path);
    world.rescan(&storage).await;

    world.place.put(&gone.path, &gone.bytes);
    world.place.put("a copy.jpg", &gone.bytes);
    world.rescan(&storage).await;

    let copy = world.library.asset_at("a copy.jpg").await;
    assert_ne!(copy["id"], before["id"]);
    let held = world.library.asset_at(&gone.path).await;
    assert_eq!(
        (&held["id"], &held["availability"]),
        (&before["id"], &"missing".into())
    );
}

/// W4: one question to the storage, answered in seconds, and acted on.
pub(crate) async fn w4_d5_a_check_marks_and_takes_back_without_a_scan(world: World) {
    let album = fixtures::plain(6);
    let storage = world.import(&album).await;
    let file = &album[1];
    let before = world.library.asset_at(&file.path).await;
    let scans = world
        .library
        .scans(&storage)
        .await
        .unwrap_or_default()
        .len();
    let check = async || {
        let ids = json!({ "ids": [before["id"]] });
        let answer = world.library.post("/assets/check", ids).await;
        answer["items"][0].clone()
    };

    let there = check().await;
    assert_eq!(
        (&there["result"], &there["changed"]),
        (&"there".into(), &false.into()),
        "{there}"
    );
    world.place.remove(&file.path);
    let gone = check().await;
    assert_eq!(
        (&gone["result"], &gone["changed"]),
        (&"gone".into(), &true.into()),
        "{gone}"
    );
    let marked = world.library.asset_at(&file.path).await;
    assert_eq!(marked["availability"], "missing", "{marked}");
    world.place.put(&file.path, &file.bytes);
    let back = check().await;
    assert_eq!(
        (&back["result"], &back["changed"]),
        (&"there".into(), &true.into()),
        "{back}"
    );
    world.library.wait_until_idle().await;
    let after = world.library.asset_at(&file.path).await;
    assert_eq!(after["availability"], "available", "{after}");
    let scans_now = world
        .library
        .scans(&storage)
        .await
        .unwrap_or_default()
        .len();
    assert_eq!(scans_now, scans, "a scan ran");
    world.assert_holds(&album).await;
}

/// What is gone because the place is gone is not gone: nothing is marked.
pub(crate) async fn d5_a_check_of_a_place_that_is_away_marks_nothing(world: World) {
    let album = fixtures::plain(6);
    world.import(&album).await;
    let before = world.library.asset_at(&album[1].path).await;
    let rows = world.catalog().await;
    world.place.take_away();

    let ids = json!({ "ids": [before["id"]] });
    let answer = world.library.post("/assets/check", ids).await;

    assert_eq!(answer["items"][0]["result"], "away", "{answer}");
    assert!(answer["items"][0]["detail"].is_string(), "{answer}");
    world.place.bring_back();
    assert_eq!(world.catalog().await, rows);
}

/// D6: a missing asset is dropped by an administrator, and only when it really is missing.
pub(crate) async fn d6_forget_drops_what_is_missing_and_nothing_else(world: World) {
    let album = fixtures::plain(6);
    let storage = world.import(&album).await;
    let (gone, back, there) = (&album[0], &album[1], &album[2]);
    let mut ids = Vec::new();
    for file in [gone, back, there] {
        ids.push(world.library.asset_at(&file.path).await["id"].clone());
    }
    for file in [gone, back] {
        world.place.remove(&file.path);
    }
    world.rescan(&storage).await;
    world.place.put(&back.path, &back.bytes);

    let body = json!({ "ids": ids });
    let answer = world.library.post("/assets/missing/forget", body).await;

    assert_eq!(answer["forgotten"], 1, "{answer}");
    assert_eq!(
        answer["problems"].as_array().map(Vec::len),
        Some(2),
        "{answer}"
    );
    assert_eq!(acts(&world, "asset.forgotten").await, 1);
    world.library.wait_until_idle().await;
    world.assert_holds(&album[1..]).await;
    // And should the file appear again, it is new.
    world.place.put(&gone.path, &gone.bytes);
    world.rescan(&storage).await;
    assert_ne!(world.library.asset_at(&gone.path).await["id"], ids[0]);
    world.assert_holds(&album).await;
}
