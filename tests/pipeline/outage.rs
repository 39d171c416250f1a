//! Storages that are away, locked, or half there: no row of asset and remote_object changes, the
//! reason is shown, and everything goes on by itself.

use serde_json::Value;
use stowage_tests::{Fault, Kind, eventually, fixtures};

use crate::world::{NOTICED, World};

/// Runs an outage from beginning to end and checks that nothing but the storage's state saw it.
async fn survives(
    mut world: World,
    breaks: impl AsyncFnOnce(&mut World),
    statuses: &[&str],
    reason: &str,
    heals: impl AsyncFnOnce(&mut World),
) {
    let album = fixtures::plain(25);
    let storage = world.import(&album).await;
    let before = world.catalog().await;

    breaks(&mut world).await;
    let scan = world.library.scan(&storage).await;

    assert_ne!(scan["state"], "complete", "{scan}");
    assert!(scan["error"].is_string(), "{scan}");
    let view = world.wait_for_status(&storage, statuses).await;
    let shown = view["reason"].as_str().unwrap_or_default();
    assert!(
        shown.to_lowercase().contains(reason),
        "{reason:?} is not in the reason: {view}"
    );
    assert!(view["remedy"].is_string(), "{view}");
    assert_eq!(
        view["hold"],
        Value::Null,
        "a storage that failed proves no absence: {view}"
    );
    // It is asked again by itself, and again nothing comes of it.
    let scans = world.library.scans(&storage).await.unwrap_or_default();
    world.library.next_scan(&storage, &scans).await;
    assert_eq!(world.catalog().await, before, "the outage changed rows");
    let still = world.library.storage(&storage).await;
    let in_a_row = still["consecutive_failures"].as_i64().unwrap_or_default();
    assert!(in_a_row >= 2, "both attempts are counted: {still}");
    assert!(
        still["last_checked_at"].as_str() > view["last_checked_at"].as_str(),
        "the later attempt is the last check: {view} {still}"
    );

    heals(&mut world).await;
    // The new file is seen without anybody asking for it.
    let mut album = album;
    album.push(fixtures::plain(26).pop().expect("an album has a last file"));
    let new = &album[25];
    world.place.put(&new.path, &new.bytes);
    let view = world.wait_for_status(&storage, &["connected"]).await;
    assert_eq!(view["consecutive_failures"], 0, "{view}");
    assert_eq!(view["reason"], Value::Null, "{view}");
    eventually("the new file is seen", NOTICED, async || {
        let view = world
            .library
            .try_get(&format!("/storages/{storage}"))
            .await?;
        if view["figures"]["objects"] == 26 {
            Ok(())
        } else {
            Err(view.to_string())
        }
    })
    .await;
    world.library.wait_until_idle().await;
    let after = world.catalog().await;
    let is_kept = |row: &String| after.contains(row);
    assert!(
        before.iter().all(is_kept),
        "recovering changed rows that were there"
    );
    world.assert_holds(&album).await;
}

/// The folder is not mounted, the bucket is removed.
pub(crate) async fn p50_v38_v47_a_place_that_is_gone_changes_nothing(world: World) {
    let reason = if world.place.kind() == Kind::Bucket {
        "bucket"
    } else {
        "folder"
    };
    survives(
        world,
        async |world| world.place.take_away(),
        &["failed"],
        reason,
        async |world| world.place.bring_back(),
    )
    .await;
}

/// The mount point is there and the disk is not.
pub(crate) async fn an_empty_folder_in_its_place_changes_nothing(world: World) {
    survives(
        world,
        async |world| world.place.replace_by_empty(),
        &["failed"],
        "another folder",
        async |world| world.place.bring_back(),
    )
    .await;
}

/// The server no longer knows the keys.
pub(crate) async fn revoked_keys_change_nothing(world: World) {
    survives(
        world,
        async |world| world.place.rclone().revoke_keys().await,
        &["disconnected"],
        "access denied",
        async |world| world.place.rclone().restore_keys().await,
    )
    .await;
}

/// Every request is refused with 403.
pub(crate) async fn a_refusal_changes_nothing(world: World) {
    survives(
        world,
        async |world| world.place.proxy().inject(Fault::Denied),
        &["disconnected", "failed"],
        "access denied",
        async |world| world.place.proxy().heal(),
    )
    .await;
}

/// A listing of several pages that breaks at its first, at a middle one, at its last.
pub(crate) async fn a_listing_that_fails_at_any_page_marks_nothing(world: World) {
    let mut album = fixtures::plain(8);
    album[7].path = "zz/last.jpg".into();
    world.place.fill(&album);
    // Names make the pages: of these no listing makes objects.
    for number in 0..2_300 {
        world
            .place
            .put(&format!("many/._{number:05}"), b"left behind by a Mac");
    }
    let storage = world.library.import(&world.place).await;
    let pages = world.place.proxy().take().lists;
    assert!(pages >= 3, "the listing has {pages} pages only");
    let before = world.catalog().await;
    // Two files vanish, at either end: a listing that broke must not tell.
    world.place.remove(&album[0].path);
    world.place.remove(&album[7].path);

    for page in 1..=3 {
        world.place.proxy().inject(Fault::ListPage(page));
        let scan = world.library.scan(&storage).await;
        assert_ne!(scan["state"], "complete", "page {page}: {scan}");
        assert!(scan["error"].is_string(), "page {page}: {scan}");
        assert_eq!(scan["missing"], 0, "page {page}: {scan}");
        let view = world.library.storage(&storage).await;
        assert!(view["reason"].is_string(), "page {page}: {view}");
        assert_eq!(world.catalog().await, before, "page {page}: rows changed");
    }

    world.place.proxy().heal();
    eventually("the two are marked", NOTICED, async || {
        let view = world
            .library
            .try_get(&format!("/storages/{storage}"))
            .await?;
        let is_marked = view["figures"]["missing"] == 2 && view["status"] == "connected";
        if is_marked {
            Ok(())
        } else {
            Err(view.to_string())
        }
    })
    .await;
}
