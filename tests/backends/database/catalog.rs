//! Objects and assets: order, absence, moves, the gallery.

use std::time::Duration;

use stowage_db::repo::{AssetFilter, CardStatus, Rendered};
use stowage_domain::{AssetId, AssetStatus, Ids, Presence, UuidV7, WorkspaceId};

use super::{World, file, on_both};

on_both!(
    the_catalog_is_read_in_the_order_of_bytes,
    an_absent_object_without_an_asset_is_forgotten,
    an_absent_original_stays_and_comes_back,
    an_asset_that_moved_leaves_its_old_place,
    d6_what_came_back_waits_and_a_restored_one_does_not,
    a_lost_scan_lease_cannot_write,
    pages_hold_every_asset_once,
    the_timeline_counts_what_the_pages_hold,
    filters_find_what_they_name,
    an_old_rendering_never_replaces_a_newer_one,
);

async fn asset(world: &World, workspace: WorkspaceId, name: &str, second: i64) -> AssetId {
    let id = UuidV7.next().into();
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().insert(id, &file(name, second)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn the_catalog_is_read_in_the_order_of_bytes(world: World) {
    let workspace = world.workspace().await;
    let storage = world.storage(workspace).await;
    let mut names = [
        "Z",
        "a",
        "a.txt",
        "a/b",
        "a b",
        "\u{e9}",
        "e\u{301}",
        "_",
        "A",
        "\u{1f600}",
        "~",
    ];
    world.objects(workspace, storage, &names).await;
    names.sort_by_key(|name| name.as_bytes().to_vec());
    let tx = world.db.read_in(workspace).await.unwrap();
    let first = tx.objects().known_after(storage, "", 4).await.unwrap();
    let rest = tx
        .objects()
        .known_after(storage, &first[3].remote_id, 100)
        .await
        .unwrap();
    let read: Vec<_> = first
        .iter()
        .chain(&rest)
        .map(|known| known.remote_id.as_str())
        .collect();
    assert_eq!(read, names);
}

async fn an_absent_object_without_an_asset_is_forgotten(world: World) {
    let workspace = world.workspace().await;
    let storage = world.storage(workspace).await;
    let objects = world.objects(workspace, storage, &["a.jpg"]).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.objects().mark_absent(objects[0].id, "1").await.unwrap();
    assert!(tx.objects().find(objects[0].id).await.unwrap().is_none());
}

async fn an_absent_original_stays_and_comes_back(world: World) {
    let workspace = world.workspace().await;
    let storage = world.storage(workspace).await;
    let object = world
        .objects(workspace, storage, &["a.jpg"])
        .await
        .remove(0);
    let asset = asset(&world, workspace, "a.jpg", 1).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    assert!(
        tx.objects()
            .set_imported(object.id, "1", asset)
            .await
            .unwrap()
    );
    // Judged at another revision than it has by now: it stays.
    tx.objects().mark_absent(object.id, "0").await.unwrap();
    assert!(tx.objects().find(object.id).await.unwrap().unwrap().present);
    tx.objects().mark_absent(object.id, "1").await.unwrap();
    let absent = tx.objects().find(object.id).await.unwrap().unwrap();
    assert!(!absent.present && absent.absent_since.is_some());
    tx.objects().mark_returned(object.id).await.unwrap();
    let back = tx.objects().find(object.id).await.unwrap().unwrap();
    assert!(back.present && back.absent_since.is_none());
    assert_eq!(back.asset, Some(asset));
}

async fn an_asset_that_moved_leaves_its_old_place(world: World) {
    let workspace = world.workspace().await;
    let storage = world.storage(workspace).await;
    let objects = world
        .objects(workspace, storage, &["old.jpg", "new.jpg"])
        .await;
    let asset = asset(&world, workspace, "old.jpg", 1).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.objects()
        .set_imported(objects[0].id, "1", asset)
        .await
        .unwrap();
    let found = tx
        .objects()
        .originals_with_content(storage, b"old.jpg", objects[1].id)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(tx.objects().detach(objects[0].id, asset).await.unwrap());
    assert!(
        !tx.objects().detach(objects[0].id, asset).await.unwrap(),
        "detached twice"
    );
    // What appears there again is new, whatever its revision.
    assert!(tx.objects().find(objects[0].id).await.unwrap().is_none());
}

async fn d6_what_came_back_waits_and_a_restored_one_does_not(world: World) {
    let workspace = world.workspace().await;
    let storage = world.storage(workspace).await;
    let object = world
        .objects(workspace, storage, &["a.jpg"])
        .await
        .remove(0);
    let asset = asset(&world, workspace, "a.jpg", 1).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.objects()
        .set_imported(object.id, "1", asset)
        .await
        .unwrap();
    let presence = async || {
        let row = tx.objects().find(object.id).await.unwrap().unwrap();
        let known = tx.objects().known_after(storage, "", 1).await.unwrap();
        assert_eq!(known[0].presence, row.presence());
        row.presence()
    };
    assert_eq!(tx.objects().restore(asset).await.unwrap(), 0, "not missing");
    assert!(
        !tx.assets().drop_missing(asset).await.unwrap(),
        "not missing"
    );
    let told = tx.objects().mark_absent(object.id, "1").await.unwrap();
    assert_eq!((told, presence().await), (Some(asset), Presence::Absent));
    tx.objects().mark_back(object.id, true).await.unwrap();
    assert_eq!(presence().await, Presence::Back);
    tx.objects().mark_back(object.id, false).await.unwrap();
    assert_eq!(presence().await, Presence::Absent);
    assert_eq!(tx.objects().restore(asset).await.unwrap(), 1);
    assert_eq!(presence().await, Presence::Awaited);
    tx.objects().mark_returned(object.id).await.unwrap();
    assert_eq!(presence().await, Presence::Present);
    // Gone again, nothing of the restoring is left.
    tx.objects().mark_absent(object.id, "1").await.unwrap();
    assert_eq!(presence().await, Presence::Absent);
    assert!(tx.assets().drop_missing(asset).await.unwrap());
    assert!(tx.objects().find(object.id).await.unwrap().is_none());
    assert!(tx.gallery().find(asset).await.unwrap().is_none());
}

async fn a_lost_scan_lease_cannot_write(world: World) {
    let workspace = world.workspace().await;
    let storage = world.storage(workspace).await;
    let lease = Duration::from_secs(1);
    let tx = world.db.begin_in(workspace).await.unwrap();
    let first = tx.scans().claim(storage, lease).await.unwrap().unwrap();
    assert!(tx.scans().claim(storage, lease).await.unwrap().is_none());
    tx.commit().await.unwrap();
    world.pass(lease + Duration::from_millis(50)).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let second = tx.scans().claim(storage, lease).await.unwrap().unwrap();
    assert!(second.fence > first.fence);
    assert!(tx.scans().hold_lease(&first, lease).await.is_err());
    assert!(tx.scans().hold_lease(&second, lease).await.is_ok());
}

async fn pages_hold_every_asset_once(world: World) {
    let workspace = world.workspace().await;
    let mut made = Vec::new();
    for number in 0..25 {
        // Five of each second, so that the id decides.
        made.push(asset(&world, workspace, &format!("{number}.jpg"), number / 5).await);
    }
    let tx = world.db.read_in(workspace).await.unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = tx
            .gallery()
            .list(&AssetFilter::default(), cursor, 7)
            .await
            .unwrap();
        seen.extend(page.items.iter().map(|card| card.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    made.sort();
    seen.sort();
    assert_eq!(seen, made);
}

async fn the_timeline_counts_what_the_pages_hold(world: World) {
    let workspace = world.workspace().await;
    for (number, second) in [0, 1, 3_000_000].into_iter().enumerate() {
        asset(&world, workspace, &format!("{number}.jpg"), second).await;
    }
    let tx = world.db.read_in(workspace).await.unwrap();
    let months = tx
        .gallery()
        .timeline(&AssetFilter::default())
        .await
        .unwrap();
    let months: Vec<_> = months
        .iter()
        .map(|month| (month.month.as_str(), month.count))
        .collect();
    assert_eq!(months, [("1970-02", 1), ("1970-01", 2)]);
}

async fn filters_find_what_they_name(world: World) {
    let workspace = world.workspace().await;
    asset(&world, workspace, "Beach 100%.jpg", 1).await;
    asset(&world, workspace, "Forest.jpg", 2).await;
    let tx = world.db.read_in(workspace).await.unwrap();
    let count = async |filter: AssetFilter| {
        tx.gallery()
            .list(&filter, None, 10)
            .await
            .unwrap()
            .items
            .len()
    };
    let text = |text: &str| AssetFilter {
        text: Some(text.into()),
        ..AssetFilter::default()
    };
    assert_eq!(count(text("BEACH")).await, 1);
    assert_eq!(count(text("100%")).await, 1);
    assert_eq!(count(text("%")).await, 0, "a percent sign is no word");
    assert_eq!(count(text("_")).await, 0);
    let tags = |tags: &[&str]| AssetFilter {
        tags: tags.iter().map(ToString::to_string).collect(),
        ..AssetFilter::default()
    };
    assert_eq!(count(tags(&["Rome", "sea"])).await, 2);
    assert_eq!(count(tags(&["Rome", "Paris"])).await, 0);
    let status = |status| AssetFilter {
        status: Some(status),
        ..AssetFilter::default()
    };
    assert_eq!(
        count(status(CardStatus::Is(AssetStatus::Processing))).await,
        2
    );
    assert_eq!(count(status(CardStatus::Is(AssetStatus::Failed))).await, 0);
    assert_eq!(count(status(CardStatus::Missing)).await, 0);
    let facets = tx.gallery().facets().await.unwrap();
    assert_eq!(facets.tags[0].count, 2);
    assert_eq!(facets.cameras[0].name, "Canon EOS R5");
}

async fn an_old_rendering_never_replaces_a_newer_one(world: World) {
    let workspace = world.workspace().await;
    let id = asset(&world, workspace, "a.jpg", 1).await;
    let failed = |reason: &str| Rendered::Failed {
        reason: reason.into(),
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.renditions()
        .put(id, 2, &failed("the newer"))
        .await
        .unwrap();
    tx.renditions()
        .put(id, 1, &failed("the older"))
        .await
        .unwrap();
    let detail = tx.gallery().find(id).await.unwrap().unwrap();
    assert_eq!(detail.card.status, AssetStatus::Failed);
    assert_eq!(detail.card.reason.as_deref(), Some("the newer"));
}
