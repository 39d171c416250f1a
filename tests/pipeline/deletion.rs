//! The end of a workspace: what Stowage holds goes, what customers hold stays (D21, V57, V59).

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use serde_json::json;
use stowage_tests::{eventually, fixtures, fixtures::Picture};

use crate::world::World;

/// How long a deletion may take on two busy cores.
const DELETED: Duration = Duration::from_mins(1);

/// Returns every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap_or_default();
                found.insert(path.display().to_string(), bytes);
            }
        }
    }
    found
}

/// Returns the tables with rows of workspaces, without those that outlive them.
async fn tables(world: &World) -> Vec<String> {
    let found = world.library.rows().tables_with("workspace_id").await;
    let outlives = ["audit", "job"];
    found
        .into_iter()
        .filter(|table| !outlives.contains(&table.as_str()))
        .collect()
}

async fn delete(world: &World) {
    let name = world.library.get("").await["name"].clone();
    world.library.post("/delete", json!({ "name": name })).await;
}

/// Waits until the workspace's row, which goes last, is gone.
async fn wait_until_gone(world: &World) {
    eventually("the workspace is gone", DELETED, async || {
        let rows = world.library.rows();
        let left = rows.try_count("select count(*) from workspace").await;
        match left.map_err(|error| error.to_string())? {
            0 => Ok(()),
            _ => {
                let jobs = rows.try_texts("select kind, state, error from job").await;
                Err(format!("{jobs:?}"))
            }
        }
    })
    .await;
}

async fn assert_nothing_is_left(world: &World) {
    for table in tables(world).await {
        let left = world
            .library
            .rows()
            .count(&format!("select count(*) from {table}"))
            .await;
        assert_eq!(left, 0, "rows of {table}");
    }
    let held = world.stowage.central().join("w");
    assert_eq!(
        files(&held).keys().collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    let log = "select action from operator_log order by at, id";
    assert_eq!(
        world.library.rows().texts(log).await.concat(),
        ["workspace.deletion_requested", "workspace.deleted"]
    );
}

/// A storage that deletes at every purge, a deletion in it that waits, entries in the bin, uploads:
/// the workspace goes with all of it, and the storage keeps every byte.
pub(crate) async fn v59_v57_d21_a_deleted_workspace_leaves_every_byte_of_customers(world: World) {
    let album = fixtures::plain(6);
    world.place.fill(&album);
    world.place.open_for_writing();
    world.library.import_writable(&world.place, "delete").await;
    world
        .library
        .send("upload.jpg", &Picture::numbered(77).jpeg())
        .await;
    world.library.wait_until_idle().await;
    for (file, is_purged) in [(&album[0], false), (&album[1], true)] {
        let id = world.library.asset_id_at(&file.path).await;
        let body = json!({ "ids": [id] });
        world.library.post("/assets/trash", body.clone()).await;
        if !is_purged {
            continue;
        }
        // The deletion in the storage fails, and waits for the storage to come back.
        world.place.replace_by_empty();
        world.library.post("/bin/purge", body).await;
        eventually("a deletion outside waits", DELETED, async || {
            let listed = world.library.try_get("/lingering").await?;
            let copy = &listed["items"][0];
            let tried = copy["attempts"].as_u64().unwrap_or_default();
            if tried > 0 || copy["state"] == "refused" {
                Ok(())
            } else {
                Err(listed.to_string())
            }
        })
        .await;
    }
    let _ = world.place.take_counted();
    delete(&world).await;
    wait_until_gone(&world).await;
    world.place.bring_back();
    let before = files(&world.place.root());
    for file in &album {
        let path = world.place.path(&file.path).display().to_string();
        assert_eq!(before.get(&path), Some(&file.bytes), "{path}");
    }
    assert_nothing_is_left(&world).await;

    // Nor does anything come for them later, when deletions that wait would be tried again.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(files(&world.place.root()), before);
    if let Some(counted) = world.place.take_counted() {
        assert_eq!(counted.writes, 0, "{counted:?}");
    }
}

/// Killed again and again on the way, it ends as if nothing had been.
pub(crate) async fn d21_a_deletion_that_is_killed_goes_on(mut world: World) {
    let album = fixtures::plain(8);
    world.place.fill(&album);
    world.place.open_for_writing();
    world.library.import_writable(&world.place, "delete").await;
    for number in 0..4 {
        let bytes = Picture::numbered(300 + number).jpeg();
        world.library.send(&format!("{number}.jpg"), &bytes).await;
    }
    world.library.wait_until_idle().await;
    let before = files(&world.place.root());
    delete(&world).await;
    for _ in 0..3 {
        let purger = world.stowage.process("retention-purger");
        purger.kill();
        purger.start();
        world.stowage.wait_until_ready().await;
    }
    wait_until_gone(&world).await;
    assert_nothing_is_left(&world).await;
    assert_eq!(files(&world.place.root()), before);
}

/// While its files are being imported, and uploads are on their way.
pub(crate) async fn d21_a_workspace_goes_in_the_middle_of_its_first_import(world: World) {
    let album = fixtures::plain(30);
    world.place.fill(&album);
    let new_storage = world.place.new_storage();
    world.library.post("/storages", new_storage).await;
    eventually("the import has begun", DELETED, async || {
        let rows = world.library.rows();
        let found = rows.try_count("select count(*) from asset").await;
        if found.map_err(|error| error.to_string())? > 0 {
            Ok(())
        } else {
            Err("no asset".to_owned())
        }
    })
    .await;
    let before = files(&world.place.root());
    delete(&world).await;
    wait_until_gone(&world).await;
    assert_nothing_is_left(&world).await;
    assert_eq!(files(&world.place.root()), before);
}
