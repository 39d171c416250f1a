//! What a scan costs that finds nothing new.

use stowage_tests::fixtures;

use crate::world::World;

/// A second scan reads no object, enqueues no import and no rendering, and writes no row of asset
/// and remote_object, not even with what is there already.
pub(crate) async fn a_second_scan_changes_nothing(world: World) {
    let storage = world.import(&fixtures::mixed()).await;
    let rows = world.library.rows();
    rows.note_writes(&[
        "asset",
        "remote_object",
        "rendering",
        "rendition",
        "asset_tag",
    ])
    .await;
    let before = world.catalog().await;
    let jobs = "select count(*) from job where kind <> 'scan-storage'";
    let jobs_before = rows.count(jobs).await;
    world.place.take_counted();

    let scan = world.rescan(&storage).await;

    assert_eq!(scan["state"], "complete", "{scan}");
    assert_eq!(scan["unchanged"], scan["listed"], "{scan}");
    assert_eq!(world.catalog().await, before, "a row was written anew");
    assert_eq!(rows.noted_writes().await, [] as [String; 0]);
    assert_eq!(rows.count(jobs).await, jobs_before, "jobs were enqueued");
    if let Some(counted) = world.place.take_counted() {
        assert_eq!((counted.reads, counted.writes), (0, 0), "{counted:?}");
    }
}

/// A server that told a minute tells the day when half a year is over. That is asked about, and
/// nothing is read.
pub(crate) async fn a_listing_that_words_a_time_otherwise_is_no_change(world: World) {
    let album = fixtures::plain(3);
    let storage = world.import(&album).await;
    let assets = world.library.rows().table("asset").await;
    // As the catalog would have it from a listing of half a year ago.
    let rows = world.library.rows();
    rows.texts("update remote_object set revision = '~1-Nov 28 07:12'")
        .await;
    world.place.take_counted();

    let scan = world.rescan(&storage).await;

    assert_eq!(scan["changed"], 3, "{scan}");
    let counted = world.place.take_counted().expect("it is counted");
    println!("{counted:?}");
    assert_eq!((counted.reads, counted.read_bytes), (0, 0), "{counted:?}");
    assert_eq!(counted.stats, 6, "a size and a time for each: {counted:?}");
    assert_eq!(world.library.rows().table("asset").await, assets);
    let again = world.rescan(&storage).await;
    assert_eq!(again["changed"], 0, "{again}");
}

/// Files in a library that is scanned again. `STOWAGE_TEST_FILES` asks for more.
const FILES: usize = 60;

/// A scan of an FTP server asks about folders, and never about a file that it knows.
pub(crate) async fn a_second_scan_asks_nothing_about_files(world: World) {
    let files = stowage_config::env("STOWAGE_TEST_FILES")
        .and_then(|files| files.parse().ok())
        .unwrap_or(FILES);
    let folders = (files / 100).max(3);
    for number in 0..files {
        let path = format!("album {}/note {number}.txt", number % folders);
        let text = format!("note {number}");
        world.place.put(&path, text.as_bytes());
    }
    let storage = world.library.connect(&world.place).await;
    let long = std::time::Duration::from_mins(30);
    world.library.wait_until_idle_within(long).await;
    world.place.take_counted();

    let scan = world.rescan(&storage).await;

    assert_eq!(scan["unchanged"], files, "{scan}");
    let counted = world.place.take_counted().expect("it is counted");
    let each = counted.commands as f64 / files as f64;
    println!(
        "{} commands for {files} files in {folders} folders: {each:.4} for each file, {counted:?}",
        counted.commands
    );
    assert_eq!((counted.stats, counted.reads), (0, 0), "{counted:?}");
    // Three for each folder and the root, and what logging in and proving the place take.
    let most = 3 * (folders as u64 + 1) + 30;
    assert!(counted.commands <= most, "{counted:?}");
}
