//! A main storage that is full: uploads go on, the storage says why, and what waits goes by itself
//! as soon as there is room (D10, P22, V54).

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use stowage_tests::{Fault, FtpFault, Kind, Quota, SmallDisk, eventually, fixtures::Picture};

use crate::world::World;

/// At the latest so long after there is room, what waits goes on.
const FIVE_MINUTES: Duration = Duration::from_mins(5);

const SOON: Duration = Duration::from_mins(1);

async fn main_storage(world: &World) -> String {
    let storage = world.library.connect_writable(&world.place).await;
    world.library.choose_main(Some(&storage)).await;
    storage
}

/// Sends files although main takes none, and looks at what everybody is told.
async fn send_into_a_full_one(world: &World, storage: &str) -> Vec<(String, Vec<u8>)> {
    let library = &world.library;
    let mut sent = Vec::new();
    for number in 0..3 {
        let bytes = Picture::numbered(number).sized(400, 300).jpeg();
        let upload = library.send(&format!("{number}.jpg"), &bytes).await;
        sent.push((upload, bytes));
    }
    let view = eventually("the storage says that it is full", SOON, async || {
        let view = library.try_get(&format!("/storages/{storage}")).await?;
        let delivery = &view["delivery"];
        if delivery["trouble"]["kind"] == "full" && delivery["waiting"] == 3 {
            Ok(view)
        } else {
            Err(view.to_string())
        }
    })
    .await;
    assert_eq!(view["status"], "degraded", "{view}");
    assert!(
        view["reason"].is_string() && view["remedy"].is_string(),
        "{view}"
    );
    println!("degraded: {}", view["reason"]);
    let mut assets = Vec::new();
    for (upload, bytes) in sent {
        let asset = eventually("the upload is an asset", SOON, async || {
            let upload = library.try_get(&format!("/uploads/{upload}")).await?;
            upload["asset_id"]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| upload.to_string())
        })
        .await;
        let (status, got) = library.download(&format!("/assets/{asset}/original")).await;
        assert!(status == 200 && got == bytes, "had from here meanwhile");
        assets.push((asset, bytes));
    }
    let waiting = library.get("/transfers?troubled=true").await;
    for row in waiting["items"].as_array().into_iter().flatten() {
        assert_eq!(
            row["failures"], 0,
            "a full storage uses no attempt up: {row}"
        );
        assert!(row["next_try_at"].is_string(), "{row}");
    }
    assets
}

/// Waits, without a person's help, until all is delivered.
async fn goes_by_itself(world: &World, assets: &[(String, Vec<u8>)]) {
    let since = Instant::now();
    let library = &world.library;
    eventually("all is delivered by itself", FIVE_MINUTES, async || {
        let listed = library.try_get("/transfers").await?;
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        let done = items.iter().filter(|row| row["state"] == "done").count();
        if done == assets.len() {
            Ok(())
        } else {
            Err(format!("{done}: {items:?}"))
        }
    })
    .await;
    println!(
        "delivered {:.1} s after there was room",
        since.elapsed().as_secs_f64()
    );
    for (asset, bytes) in assets {
        let (status, got) = library.download(&format!("/assets/{asset}/original")).await;
        assert!(status == 200 && got == *bytes, "{asset}");
    }
}

pub(crate) async fn p22_v54_a_full_disk_is_waited_for(world: World) {
    assert_eq!(world.place.kind(), Kind::Folder);
    let Some(_disk) = SmallDisk::over(&world.place.root(), 4) else {
        return;
    };
    let storage = main_storage(&world).await;
    let filler = world.place.path("filler.bin");
    let all = vec![1_u8; 8 * 1024 * 1024];
    let _ = fs::write(&filler, &all);
    let assets = send_into_a_full_one(&world, &storage).await;
    fs::remove_file(&filler).unwrap();
    goes_by_itself(&world, &assets).await;
    let view = world.library.storage(&storage).await;
    assert_eq!(view["delivery"]["trouble"], Value::Null, "{view}");
}

pub(crate) async fn p22_v54_a_bucket_over_its_quota_is_waited_for(world: World) {
    let storage = main_storage(&world).await;
    world.place.proxy().inject(Fault::QuotaExceeded);
    let assets = send_into_a_full_one(&world, &storage).await;
    // It can still be scanned, which hides nothing.
    world.library.scan(&storage).await;
    let view = world.library.storage(&storage).await;
    assert_eq!(view["status"], "degraded", "{view}");
    world.place.proxy().heal();
    goes_by_itself(&world, &assets).await;
}

pub(crate) async fn p22_v54_an_ftp_server_over_its_quota_is_waited_for(world: World) {
    let storage = main_storage(&world).await;
    world.place.ftp_proxy().inject(FtpFault::Full);
    let assets = send_into_a_full_one(&world, &storage).await;
    world.place.ftp_proxy().heal();
    goes_by_itself(&world, &assets).await;
    let body = json!({ "storage_id": storage });
    let retried = world.library.post("/transfers/retry", body).await;
    assert_eq!(retried["retried"], 0, "nothing is left to try");
}

/// The same, of a server that counts: Pure-FTPd, and a user with a quota of two megabytes.
pub(crate) async fn p22_v54_a_real_quota_is_waited_for(world: World) {
    let storage = main_storage(&world).await;
    let uploads = world.place.take_uploads();
    let quota = Quota::of(&uploads);
    quota.use_up().await;
    let assets = send_into_a_full_one(&world, &storage).await;
    quota.give_back().await;
    goes_by_itself(&world, &assets).await;
}

/// Names that were reserved for copies which nobody wants any more: what Stowage would have written
/// there goes, what is somebody else's stays, and neither was imported meanwhile.
pub(crate) async fn d10_names_that_nobody_wants_are_given_back(mut world: World) {
    let storage = main_storage(&world).await;
    let path = format!("/storages/{storage}");
    let pattern = json!({ "delivery": { "file_name_pattern": "{original}" } });
    world.library.patch(&path, pattern).await;
    world.place.ftp_proxy().inject(FtpFault::Full);
    let sent = [1, 2].map(|number| Picture::numbered(number).jpeg());
    world.library.send("a.jpg", &sent[0]).await;
    world.library.send("b.jpg", &sent[1]).await;
    let library = world.library.clone();
    eventually("both have a name", SOON, async || {
        let listed = library.try_get("/transfers?troubled=true").await?;
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        let named = items.iter().filter(|row| row["path"].is_string()).count();
        (named == 2).then_some(()).ok_or_else(|| listed.to_string())
    })
    .await;
    library.patch(&path, json!({ "on": false })).await;
    library.choose_main(None).await;
    library.wait_for_transfers("abandoned", 2).await;

    // As a worker would have left it that was overtaken, and as a person would.
    world.place.ftp_proxy().heal();
    let short_id = library.get("").await["short_id"].clone();
    let at = |name: &str| format!("{}/uploads/{name}", short_id.as_str().unwrap_or_default());
    world.place.put(&at("a.jpg"), &sent[0]);
    world.place.put(&at("b.jpg"), b"somebody's own");
    world.place.open_for_writing();
    library.patch(&path, json!({ "on": true })).await;
    library.wait_until_idle().await;
    assert_eq!(
        library.assets().await.len(),
        2,
        "what is reserved is not imported"
    );

    world.stowage.move_clocks(2, 2).await;
    let own = "select count(*) from remote_object where role = 'own'";
    eventually("no name is reserved any more", SOON, async || {
        let left = library.rows().try_count(own).await;
        let left = left.map_err(|error| error.to_string())?;
        (left == 0).then_some(()).ok_or_else(|| left.to_string())
    })
    .await;
    world.stowage.move_clocks(0, 0).await;
    library.sign_in().await;
    assert!(!world.place.path(&at("a.jpg")).exists(), "ours goes");
    let acts = library.get(&format!("/audit?subject_id={storage}")).await;
    let acts = acts["items"].as_array().cloned().unwrap_or_default();
    let discarded: Vec<&Value> = acts
        .iter()
        .filter(|act| act["action"] == "copy.discarded")
        .map(|act| &act["detail"])
        .collect();
    assert_eq!(discarded.len(), 1, "{acts:?}");
    assert_eq!(
        (&discarded[0]["path"], &discarded[0]["outcome"]),
        (&at("a.jpg").into(), &"deleted".into())
    );
    assert!(world.place.path(&at("b.jpg")).exists(), "theirs stays");
    world.rescan(&storage).await;
    assert_eq!(
        library.assets().await.len(),
        3,
        "theirs is an asset like any"
    );
}
