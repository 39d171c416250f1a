//! Files that arrive slowly, while they are looked for.

use std::{collections::BTreeMap, time::Duration};

use sha2::{Digest, Sha256};
use stowage_tests::{Chance, eventually, fixtures::Picture, upload_slowly};
use tokio::task::JoinSet;

use crate::world::World;

/// Uploads to one server in `make test`. `STOWAGE_TEST_UPLOADS` asks for more.
const UPLOADS: u32 = 12;

/// Uploads at the same time.
const AT_ONCE: usize = 24;

/// What becomes of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    /// The line goes dead half-way, and the client tries again later.
    CutAndAgain(Duration),
    CutForGood,
}

/// Uploads at 10 kB/s, some of which break off half-way, under a library that scans all the time:
/// whatever becomes an asset is whole, at its first version.
pub(crate) async fn no_upload_is_imported_half(world: World) {
    let count = stowage_config::env("STOWAGE_TEST_UPLOADS")
        .and_then(|count| count.parse().ok())
        .unwrap_or(UPLOADS);
    let mut chance = Chance::seeded();
    let place = world.place.take_uploads();
    let storage = world.library.connect(&world.place).await;
    let mut uploads = JoinSet::new();
    let mut expected = BTreeMap::new();
    let mut torn = 0;
    let mut scans = 0;
    for number in 0..count {
        let whole = Picture::numbered(number).sized(480, 360).jpeg();
        let fate = match number % 6 {
            1 | 4 => Fate::CutAndAgain(Duration::from_secs(1 + chance.below(20))),
            3 => Fate::CutForGood,
            _ => Fate::Whole,
        };
        let name = format!("upload {number:03}.jpg");
        if fate == Fate::CutForGood {
            torn += 1;
        } else {
            expected.insert(hex::encode(Sha256::digest(&whole)), name.clone());
        }
        let half = whole.len() / 10 * (2 + chance.below(7)) as usize;
        let (ftp, path) = (place.ftp.clone(), format!("{}/{name}", place.folder));
        while uploads.len() >= AT_ONCE {
            scans += 1;
            world.library.scan(&storage).await;
            while uploads.try_join_next().is_some() {}
        }
        uploads.spawn(async move {
            let first = (fate != Fate::Whole).then_some(half);
            upload_slowly(&ftp, &path, &whole, first)
                .await
                .expect("the server takes it");
            if let Fate::CutAndAgain(after) = fate {
                tokio::time::sleep(after).await;
                upload_slowly(&ftp, &path, &whole, None)
                    .await
                    .expect("the server takes it");
            }
        });
    }
    while !uploads.is_empty() {
        scans += 1;
        world.library.scan(&storage).await;
        while let Some(done) = uploads.try_join_next() {
            done.expect("an upload ends well");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let rows = world.library.rows();
    let sql = format!(
        "select {}, cast(version as text) from asset",
        rows.hex("sha256")
    );
    eventually(
        "all whole files are imported",
        Duration::from_mins(4),
        async || {
            world.library.scan(&storage).await;
            let found = rows.texts(&sql).await;
            for asset in &found {
                assert!(
                    expected.contains_key(&asset[0]),
                    "a torn original was imported"
                );
                assert_eq!(asset[1], "1", "a torn original was imported first");
            }
            if found.len() == expected.len() {
                Ok(())
            } else {
                Err(format!("{} of {}", found.len(), expected.len()))
            }
        },
    )
    .await;
    println!(
        "{count} uploads, {torn} of them never finished, {scans} scans meanwhile: {} assets, 0 torn",
        expected.len()
    );
}
