//! Files that people send: from their first byte to their pictures.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stowage_tests::{Chance, eventually, fixtures::Picture};

use crate::world::World;

/// How long the purger may take to release what nobody needs.
const RELEASED: Duration = Duration::from_mins(1);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Sends a file and waits until it is worked off. Returns what became of it, and the asset.
async fn send(world: &World, path: &str, bytes: &[u8]) -> (Value, Value) {
    let library = &world.library;
    let id = library.send(path, bytes).await;
    library.wait_until_idle().await;
    let upload = library.get(&format!("/uploads/{id}")).await;
    let asset = library.asset(&text(&upload["asset_id"])).await;
    (upload, asset)
}

/// An upload becomes an asset whose original lies in central storage, byte for byte, and whose
/// pictures are made; what waited in the spool goes.
pub(crate) async fn p1_d1_an_upload_becomes_an_asset_with_its_pictures(world: World) {
    let library = &world.library;
    let bytes = Picture::numbered(7).sized(480, 320).jpeg();
    let (upload, asset) = send(&world, "Summer/Lakeside/a.jpg", &bytes).await;
    assert_eq!(upload["state"], "stored", "{upload}");
    assert_eq!(upload["duplicate_of"], Value::Null);
    assert_eq!(asset["status"], "ready", "{asset}");
    assert_eq!(asset["name"], "a.jpg");
    assert_eq!(asset["sha256"], hex::encode(Sha256::digest(&bytes)));
    assert_eq!(asset["locations"][0]["storage_kind"], "central");
    assert_eq!(asset["renditions"].as_array().map(Vec::len), Some(3));

    // D15: what Stowage itself wrote carries its structure as a field, which search finds.
    assert_eq!(asset["folder"], "Summer/Lakeside");
    assert_eq!(asset["tags"], json!([]), "{asset}");
    let found = library.get("/assets?q=lakeside").await;
    assert_eq!(found["items"][0]["id"], asset["id"]);

    let original = format!("/assets/{}/original", text(&asset["id"]));
    assert_eq!(library.download(&original).await, (200, bytes.clone()));
    let part = library.download_part(&original, "bytes=10-19").await;
    assert_eq!(part, (206, bytes[10..20].to_vec()));

    let key = text(&asset["locations"][0]["path"]);
    let prefix = format!("w/{}/originals/", library.workspace());
    assert!(key.starts_with(&prefix), "{key}");
    let central = world.stowage.central();
    assert_eq!(std::fs::read(central.join(&key)).unwrap(), bytes);
    eventually("the spool is empty", RELEASED, async || {
        let rows = library.rows();
        let left = rows.count("select count(*) from upload_chunk").await;
        let spool = central.join(format!("w/{}/spool", library.workspace()));
        let files = std::fs::read_dir(spool).map_or(0, Iterator::count);
        if left == 0 && files == 0 {
            Ok(())
        } else {
            Err(format!("{left} rows, {files} files"))
        }
    })
    .await;

    again(&world, &asset, &bytes).await;
}

/// Reading it again, and making its pictures again, ask no connector and lose nothing.
async fn again(world: &World, asset: &Value, bytes: &[u8]) {
    let library = &world.library;
    let id = text(&asset["id"]);
    let body = json!({ "ids": [id] });
    let queued = library.post("/assets/reread", body).await;
    assert_eq!(queued["queued"], 1, "{queued}");
    library
        .post(&format!("/assets/{id}/retry"), Value::Null)
        .await;
    library.wait_until_idle().await;
    let after = library.asset(&id).await;
    for field in ["name", "folder", "tags", "taken_at", "sha256", "status"] {
        assert_eq!(after[field], asset[field], "{field}");
    }
    let original = format!("/assets/{id}/original");
    assert_eq!(library.download(&original).await, (200, bytes.to_vec()));
    let versions = library
        .rows()
        .texts("select cast(version as text) from asset");
    assert_eq!(versions.await.concat(), ["2"]);
}

/// A content that is there already becomes an asset of its own, unless the workspace wants none;
/// who sent it is told either way.
pub(crate) async fn p49_a_duplicate_is_told_and_skipped_where_that_is_wanted(world: World) {
    let library = &world.library;
    let bytes = Picture::numbered(3).jpeg();
    let (_, first) = send(&world, "a.jpg", &bytes).await;
    let (upload, second) = send(&world, "b.jpg", &bytes).await;
    assert_eq!(upload["state"], "stored");
    assert_eq!(upload["duplicate_of"], first["id"]);
    assert_ne!(second["id"], first["id"]);

    library.patch("", json!({ "check_duplicates": true })).await;
    // All at once: none of them finds the others under way.
    let other = Picture::numbered(4).jpeg();
    let sent = ["c.jpg", "d.jpg", "e.jpg"].map(|name| library.send(name, &other));
    let ids = futures::future::join_all(sent).await;
    let (third, _) = send(&world, "f.jpg", &bytes).await;
    assert_eq!(third["state"], "duplicate");
    assert_eq!(third["asset_id"], first["id"]);
    let mut states = Vec::new();
    for id in ids {
        states.push(text(&library.get(&format!("/uploads/{id}")).await["state"]));
    }
    states.sort_unstable();
    assert_eq!(states, ["duplicate", "duplicate", "stored"]);
    assert_eq!(library.assets().await.len(), 3);
    // No bytes are kept that no row names.
    for (content, expected) in [(&bytes, 2), (&other, 1)] {
        let originals = world.stowage.central().join(format!(
            "w/{}/originals/{}",
            library.workspace(),
            hex::encode(Sha256::digest(content))
        ));
        assert_eq!(std::fs::read_dir(originals).unwrap().count(), expected);
    }
}

/// Whatever is killed while files come in and are read: every file is one asset, byte for byte.
pub(crate) async fn w1_what_is_acknowledged_survives_a_kill(mut world: World) {
    const FILES: u32 = 16;
    let mut chance = Chance::seeded();
    let library = world.library.clone();
    let files: BTreeMap<String, Vec<u8>> = (0..FILES)
        .map(|number| {
            let picture = Picture::numbered(number).sized(1_000, 750);
            (format!("{number:02}.jpg"), picture.jpeg())
        })
        .collect();
    let is_sent = Cell::new(false);
    let sends = async {
        for (name, bytes) in &files {
            library.send(name, bytes).await;
        }
        is_sent.set(true);
    };
    let stowage = &mut world.stowage;
    let kills = async {
        let mut kills = 0;
        while !is_sent.get() || kills < 3 {
            tokio::time::sleep(Duration::from_millis(50 + chance.below(500))).await;
            let name = ["gateway", "ingest", "retention-purger"][chance.below(3) as usize];
            let process = stowage.process(name);
            process.kill();
            process.start();
            kills += 1;
            stowage.wait_until_ready().await;
        }
        kills
    };
    let ((), kills) = futures::join!(sends, kills);
    world.library.wait_until_idle().await;
    let assets = world.library.assets().await;
    assert_eq!(assets.len(), FILES as usize, "after {kills} kills");
    for asset in assets {
        let name = text(&asset["name"]);
        let original = format!("/assets/{}/original", text(&asset["id"]));
        let (status, bytes) = world.library.download(&original).await;
        assert_eq!(status, 200, "{name}");
        assert!(bytes == files[&name], "{name} is not what was sent");
        assert_eq!(asset["status"], "ready", "{name}");
    }
    println!("{FILES} files, {kills} kills");
}
