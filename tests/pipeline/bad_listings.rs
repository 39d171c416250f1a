//! Listings that lie: broken off, empty, of another place, refused in part, shorter than they were.
//! None of them marks anything (RELIABILITY 1).
//!
//! A dozen in the suite; `STOWAGE_BAD_LISTINGS=1000` for as many, `STOWAGE_FAULTS_SEED` for the same
//! ones again.

use stowage_tests::{Chance, Fault, FtpFault, Kind, eventually, fixtures};

use crate::world::{NOTICED, World};

/// Files that no listing takes in, so that a bucket's listing has more than one page.
const FILLERS: u64 = 1_100;

/// Bytes that a listing of the album has, roughly.
const LISTING: u64 = 4_000;

fn rounds() -> u64 {
    let asked = stowage_config::env("STOWAGE_BAD_LISTINGS");
    asked.map_or(12, |rounds| {
        rounds.parse().expect("STOWAGE_BAD_LISTINGS is a number")
    })
}

/// Breaks the place in one of the ways in which its kind breaks, and says how to mend it.
fn break_it(world: &World, chance: &mut Chance) -> String {
    match world.place.kind() {
        Kind::Folder => break_folder(world, chance),
        Kind::Bucket => break_bucket(world, chance),
        _ => break_server(world, chance),
    }
}

fn break_folder(world: &World, chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => {
            world.place.take_away();
            "gone".into()
        }
        1 => {
            world.place.replace_by_empty();
            "empty".into()
        }
        2 => {
            world.place.replace_by_file();
            "a file in its place".into()
        }
        _ => {
            world.place.replace_by_empty();
            let some = chance.below(24) as u32;
            world.place.fill(&fixtures::plain(some));
            format!("another folder with {some} of the files")
        }
    }
}

fn break_bucket(world: &World, chance: &mut Chance) -> String {
    let fault = match chance.below(8) {
        0 => Fault::ListPage(1 + chance.below(2)),
        1 => Fault::AllLists,
        2 => Fault::EmptyLists,
        3 => Fault::ShortLists(chance.below(24) as usize),
        4 => Fault::CutLists(chance.below(LISTING) as usize),
        5 => Fault::NoBucket,
        6 => Fault::Denied,
        _ => Fault::Refuse,
    };
    world.place.proxy().inject(fault);
    format!("{fault:?}")
}

fn break_server(world: &World, chance: &mut Chance) -> String {
    let number = 1 + chance.below(6);
    let fault = match chance.below(4) {
        0 => FtpFault::Refuse { number, code: 450 },
        1 => FtpFault::Refuse { number, code: 550 },
        2 => FtpFault::Cut(0),
        _ => FtpFault::Cut(chance.below(LISTING) as usize),
    };
    world.place.ftp_proxy().inject(fault);
    format!("{fault:?}")
}

fn mend(world: &World) {
    match world.place.kind() {
        Kind::Folder => world.place.bring_back(),
        Kind::Bucket => world.place.proxy().heal(),
        _ => world.place.ftp_proxy().heal(),
    }
}

pub(crate) async fn d5_no_bad_listing_marks_anything(world: World) {
    let mut chance = Chance::seeded();
    let album = fixtures::plain(24);
    world.place.fill(&album);
    if world.place.kind() == Kind::Bucket {
        for number in 0..FILLERS {
            world
                .place
                .put(&format!("many/._{number:05}"), b"left behind by a Mac");
        }
    }
    let storage = world.library.import(&world.place).await;
    let before = world.catalog().await;

    for round in 0..rounds() {
        let how = break_it(&world, &mut chance);
        let scan = world.library.scan(&storage).await;
        assert_eq!(scan["missing"], 0, "round {round}, {how}: {scan}");
        // What looks complete is read a second time, which must not agree.
        if scan["state"] == "complete" {
            let scan = world.library.scan(&storage).await;
            assert_eq!(scan["missing"], 0, "round {round} again, {how}: {scan}");
        }
        mend(&world);
        let after = world.catalog().await;
        let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        let is_kept = before.iter().all(|row| after.contains(row));
        assert!(is_kept && new.is_empty(), "round {round}, {how}: {new:?}");
    }

    eventually("it is followed again", NOTICED, async || {
        let scan = world.library.scan(&storage).await;
        let view = world
            .library
            .try_get(&format!("/storages/{storage}"))
            .await?;
        if scan["state"] == "complete" && view["hold"].is_null() {
            Ok(())
        } else {
            Err(format!("{scan} {view}"))
        }
    })
    .await;
    world.library.wait_until_idle().await;
    world.assert_holds(&album).await;
}
