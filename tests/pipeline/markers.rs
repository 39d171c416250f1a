//! Storages that are written to: the marker that proves them, and their way out and back (D9).

use serde_json::{Value, json};
use stowage_tests::{Kind, eventually, fixtures};

use crate::world::{NOTICED, World};

fn writable(world: &World) -> Value {
    let mut new = world.place.new_storage();
    new["access"] = json!("read_write");
    new
}

/// Connects the place to be written to, and imports all of it.
async fn connect(world: &World) -> String {
    let storage = world.library.post("/storages", writable(world)).await;
    let id = storage["id"].as_str().unwrap_or_default().to_owned();
    eventually("the first scan is complete", NOTICED, async || {
        let scans = world.library.scans(&id).await?;
        if scans.iter().any(|scan| scan["state"] == "complete") {
            Ok(())
        } else {
            Err(format!("{scans:?}"))
        }
    })
    .await;
    world.library.wait_until_idle().await;
    id
}

async fn ids(world: &World) -> Vec<Value> {
    let mut ids: Vec<Value> = world.library.assets().await;
    ids.sort_by_key(|asset| asset["id"].to_string());
    ids.into_iter().map(|asset| asset["id"].clone()).collect()
}

async fn renders(world: &World) -> u64 {
    let renders = "select count(*) from job where kind = 'render-asset'";
    world.library.rows().count(renders).await
}

/// The marker is there, is nobody's picture, and without it nothing counts as gone.
pub(crate) async fn p37_d9_the_marker_is_never_imported_and_without_it_nothing_is_marked(
    world: World,
) {
    let album = fixtures::plain(8);
    world.place.fill(&album);
    let storage = connect(&world).await;
    let marker = world.place.path(".stowage");
    let text = std::fs::read(&marker).expect("the place is marked");
    let said: Value = serde_json::from_slice(&text).expect("a marker is JSON");
    assert_eq!(said["storage"], storage.as_str());
    assert_eq!(said["workspace"], world.library.workspace());
    world.assert_holds(&album).await;

    let before = world.catalog().await;
    std::fs::remove_file(&marker).expect("it is there");
    world.place.rename(&album[0].path, "../aside.jpg");
    let scan = world.library.scan(&storage).await;
    assert_eq!(scan["state"], "aborted", "{scan}");
    assert!(scan["error"].to_string().contains("marker"), "{scan}");
    assert_eq!(world.catalog().await, before);

    std::fs::write(&marker, &text).expect("it can be put back");
    world.place.rename("../aside.jpg", &album[0].path);
    eventually("it is followed again", NOTICED, async || {
        let scan = world.library.scan(&storage).await;
        if scan["state"] == "complete" {
            Ok(())
        } else {
            Err(scan.to_string())
        }
    })
    .await;
    world.library.wait_until_idle().await;
    world.assert_holds(&album).await;
}

/// W16: removed with its entries kept, and connected again: the same assets, nothing made anew.
pub(crate) async fn w16_a_storage_that_comes_back_has_its_old_assets(world: World) {
    let album = fixtures::plain(8);
    world.place.fill(&album);
    let storage = connect(&world).await;
    let (before, rendered) = (ids(&world).await, renders(&world).await);

    let gone = format!("/storages/{storage}?entries=keep");
    world.library.delete(&gone).await;
    let marked = world.library.asset_at(&album[0].path).await;
    assert_eq!(marked["availability"], "disconnected", "{marked}");
    let again = connect(&world).await;

    assert_eq!(again, storage);
    world.rescan(&storage).await;
    assert_eq!(ids(&world).await, before);
    assert_eq!(renders(&world).await, rendered, "rendered again");
    world.assert_holds(&album).await;
}

/// Taken away and given back 20 times: the same assets, and no picture made again.
pub(crate) async fn p28_d5_twenty_outages_leave_every_asset_and_every_picture(world: World) {
    let album = fixtures::plain(6);
    let storage = world.import(&album).await;
    let (before, rendered) = (ids(&world).await, renders(&world).await);
    let rows = world.catalog().await;
    for round in 0..20 {
        world.place.take_away();
        let scan = world.library.scan(&storage).await;
        assert_ne!(scan["state"], "complete", "round {round}: {scan}");
        world.place.bring_back();
    }
    eventually("it is followed again", NOTICED, async || {
        let scan = world.library.scan(&storage).await;
        if scan["state"] == "complete" {
            Ok(())
        } else {
            Err(scan.to_string())
        }
    })
    .await;
    world.library.wait_until_idle().await;
    assert_eq!(ids(&world).await, before);
    assert_eq!(renders(&world).await, rendered, "rendered again");
    assert_eq!(world.catalog().await, rows);
    world.assert_holds(&album).await;
}

/// D27: what lies in `photos2` is not in `photos`, neither when it is there nor when it goes.
pub(crate) async fn p17_d27_photos_never_touches_photos2(world: World) {
    let album = fixtures::plain(4);
    for file in &album {
        world
            .place
            .put(&format!("photos/{}", file.path), &file.bytes);
        world
            .place
            .put(&format!("photos2/{}", file.path), &file.bytes);
    }
    let mut new = writable(&world);
    match world.place.kind() {
        Kind::Bucket => new["settings"]["path_prefix"] = json!("photos"),
        _ => {
            let folder = new["settings"]["folder"].as_str().unwrap_or_default();
            new["settings"]["folder"] = json!(format!("{folder}/photos"));
        }
    }
    let storage = world.library.post("/storages", new).await;
    let id = storage["id"].as_str().unwrap_or_default().to_owned();
    eventually("the first scan is complete", NOTICED, async || {
        let scans = world.library.scans(&id).await?;
        if scans.iter().any(|scan| scan["state"] == "complete") {
            Ok(())
        } else {
            Err(format!("{scans:?}"))
        }
    })
    .await;
    world.library.wait_until_idle().await;
    assert_eq!(world.library.assets().await.len(), album.len());
    let rows = world.catalog().await;

    world.place.rename("photos2", "../elsewhere");
    let scan = world.rescan(&id).await;

    assert_eq!(
        (&scan["missing"], &scan["new"]),
        (&0.into(), &0.into()),
        "{scan}"
    );
    assert_eq!(world.catalog().await, rows);
    assert!(world.place.path("photos/.stowage").is_file());
    assert!(!world.place.path(".stowage").exists());
}

/// D5: where the place proves nothing, two scans in agreement are not enough; a person is.
pub(crate) async fn d5_an_ftp_server_that_shows_nothing_asks_a_person(world: World) {
    let album = fixtures::plain(25);
    let storage = world.import(&album).await;
    let before = world.catalog().await;
    let asks = async || {
        eventually("a person is asked", NOTICED, async || {
            world.library.scan(&storage).await;
            let view = world
                .library
                .try_get(&format!("/storages/{storage}"))
                .await?;
            if view["hold"]["state"] == "asking" {
                Ok(view)
            } else {
                Err(view.to_string())
            }
        })
        .await
    };

    // The disk behind the server is not mounted.
    world.place.replace_by_empty();
    let view = asks().await;
    assert_eq!(view["hold"]["absent"], 25, "{view}");
    assert_eq!(world.catalog().await, before, "marked without a proof");
    world.place.bring_back();
    world.rescan(&storage).await;
    assert_eq!(world.library.storage(&storage).await["hold"], Value::Null);

    // And now they really go.
    world.place.replace_by_empty();
    asks().await;
    let confirm = format!("/storages/{storage}/confirm-absence");
    world.library.post(&confirm, json!({ "absent": 25 })).await;
    eventually("the marks are set", NOTICED, async || {
        let view = world
            .library
            .try_get(&format!("/storages/{storage}"))
            .await?;
        if view["figures"]["missing"] == 25 && view["hold"].is_null() {
            Ok(())
        } else {
            Err(view.to_string())
        }
    })
    .await;
    assert_eq!(
        world.library.assets().await.len(),
        25,
        "all stay in the library"
    );
    world.place.bring_back();
    world.rescan(&storage).await;
    world.assert_holds(&album).await;
}

/// P43: what a storage imports is recorded under whom it names, as long as they may.
pub(crate) async fn p43_d23_new_files_come_in_under_whom_the_storage_names(world: World) {
    let mut album = fixtures::plain(4);
    let storage = world.import(&album[..3]).await;
    let before = world.library.asset_at(&album[0].path).await;
    assert_eq!(before["imported_by"], Value::Null, "{before}");
    let members = world.library.get("/members").await;
    let me = members["items"][0]["user_id"].clone();
    let path = format!("/storages/{storage}/import-user");
    world.library.put(&path, json!({ "user_id": me })).await;

    let new = album.pop().expect("an album has a last file");
    world.place.put(&new.path, &new.bytes);
    world.rescan(&storage).await;

    let after = world.library.asset_at(&new.path).await;
    assert_eq!(after["imported_by"], "Owner", "{after}");
    let old = world.library.asset_at(&album[0].path).await;
    assert_eq!(old["imported_by"], Value::Null, "{old}");
}
