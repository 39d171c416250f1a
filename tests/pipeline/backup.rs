//! The cold backup of central storage: what is copied there, and what goes from there (V57, D4,
//! D21).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;
use stowage_tests::{Fault, eventually, fixtures::Picture};

use crate::world::World;

/// How long a copy, or its end, may take on two busy cores.
const SOON: Duration = Duration::from_mins(1);

const PURGER: &str = "retention-purger";
const FAILPOINTS: &str = "STOWAGE_FAILPOINTS__TESTS_ONLY";

/// Files by their path.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Returns every original below a place, by its key.
fn originals(place: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![place.join("w")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let key = path.strip_prefix(place).unwrap_or(&path).to_owned();
            if key.iter().nth(2).is_some_and(|part| part == "originals") {
                found.insert(key, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

/// Everything that a folder holds, whatever it is.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Gives the installation a backup, beside everything else that it has.
async fn turn_on(world: &mut World) -> PathBuf {
    let folder = world.stowage.home().join("backup");
    fs::create_dir_all(&folder).unwrap();
    let place = folder.display().to_string();
    turn_on_with(world, &[("KIND", "folder"), ("FOLDER", &place)]).await;
    folder
}

async fn turn_on_with(world: &mut World, settings: &[(&str, &str)]) {
    let purger = world.stowage.process(PURGER);
    purger.kill();
    for (name, value) in settings {
        purger.set_variable(&format!("STOWAGE_COLD_BACKUP__{name}"), value);
    }
    purger.start();
    world.stowage.wait_until_ready().await;
}

async fn send(world: &World, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let bytes = Picture::numbered(number).jpeg();
        world.library.send(&format!("{number}.jpg"), &bytes).await;
    }
}

/// Waits until so many originals lie in central storage, and the backup has the same and no other,
/// by its bytes and by its rows.
async fn wait_until_equal(world: &World, backup: &Path, count: usize) {
    let rows = world.library.rows();
    let what = format!("{count} originals are hosted and backed up");
    eventually(&what, SOON, async || {
        let (hosted, copies) = (originals(world.stowage.central()), originals(backup));
        let known = rows
            .try_texts("select object_key from backup_copy where copied_at is not null")
            .await
            .map_err(|error| error.to_string())?
            .concat();
        if hosted.len() == count && hosted == copies && known.len() == count {
            return Ok(());
        }
        let (hosted, copies) = (hosted.into_keys(), copies.into_keys());
        Err(format!(
            "{:?}\n{:?}\n{known:?}",
            hosted.collect::<Vec<_>>(),
            copies.collect::<Vec<_>>()
        ))
    })
    .await;
}

/// What the purger counts under a name.
async fn count(world: &mut World, name: &str) -> u64 {
    world.stowage.metric(PURGER, name, "").await as u64
}

/// Waits until the purger has looked at the backup twice more.
async fn wait_until_looked(world: &mut World) {
    let name = "stowage_backup_looks_total";
    let before = count(world, name).await;
    eventually("the backup was looked at", SOON, async || {
        let looks = count(world, name).await;
        (looks >= before + 2)
            .then_some(())
            .ok_or_else(|| looks.to_string())
    })
    .await;
}

async fn trash(world: &World, name: &str) -> String {
    let id = asset_named(world, name).await;
    let answer = world.library.post("/assets/trash", json!({ "ids": [id] }));
    assert_eq!(answer.await["trashed"], 1);
    id
}

async fn asset_named(world: &World, name: &str) -> String {
    let found = world.library.get(&format!("/assets?q={name}")).await;
    let items = found["items"].as_array().cloned().unwrap_or_default();
    let asset = items.iter().find(|asset| asset["name"] == name);
    let asset = asset.unwrap_or_else(|| panic!("no {name} in {found}"));
    asset["id"].as_str().unwrap_or_default().to_owned()
}

async fn purge(world: &World, asset: &str) {
    let body = json!({ "ids": [asset] });
    assert_eq!(world.library.post("/bin/purge", body).await["purging"], 1);
}

async fn wait_for_assets(world: &World, lifecycle: &str, count: u64) {
    let rows = world.library.rows();
    eventually(&format!("{count} are {lifecycle}"), SOON, async || {
        let sql = format!("select count(*) from asset where lifecycle = '{lifecycle}'");
        let found = rows.try_count(&sql).await.map_err(|e| e.to_string())?;
        (found == count).then_some(()).ok_or(found.to_string())
    })
    .await;
}

pub(crate) async fn v57_hosted_originals_are_backed_up_and_both_go_at_purge(mut world: World) {
    send(&world, 0..1).await;
    world.library.wait_until_idle().await;
    let backup = turn_on(&mut world).await;
    send(&world, 1..3).await;
    wait_until_equal(&world, &backup, 3).await;

    let asset = trash(&world, "1.jpg").await;
    wait_until_looked(&mut world).await;
    wait_until_equal(&world, &backup, 3).await;

    purge(&world, &asset).await;
    wait_for_assets(&world, "purged", 1).await;
    wait_until_equal(&world, &backup, 2).await;
    let left = world
        .library
        .rows()
        .count("select count(*) from backup_copy");
    assert_eq!(left.await, 2);
}

/// The same with a bucket, whose quota is used up for a while.
pub(crate) async fn v57_a_backup_in_a_bucket_gets_and_loses_the_same(mut world: World) {
    let bucket = world.place.new_storage();
    let of = |pointer: &str| {
        bucket
            .pointer(pointer)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    let settings = [
        ("KIND", "s3".to_owned()),
        ("BUCKET", of("/settings/bucket")),
        ("ENDPOINT", of("/settings/endpoint")),
        ("ACCESS_KEY", of("/credentials/access_key")),
        ("SECRET_KEY", of("/credentials/secret_key")),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    turn_on_with(&mut world, &settings).await;
    let backup = world.place.root();
    send(&world, 0..2).await;
    wait_until_equal(&world, &backup, 2).await;

    world.place.proxy().inject(Fault::QuotaExceeded);
    send(&world, 2..3).await;
    let asset = trash(&world, "0.jpg").await;
    purge(&world, &asset).await;
    wait_for_assets(&world, "purged", 1).await;
    wait_for_trouble(&world).await;
    world.place.proxy().heal();
    wait_until_equal(&world, &backup, 2).await;
}

/// What is delivered leaves central storage, and its backup with it; the target keeps it.
pub(crate) async fn v57_a_delivered_original_takes_its_backup_along(mut world: World) {
    let backup = turn_on(&mut world).await;
    world.place.open_for_writing();
    let main = world.library.import_writable(&world.place, "keep").await;
    send(&world, 0..2).await;
    wait_until_equal(&world, &backup, 2).await;
    let body = json!({ "from_storage_id": null, "to_storage_id": main });
    world.library.post("/migrations", body).await;
    world.library.wait_for_transfers("done", 2).await;
    wait_until_equal(&world, &backup, 0).await;
    assert_eq!(everything(&backup), Vec::<PathBuf>::new());
    assert_eq!(world.library.assets().await.len(), 2);
}

pub(crate) async fn v57_d21_a_deleted_workspace_takes_its_backup_along(mut world: World) {
    let backup = turn_on(&mut world).await;
    send(&world, 0..3).await;
    wait_until_equal(&world, &backup, 3).await;
    // What no row of the backup knows goes as well.
    let workspace = world.library.workspace().to_owned();
    let stray = backup.join(format!("w/{workspace}/originals/stray"));
    fs::write(&stray, b"left by a run that was killed").unwrap();
    let name = world.library.get("").await["name"].clone();
    world.library.post("/delete", json!({ "name": name })).await;
    eventually("the workspace is gone", SOON, async || {
        let rows = world.library.rows();
        let left = rows.try_count("select count(*) from workspace").await;
        let left = left.map_err(|error| error.to_string())?;
        (left == 0).then_some(()).ok_or(left.to_string())
    })
    .await;
    assert_eq!(originals(&backup), Files::new());
    assert_eq!(originals(world.stowage.central()), Files::new());
    let rows = world.library.rows();
    assert_eq!(rows.count("select count(*) from backup_copy").await, 0);
}

/// While the place is away, and while an empty folder is where it was, people notice nothing, and
/// nothing is written there; then everything is caught up.
pub(crate) async fn v57_a_backup_that_is_away_stops_nothing_and_catches_up(mut world: World) {
    let backup = turn_on(&mut world).await;
    send(&world, 0..2).await;
    wait_until_equal(&world, &backup, 2).await;
    let aside = world.stowage.home().join("unmounted");
    fs::rename(&backup, &aside).unwrap();

    send(&world, 2..4).await;
    wait_for_assets(&world, "live", 4).await;
    let asset = trash(&world, "0.jpg").await;
    purge(&world, &asset).await;
    wait_for_assets(&world, "purged", 1).await;
    wait_for_trouble(&world).await;
    wait_until_looked(&mut world).await;
    assert_eq!(count(&mut world, "stowage_backup_behind_objects").await, 2);
    assert_eq!(count(&mut world, "stowage_backup_failing").await, 1);

    fs::create_dir(&backup).unwrap();
    wait_until_looked(&mut world).await;
    wait_until_looked(&mut world).await;
    assert_eq!(everything(&backup), Vec::<PathBuf>::new());
    assert_eq!(originals(&aside).len(), 2, "nothing is done meanwhile");
    let said = world.stowage.process(PURGER).said();
    let told = said.matches("the cold backup does not work").count();
    assert_eq!(told, 1, "{said}");

    fs::remove_dir(&backup).unwrap();
    fs::rename(&aside, &backup).unwrap();
    wait_until_equal(&world, &backup, 3).await;
    world.library.wait_until_idle().await;
    let rows = world.library.rows();
    let well = "select count(*) from backup_place where failing_since is null";
    assert_eq!(rows.count(well).await, 1);
}

async fn wait_for_trouble(world: &World) {
    let rows = world.library.rows();
    eventually("the backup fails, and says why", SOON, async || {
        let sql = "select error from backup_place where failing_since is not null";
        let found = rows.try_texts(sql).await.map_err(|e| e.to_string())?;
        let says_why = found.first().is_some_and(|row| !row[0].is_empty());
        says_why.then_some(()).ok_or(format!("{found:?}"))
    })
    .await;
}

/// Killed between any two steps of a copy and of a removal, it goes on.
pub(crate) async fn v57_a_backup_that_is_killed_goes_on(mut world: World) {
    send(&world, 0..6).await;
    world.library.wait_until_idle().await;
    let backup = turn_on_and_die(&mut world).await;
    wait_until_equal(&world, &backup, 6).await;

    let ids = [
        trash(&world, "0.jpg").await,
        trash(&world, "1.jpg").await,
        trash(&world, "2.jpg").await,
    ];
    restart(&mut world, "backup.deleted=abort@2");
    world.stowage.wait_until_ready().await;
    for id in &ids {
        // The process may be gone already, and with it in one process whoever would answer.
        let body = json!({ "ids": [id] });
        let _ = world.library.try_post("/bin/purge", body).await;
    }
    wait_until_dead(&mut world).await;
    restart(&mut world, "");
    world.stowage.wait_until_ready().await;
    for id in &ids {
        let body = json!({ "ids": [id] });
        let _ = world.library.try_post("/bin/purge", body).await;
    }
    wait_for_assets(&world, "purged", 3).await;
    wait_until_equal(&world, &backup, 3).await;
}

/// Turns the backup on with six originals waiting, and has it die at each step of a copy.
async fn turn_on_and_die(world: &mut World) -> PathBuf {
    // Nothing is due before the folder is named, so that it comes up.
    let folder = world.stowage.home().join("backup");
    fs::create_dir_all(&folder).unwrap();
    let place = folder.display().to_string();
    let purger = world.stowage.process(PURGER);
    purger.set_variable("STOWAGE_COLD_BACKUP__KIND", "folder");
    purger.set_variable("STOWAGE_COLD_BACKUP__FOLDER", &place);
    for point in ["backup.noted", "backup.written", "backup.recorded"] {
        restart(world, &format!("{point}=abort@2"));
        wait_until_dead(world).await;
    }
    restart(world, "");
    world.stowage.wait_until_ready().await;
    folder
}

fn restart(world: &mut World, plan: &str) {
    let purger = world.stowage.process(PURGER);
    purger.kill();
    purger.set_variable(FAILPOINTS, plan);
    purger.start();
}

async fn wait_until_dead(world: &mut World) {
    let purger = world.stowage.process(PURGER);
    eventually("it died where it was told to", SOON, async || {
        (!purger.is_running())
            .then_some(())
            .ok_or_else(|| "it is still there".to_owned())
    })
    .await;
}

/// `docs/operations/backup.md`, *Restoring*, word for word; and a damaged original never takes the
/// place of a good copy.
pub(crate) async fn v57_what_central_storage_lost_is_restored_from_the_backup(mut world: World) {
    let backup = turn_on(&mut world).await;
    send(&world, 0..3).await;
    wait_until_equal(&world, &backup, 3).await;
    let central = world.stowage.central().to_owned();
    let sound = originals(&central);
    let keys: Vec<&PathBuf> = sound.keys().collect();
    fs::remove_file(central.join(keys[0])).unwrap();
    fs::write(central.join(keys[1]), b"damaged").unwrap();
    // Started over, everything is compared: the copies are good, and stay as they are.
    let rows = world.library.rows();
    let anew = "update backup_place set identity = null, \
                begun_at = (select max(copied_at) + 1 from backup_copy)";
    rows.texts(anew).await;
    eventually("everything is compared", SOON, async || {
        let sql = "select count(*) from backup_copy where copied_at >= \
                   (select begun_at from backup_place)";
        let found = rows.try_count(sql).await.map_err(|e| e.to_string())?;
        (found == 3).then_some(()).ok_or(found.to_string())
    })
    .await;
    assert_eq!(originals(&backup), sound);

    let done = Command::new("sh")
        .arg("-c")
        .arg("cp -R \"$BACKUP\"/w/. \"$CENTRAL\"/w/")
        .env("BACKUP", &backup)
        .env("CENTRAL", &central)
        .status();
    assert!(done.unwrap().success());
    assert_eq!(originals(&central), sound);
    for number in 0..3 {
        let id = asset_named(&world, &format!("{number}.jpg")).await;
        let path = format!("/assets/{id}/original");
        let bytes = Picture::numbered(number).jpeg();
        assert_eq!(world.library.download(&path).await, (200, bytes));
    }
}

pub(crate) async fn v57_a_damaged_original_is_never_backed_up(mut world: World) {
    send(&world, 0..2).await;
    world.library.wait_until_idle().await;
    let central = world.stowage.central().to_owned();
    let (mut keys, bytes): (Vec<_>, Vec<_>) = originals(&central).into_iter().unzip();
    fs::write(central.join(&keys[0]), vec![b'x'; bytes[0].len()]).unwrap();
    let backup = turn_on(&mut world).await;
    let rows = world.library.rows().clone();
    eventually("it is told", SOON, async || {
        let sql = "select error from backup_copy where error is not null";
        let found = rows.try_texts(sql).await.map_err(|e| e.to_string())?;
        (found.concat() == ["the original in central storage is damaged"])
            .then_some(())
            .ok_or(format!("{found:?}"))
    })
    .await;
    wait_until_looked(&mut world).await;
    let copies: Vec<_> = originals(&backup).into_keys().collect();
    assert_eq!(copies, keys.split_off(1));
    assert_eq!(count(&mut world, "stowage_backup_unreadable").await, 1);
}
