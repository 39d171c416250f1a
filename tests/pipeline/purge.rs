//! From the bin to the end: what goes, what stays, and what nobody may touch (D3, D4, D6, D22).

use std::time::Duration;

use serde_json::{Value, json};
use stowage_tests::{eventually, fixtures, fixtures::AlbumFile, fixtures::Picture};

use crate::world::World;

/// How long a purge may take on two busy cores.
const PURGED: Duration = Duration::from_mins(1);

async fn import(world: &World, on_purge: &str) -> (Vec<AlbumFile>, String) {
    let album = fixtures::plain(4);
    world.place.fill(&album);
    world.place.open_for_writing();
    let storage = world.library.import_writable(&world.place, on_purge).await;
    (album, storage)
}

pub(crate) async fn trash(world: &World, file: &AlbumFile) -> String {
    let id = world.library.asset_id_at(&file.path).await;
    let answer = world.library.post("/assets/trash", json!({ "ids": [id] }));
    assert_eq!(answer.await["trashed"], 1);
    id
}

async fn purge_now(world: &World, asset: &str) {
    let body = json!({ "ids": [asset] });
    let answer = world.library.post("/bin/purge", body).await;
    assert_eq!(answer["purging"], 1, "{answer}");
}

/// Waits until an asset is in this part of its life, past the interface.
pub(crate) async fn wait_for(world: &World, lifecycle: &str, count: u64) {
    let rows = world.library.rows();
    eventually(&format!("{count} are {lifecycle}"), PURGED, async || {
        let sql = format!("select count(*) from asset where lifecycle = '{lifecycle}'");
        let found = rows
            .try_count(&sql)
            .await
            .map_err(|error| error.to_string())?;
        if found == count {
            Ok(())
        } else {
            Err(format!("{found}"))
        }
    })
    .await;
}

/// Waits until the purger has looked for what is due, three times since it started.
pub(crate) async fn wait_until_looked(world: &mut World) {
    let stowage = &mut world.stowage;
    eventually("the purger has looked three times", PURGED, async || {
        let purger = "retention-purger";
        let looks = stowage.metric(purger, "stowage_bin_looks_total", "").await;
        if looks >= 3.0 {
            Ok(())
        } else {
            Err(format!("{looks}"))
        }
    })
    .await;
}

/// Waits until a deletion outside stands like this.
pub(crate) async fn wait_for_op(world: &World, state: &str) {
    let rows = world.library.rows();
    eventually(&format!("a deletion is {state}"), PURGED, async || {
        let found = rows
            .try_texts("select state, error from external_op")
            .await
            .map_err(|error| error.to_string())?;
        if found.iter().any(|row| row[0] == state) {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    })
    .await;
}

pub(crate) fn assert_untouched(world: &World, files: &[AlbumFile]) {
    for file in files {
        let bytes = world.place.read(&file.path);
        assert_eq!(bytes.as_deref(), Some(&file.bytes[..]), "{}", file.path);
    }
}

pub(crate) fn is_there(world: &World, file: &AlbumFile) -> bool {
    world.place.read(&file.path).is_some()
}

async fn rendition_files(world: &World) -> usize {
    let sql = "select count(*) from rendition";
    world.library.rows().count(sql).await as usize
}

pub(crate) async fn p34_what_is_over_its_time_goes_and_nothing_else(mut world: World) {
    let (album, storage) = import(&world, "delete").await;
    let pictures = rendition_files(&world).await;
    let gone = trash(&world, &album[0]).await;
    world.library.wait_until_idle().await;
    assert!(is_there(&world, &album[0]), "nothing is touched in the bin");
    let entries = world.library.get("/bin").await;
    assert_eq!(
        entries["items"][0]["originals"][0]["deleted"], true,
        "{entries}"
    );
    let picture = entries["items"][0]["asset"]["thumbnail_url"].clone();

    world.stowage.move_clocks(29, 29).await;
    wait_until_looked(&mut world).await;
    assert!(is_there(&world, &album[0]), "a day too early");
    world.stowage.move_clocks(31, 31).await;
    wait_for(&world, "purged", 1).await;
    wait_for_op(&world, "deleted").await;
    world.stowage.move_clocks(0, 0).await;
    world.library.sign_in().await;

    assert!(!is_there(&world, &album[0]));
    assert_untouched(&world, &album[1..]);
    assert_eq!(rendition_files(&world).await, pictures / 4 * 3);
    let picture = world
        .library
        .download_url(picture.as_str().unwrap_or_default());
    assert_eq!(picture.await.0, 404, "its pictures are gone");
    world.rescan(&storage).await;
    assert_eq!(world.library.assets().await.len(), 3);
    assert!(
        world
            .library
            .try_get(&format!("/assets/{gone}"))
            .await
            .is_err()
    );
    let acts = world
        .library
        .get(&format!("/audit?subject_id={gone}"))
        .await;
    let acts: Vec<&str> = acts["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|act| act["action"].as_str())
        .collect();
    assert_eq!(acts, ["original.deleted", "asset.purged", "asset.trashed"]);
    let lingering = world.library.get("/lingering").await;
    assert_eq!(lingering["items"], json!([]));
}

/// The processes' clocks ahead and the server's where it is, and the other way round.
pub(crate) async fn d4_no_clock_alone_hastens_a_purge(mut world: World) {
    let (album, _) = import(&world, "delete").await;
    trash(&world, &album[0]).await;
    for (processes, server) in [(40, 0), (0, 40), (-40, 40), (40, -40)] {
        world.stowage.move_clocks(processes, server).await;
        wait_until_looked(&mut world).await;
        let planned = "select count(*) from job where kind = 'plan-purge'";
        let planned = world.library.rows().count(planned).await;
        assert_eq!(planned, 0, "processes {processes}, server {server}");
        assert!(is_there(&world, &album[0]));
    }
    world.stowage.move_clocks(31, 31).await;
    wait_for(&world, "purged", 1).await;
}

pub(crate) async fn v56_a_kept_original_is_never_imported_again(world: World) {
    let (mut album, storage) = import(&world, "keep").await;
    let asset = trash(&world, &album[0]).await;
    purge_now(&world, &asset).await;
    wait_for(&world, "purged", 1).await;
    assert_untouched(&world, &album);

    world.rescan(&storage).await;
    assert_eq!(world.library.assets().await.len(), 3, "scanned again");
    world.place.rename(&album[0].path, "elsewhere/renamed.jpg");
    world.rescan(&storage).await;
    assert_eq!(world.library.assets().await.len(), 3, "renamed");

    "elsewhere/renamed.jpg".clone_into(&mut album[0].path);
    album[0].bytes = Picture::numbered(901).jpeg();
    world.place.change(&album[0].path, &album[0].bytes);
    world.rescan(&storage).await;
    assert_eq!(
        world.library.assets().await.len(),
        4,
        "overwritten: another photograph"
    );
    let new = world.library.asset_at(&album[0].path).await;
    assert_ne!(new["id"], Value::from(asset));
}

pub(crate) async fn d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset(world: World) {
    let (mut album, storage) = import(&world, "delete").await;
    let asset = trash(&world, &album[0]).await;
    album[0].bytes = Picture::numbered(902).jpeg();
    world.place.change(&album[0].path, &album[0].bytes);

    purge_now(&world, &asset).await;

    wait_for(&world, "purged", 1).await;
    wait_for_op(&world, "changed").await;
    assert_untouched(&world, &album);
    world.rescan(&storage).await;
    assert_eq!(world.library.assets().await.len(), 4);
    let lingering = world.library.get("/lingering").await;
    assert_eq!(lingering["items"], json!([]), "what is new does not linger");
}

pub(crate) async fn v60_a_deletion_that_fails_lingers_until_the_storage_is_back(world: World) {
    let (album, storage) = import(&world, "delete").await;
    let asset = trash(&world, &album[0]).await;
    world.place.replace_by_empty();
    purge_now(&world, &asset).await;
    wait_for(&world, "purged", 1).await;
    eventually("it lingers, with its reason", PURGED, async || {
        let listed = world.library.try_get("/lingering").await?;
        let copy = &listed["items"][0];
        let tried = copy["attempts"].as_u64().unwrap_or_default();
        if tried > 1 && copy["reason"].is_string() {
            Ok(())
        } else {
            Err(listed.to_string())
        }
    })
    .await;
    world.place.bring_back();
    wait_for_op(&world, "deleted").await;
    assert!(!is_there(&world, &album[0]));
    assert_untouched(&world, &album[1..]);
    world.rescan(&storage).await;
    assert_eq!(world.library.assets().await.len(), 3);
}

pub(crate) async fn d3_what_cannot_be_deleted_safely_is_kept_and_shown(world: World) {
    let (album, storage) = import(&world, "delete").await;
    let asset = trash(&world, &album[0]).await;
    purge_now(&world, &asset).await;
    wait_for(&world, "purged", 1).await;
    wait_for_op(&world, "refused").await;
    assert_untouched(&world, &album);
    let listed = world.library.get("/lingering").await;
    let copy = &listed["items"][0];
    assert_eq!(
        (&copy["state"], &copy["path"]),
        (&"refused".into(), &album[0].path.clone().into()),
        "{listed}"
    );
    world.rescan(&storage).await;
    assert_eq!(
        world.library.assets().await.len(),
        3,
        "it is not imported again"
    );
    // Known by now, the bin says so beforehand.
    trash(&world, &album[1]).await;
    let entries = world.library.get("/bin").await;
    let original = &entries["items"][0]["originals"][0];
    assert_eq!(original["reason"], "no_safe_delete", "{entries}");
}

/// A bucket that keeps versions deletes on condition as any: what was deleted can be had back there.
pub(crate) async fn d3_a_deleted_version_can_be_had_back(world: World) {
    let moto = world.place.moto().expect("a bucket on moto").clone();
    moto.keep_versions();
    let (mut album, _) = import(&world, "delete").await;
    let asset = trash(&world, &album[0]).await;
    purge_now(&world, &asset).await;
    wait_for_op(&world, "deleted").await;
    assert!(!is_there(&world, &album[0]));
    assert_untouched(&world, &album[1..]);
    let versions = moto.versions(&album[0].path);
    assert_eq!(versions, [album[0].bytes.clone()]);

    // The condition is on the version that is there: an older one saves no newer one.
    let asset = trash(&world, &album[1]).await;
    album[1].bytes = Picture::numbered(903).jpeg();
    world.place.change(&album[1].path, &album[1].bytes);
    purge_now(&world, &asset).await;
    wait_for_op(&world, "changed").await;
    assert_untouched(&world, &album[1..]);
}

pub(crate) async fn d6_a_file_that_comes_back_stays_in_the_bin(world: World) {
    let (album, storage) = import(&world, "keep").await;
    trash(&world, &album[0]).await;
    world.place.remove(&album[0].path);
    world.rescan(&storage).await;
    world.place.put(&album[0].path, &album[0].bytes);
    world.rescan(&storage).await;

    assert_eq!(world.library.assets().await.len(), 3);
    let entries = world.library.get("/bin").await;
    let original = &entries["items"][0]["originals"][0];
    assert!(original["reappeared_at"].is_string(), "{entries}");
}

/// Killed again and again while it purges; everything ends as if nothing had been.
pub(crate) async fn a_purge_that_is_killed_goes_on(mut world: World) {
    let (album, storage) = import(&world, "delete").await;
    let mut ids = Vec::new();
    for file in &album[..3] {
        ids.push(trash(&world, file).await);
    }
    let body = json!({ "ids": ids });
    world.library.post("/bin/purge", body).await;
    for _ in 0..3 {
        let purger = world.stowage.process("retention-purger");
        purger.kill();
        purger.start();
        world.stowage.wait_until_ready().await;
    }
    wait_for(&world, "purged", 3).await;
    let rows = world.library.rows();
    eventually("all three are confirmed gone", PURGED, async || {
        let done = "select count(*) from external_op where state in ('deleted', 'absent')";
        let found = rows
            .try_count(done)
            .await
            .map_err(|error| error.to_string())?;
        if found == 3 {
            Ok(())
        } else {
            Err(format!("{found}"))
        }
    })
    .await;
    for file in &album[..3] {
        assert!(!is_there(&world, file), "{}", file.path);
    }
    assert_untouched(&world, &album[3..]);
    world.rescan(&storage).await;
    assert_eq!(world.library.assets().await.len(), 1);
}

/// A rendering that was killed before it could record, or that ended when the asset was out of the
/// library, leaves pictures that no row speaks of.
pub(crate) async fn p34_pictures_that_no_row_names_go_too(world: World) {
    let (album, _) = import(&world, "keep").await;
    let asset = trash(&world, &album[0]).await;
    let rows = world.library.rows();
    let binned = "asset_id in (select id from asset where lifecycle = 'trashed')";
    let keys = format!("select object_key from rendition where {binned}");
    let keys = rows.texts(&keys).await.concat();
    assert_eq!(keys.len(), 3);
    for table in ["rendition", "rendering"] {
        rows.texts(&format!("delete from {table} where {binned}"))
            .await;
    }
    purge_now(&world, &asset).await;
    wait_for(&world, "purged", 1).await;
    for key in keys {
        assert!(!world.stowage.central().join(&key).exists(), "{key}");
    }
}
