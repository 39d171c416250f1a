//! What a process leaves behind that died in the middle, or came too late: it goes, and nothing that
//! only looks like it does.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::json;
use stowage_tests::{Kind, eventually, fixtures, fixtures::Picture};

use crate::world::World;

const SOON: Duration = Duration::from_mins(1);

/// What a connection test writes, and how it calls it.
const WRITTEN: &[u8] = b"written by a connection test\n";

async fn restart(world: &mut World, service: &str, failpoints: &str) {
    let process = world.stowage.process(service);
    process.kill();
    process.set_variable("STOWAGE_FAILPOINTS__TESTS_ONLY", failpoints);
    process.start();
    world.stowage.wait_until_ready().await;
}

async fn wait_until_said(world: &mut World, service: &str, words: &str) {
    let process = world.stowage.process(service);
    eventually(words, SOON, async || {
        let is_said = process.said().contains(words);
        is_said.then_some(()).ok_or("not yet".to_owned())
    })
    .await;
}

/// Lists the files below a folder by their paths.
fn files_in(folder: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap_or(&path);
                files.insert(below.display().to_string());
            }
        }
    }
    files
}

fn put_with_age(world: &World, path: &str, bytes: &[u8], age: Duration) {
    fixtures::write_aged(&world.place.path(path), bytes, age);
    world.place.open_for_writing();
}

/// Lets an hour pass for Stowage's own files in the place.
fn let_an_hour_pass(world: &World) {
    for path in files_in(&world.place.root()) {
        if path.starts_with(".stowage-") {
            let file = fs::File::options()
                .append(true)
                .open(world.place.path(&path));
            let file = file.expect("the file is ours");
            let past = SystemTime::now() - Duration::from_hours(1);
            file.set_modified(past).expect("its time can be set");
        }
    }
}

/// A test dies between taking its own file aside and deleting it, where there is such a step, and
/// leaves a file that no other test would ever find. The next test takes it along once it is old, and
/// nothing that is not a test's.
pub(crate) async fn d19_what_a_killed_test_left_goes_with_the_next(mut world: World) {
    world.place.fill(&fixtures::plain(2));
    let storage = world.library.connect_writable(&world.place).await;
    world.library.wait_until_idle().await;
    let test = format!("/storages/{storage}/test");
    world.library.post(&test, json!({})).await;
    let before = files_in(&world.place.root());

    if world.place.kind() == Kind::Folder {
        put_with_age(&world, ".stowage-probe-00", WRITTEN, Duration::ZERO);
    } else {
        let died = "quarantine.taken=abort";
        restart(&mut world, "storage-connector", died).await;
        let asked = world.library.try_post(&test, json!({})).await;
        println!("a test that dies: {asked:?}");
        wait_until_said(
            &mut world,
            "storage-connector",
            "failpoint quarantine.taken: abort",
        )
        .await;
        restart(&mut world, "storage-connector", "").await;
    }
    let left: BTreeSet<String> = files_in(&world.place.root());
    let left: Vec<&String> = left.difference(&before).collect();
    println!("left behind: {left:?}");
    assert!(!left.is_empty());

    let young = files_in(&world.place.root());
    world.library.post(&test, json!({})).await;
    assert_eq!(files_in(&world.place.root()), young, "it may run still");

    let photo = Picture::numbered(77).jpeg();
    put_with_age(
        &world,
        ".stowage-quarantine/00-photo",
        &photo,
        Duration::ZERO,
    );
    put_with_age(&world, ".stowage-probe-photo", &photo, Duration::ZERO);
    let_an_hour_pass(&world);
    let report = world.library.post(&test, json!({})).await;
    let mut expected = before;
    expected.extend([
        ".stowage-quarantine/00-photo".to_owned(),
        ".stowage-probe-photo".to_owned(),
    ]);
    assert_eq!(files_in(&world.place.root()), expected, "{report}");
}

/// A thumbnailer that stood still for so long that its work was given to another, writes its
/// pictures when the photograph is purged: it says so, and they are taken away.
pub(crate) async fn p34_pictures_that_come_too_late_go_again(mut world: World) {
    let storage = world.import(&fixtures::plain(1)).await;
    let pictures = |world: &World| {
        let folder = format!("w/{}/renditions", world.library.workspace());
        files_in(&world.stowage.central().join(folder))
    };
    let before = pictures(&world);
    restart(&mut world, "thumbnailer", "render.made=sleep:1500").await;
    let bytes = Picture::numbered(78).jpeg();
    world.place.put("late.jpg", &bytes);
    let scan = format!("/storages/{storage}/scan");
    world.library.post(&scan, json!({})).await;
    wait_until_said(&mut world, "thumbnailer", "failpoint render.made: sleep").await;
    world.stowage.process("thumbnailer").freeze();
    // As if another had taken the work up, and had been told that there is nothing to do.
    let rows = world.library.rows().clone();
    let taken = "update job set state = 'done', lease_until = null \
                 where kind = 'render-asset' and state = 'running'";
    rows.texts(taken).await;

    let id = world.library.asset_id_at("late.jpg").await;
    let ids = json!({ "ids": [id] });
    world.library.post("/assets/trash", ids.clone()).await;
    world.library.post("/bin/purge", ids).await;
    eventually("it is purged", SOON, async || {
        let purged = "select count(*) from asset where lifecycle = 'purged'";
        match rows.try_count(purged).await {
            Ok(1) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    world.stowage.process("thumbnailer").thaw();
    wait_until_said(&mut world, "thumbnailer", "pictures came too late").await;
    eventually("the pictures are gone again", SOON, async || {
        let now = pictures(&world);
        (now == before).then_some(()).ok_or(format!("{now:?}"))
    })
    .await;
}
