//! A disk of central storage that is full.

use std::{fs, sync::Arc};

use stowage_connector_fs::{FsOptions, FsStorage};
use stowage_tests::SmallDisk;

use super::{announce, append, begin, offset, show};
use crate::{person::Person, world::World};

const MEGABYTE: usize = 1 << 20;

#[tokio::test]
async fn d10_a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let Some(disk) = SmallDisk::new() else {
        return;
    };
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let options = FsOptions {
        fsync: true,
        prune_empty_folders: true,
        ..FsOptions::default()
    };
    let central = FsStorage::open(disk.path().to_owned(), options).unwrap();
    let url = world.another_gateway_over(Arc::new(central)).await;
    let owner = Person { url, ..owner };

    // More than there is room for is refused before its first byte.
    let large = announce(&owner, 20 * MEGABYTE as u64, &[]).await;
    assert_eq!(
        (large.status, large.problem().as_str()),
        (507, "storage-full")
    );

    let size = 12 * MEGABYTE;
    let bytes: Vec<u8> = (0..size).map(|place| (place / 7) as u8).collect();
    let id = begin(&owner, size as u64).await;
    let half = size / 2;
    let first = append(&owner, &id, 0, bytes[..half].to_vec(), &[]).await;
    assert_eq!(first.status, 204);

    // Somebody else fills the disk meanwhile.
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![1; 23 * MEGABYTE]).unwrap();
    let rest = bytes[half..].to_vec();
    let full = append(&owner, &id, half as u64, rest.clone(), &[]).await;
    assert_eq!(
        (full.status, full.problem().as_str()),
        (507, "storage-full")
    );
    assert_eq!(offset(&owner, &id).await, half as u64);
    let spool = disk.path().join(format!("w/{}/spool", owner.workspace));
    assert_eq!(
        fs::read_dir(&spool).unwrap().count(),
        1,
        "half a piece is left"
    );

    // With room again it goes on.
    fs::remove_file(&filler).unwrap();
    let answer = append(&owner, &id, half as u64, rest, &[]).await;
    assert_eq!(answer.status, 204);
    assert_eq!(show(&owner, &id).await["state"], "complete");
}
