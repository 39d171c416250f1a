//! Files that vanish from their storage, and come back (D5, D6).

use serde_json::Value;
use stowage_tests::{eventually, fixtures};

use crate::world::{NOTICED, World};

async fn availability(world: &World, path: &str) -> Value {
    world.library.asset_at(path).await["availability"].clone()
}

pub(crate) async fn d5_a_deleted_file_is_marked_and_comes_back(world: World) {
    let album = fixtures::plain(8);
    let storage = world.import(&album).await;
    let gone = &album[3];
    let before = world.library.asset_at(&gone.path).await;

    world.place.remove(&gone.path);
    let scan = world.rescan(&storage).await;

    assert_eq!(
        (&scan["state"], &scan["missing"]),
        (&"complete".into(), &1.into()),
        "{scan}"
    );
    let missing = world.library.asset_at(&gone.path).await;
    assert_eq!(missing["availability"], "missing", "{missing}");
    assert_eq!(missing["id"], before["id"]);
    assert!(
        missing["locations"][0]["missing_since"].is_string(),
        "{missing}"
    );
    // It stays in the gallery, and its pictures stay visible.
    assert_eq!(world.library.assets().await.len(), album.len());
    let url = missing["thumbnail_url"].as_str().unwrap_or_default();
    assert_eq!(world.library.download_url(url).await.0, 200);
    assert_eq!(availability(&world, &album[4].path).await, "available");

    world.place.put(&gone.path, &gone.bytes);
    world.rescan(&storage).await;

    let back = world.library.asset_at(&gone.path).await;
    assert_eq!(
        (&back["id"], &back["availability"]),
        (&before["id"], &"available".into())
    );
    world.assert_holds(&album).await;
}

/// Past max(20, 10 %) nothing is marked until a second clean scan misses the same files.
pub(crate) async fn d5_many_deleted_files_are_held_until_a_second_scan_agrees(world: World) {
    let album = fixtures::plain(60);
    let storage = world.import(&album).await;
    let (gone, left) = album.split_at(30);

    for file in gone {
        world.place.remove(&file.path);
    }
    let scan = world.library.scan(&storage).await;

    assert_eq!(
        (&scan["state"], &scan["missing"]),
        (&"complete".into(), &0.into()),
        "{scan}"
    );
    // The second look follows by itself, two seconds later.
    eventually("the marks are set", NOTICED, async || {
        let view = world
            .library
            .try_get(&format!("/storages/{storage}"))
            .await?;
        if view["figures"]["missing"] == 30 {
            Ok(())
        } else {
            Err(view.to_string())
        }
    })
    .await;
    assert_eq!(world.library.storage(&storage).await["hold"], Value::Null);
    assert_eq!(availability(&world, &gone[0].path).await, "missing");
    assert_eq!(availability(&world, &left[0].path).await, "available");
    assert_eq!(world.library.assets().await.len(), album.len());
}

/// A listing without anything, where there was something, marks nothing at first, and says so.
pub(crate) async fn an_empty_listing_is_held(world: World) {
    let album = fixtures::plain(5);
    let storage = world.import(&album).await;
    let before = world.catalog().await;
    for file in &album {
        world
            .place
            .rename(&file.path, &format!("../aside/{}", file.path));
    }

    let scan = world.library.scan(&storage).await;

    assert_eq!(
        (&scan["listed"], &scan["missing"]),
        (&0.into(), &0.into()),
        "{scan}"
    );
    let view = world.library.storage(&storage).await;
    let hold = &view["hold"];
    // The second look comes by itself; until then this is how it stands.
    if !hold.is_null() {
        assert_eq!(
            (&hold["absent"], &hold["objects"]),
            (&5.into(), &5.into()),
            "{view}"
        );
        assert_eq!(world.catalog().await, before);
    }
    for file in &album {
        world
            .place
            .rename(&format!("../aside/{}", file.path), &file.path);
    }
    eventually("all is as it was", NOTICED, async || {
        world.rescan(&storage).await;
        let view = world
            .library
            .try_get(&format!("/storages/{storage}"))
            .await?;
        let is_over = view["hold"].is_null() && view["figures"]["missing"] == 0;
        if is_over {
            Ok(())
        } else {
            Err(view.to_string())
        }
    })
    .await;
    world.assert_holds(&album).await;
}
