//! Central storage in a bucket: what people send, what is delivered, deleted and downloaded (D1, D4,
//! D10).

use std::{fs, path::Path};

use serde_json::json;
use stowage_tests::{Kind, eventually, fixtures::Picture};

use crate::{main_storage, sent, world::NOTICED, world::World};

async fn world() -> Option<World> {
    World::over_bucket(Kind::Folder).await
}

/// Returns how many objects lie below a folder of the bucket.
fn objects_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() { objects_in(&path) } else { 1 }
        })
        .sum()
}

/// Pieces, originals, pictures, ranges, a second reading: all of it over S3.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_d1_an_upload_becomes_an_asset_with_its_pictures() {
    if let Some(world) = world().await {
        Box::pin(sent::p1_d1_an_upload_becomes_an_asset_with_its_pictures(
            world,
        ))
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d10_p20_an_upload_is_delivered_to_the_main_storage() {
    if let Some(world) = world().await {
        Box::pin(main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage(world)).await;
    }
}

/// A form's file is hosted in the bucket and had back; purged, nothing of it is left there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d4_what_a_form_brought_is_purged_to_the_last_object() {
    let Some(world) = world().await else { return };
    let library = &world.library;
    // Larger than what goes in one request, which this server does not take in parts.
    let mut bytes = Picture::numbered(3).sized(640, 480).jpeg();
    bytes.resize(18 * 1024 * 1024, 0);
    let upload = library.send_form("a.jpg", &bytes).await;
    library.wait_until_idle().await;
    let upload = library.get(&format!("/uploads/{upload}")).await;
    let id = upload["asset_id"]
        .as_str()
        .expect("it is an asset")
        .to_owned();
    let asset = library.asset(&id).await;
    assert_eq!(asset["locations"][0]["storage_kind"], "central", "{asset}");
    assert_eq!(asset["status"], "ready", "{asset}");
    let (status, got) = library.download(&format!("/assets/{id}/original")).await;
    assert!(
        status == 200 && got == bytes,
        "{status}, {} bytes",
        got.len()
    );

    let trashed = library.post("/assets/trash", json!({ "ids": [id] })).await;
    assert_eq!(trashed["trashed"], 1, "{trashed}");
    let purging = library.post("/bin/purge", json!({ "ids": [id] })).await;
    assert_eq!(purging["purging"], 1, "{purging}");
    let bucket = world
        .stowage
        .central()
        .join(format!("w/{}", library.workspace()));
    eventually("nothing is left in the bucket", NOTICED, async || {
        let left = objects_in(&bucket);
        if left == 0 {
            Ok(())
        } else {
            Err(format!("{left} objects"))
        }
    })
    .await;
    library.wait_until_idle().await;
}
