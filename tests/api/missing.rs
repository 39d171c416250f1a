//! Assets whose original is gone: looking again, restoring, forgetting; and how a storage is set to
//! treat them.

use serde_json::{Value, json};
use stowage_domain::{
    RemoteObjectId, Role, StorageId, Timestamp, WorkspaceId,
    scan::{AbsentSet, Hold, HoldState},
};

use crate::{library::Planted, on_both_databases, person::Person, storages::connect, world::World};

on_both_databases!(
    p29_p26_v34_a_storage_says_how_it_treats_what_leaves_and_returns,
    w4_a_look_tells_what_is_there_and_marks_what_is_not,
    d5_what_a_scan_would_hold_a_look_leaves_to_a_scan,
    d8_missing_assets_are_listed_with_what_to_do,
    p30_restoring_is_recorded_and_queues_a_scan,
    d6_forgetting_keeps_what_is_there,
    only_administrators_restore_and_forget,
    d5_an_absence_that_asks_is_confirmed_once_and_recorded,
);

struct Library {
    owner: Person,
    storage: StorageId,
    planted: Vec<Planted>,
}

/// A storage with files that a scan saw and proved.
async fn library(world: &World, names: &[&str]) -> Library {
    let owner = world.owner().await;
    let storage = connect(world, &owner).await;
    let workspace: WorkspaceId = owner.workspace.parse().unwrap();
    let mut planted = Vec::new();
    for name in names {
        let plant = world.plant(workspace, storage, name, name.as_bytes(), "image/jpeg");
        planted.push(plant.await);
    }
    world.prove(workspace, storage).await;
    Library {
        owner,
        storage,
        planted,
    }
}

/// Names of a storage large enough that one file is no great loss.
const MANY: [&str; 4] = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];

impl Library {
    async fn post(&self, path: &str, at: usize) -> Value {
        let ids = json!({ "ids": [self.planted[at].asset] });
        self.owner.post(path, ids).await.with(200)
    }

    async fn availability(&self, at: usize) -> Value {
        let path = format!("/assets/{}", self.planted[at].asset);
        self.owner.get(&path).await.with(200)["availability"].clone()
    }

    async fn scans_queued(&self) -> usize {
        let jobs = self.owner.get("/jobs?state=queued").await.with(200);
        let jobs = jobs["items"].as_array().unwrap().clone();
        jobs.iter()
            .filter(|job| job["kind"] == "scan-storage")
            .count()
    }
}

fn remove(world: &World, name: &str) {
    std::fs::remove_file(world.photos().join(name)).unwrap();
}

async fn p29_p26_v34_a_storage_says_how_it_treats_what_leaves_and_returns(world: World) {
    let library = library(&world, &["a.jpg"]).await;
    let path = format!("/storages/{}", library.storage);
    let usual = library.owner.get(&path).await.with(200);
    let words = |storage: &Value| {
        ["on_return", "on_move", "off_means"]
            .map(|field| storage[field].as_str().unwrap().to_owned())
    };
    assert_eq!(words(&usual), ["relink", "follow", "no_new_files"]);

    let change = json!({ "on_return": "hold", "on_move": "recreate", "off_means": "inaccessible" });
    let changed = library.owner.patch(&path, change).await.with(200);
    assert_eq!(words(&changed), ["hold", "recreate", "inaccessible"]);
    assert_eq!(usual["check_duplicates"], false);
    let checks = json!({ "check_duplicates": true });
    let changed = library.owner.patch(&path, checks).await.with(200);
    assert_eq!(changed["check_duplicates"], true);
    let odd = json!({ "on_return": "guess" });
    assert_eq!(library.owner.patch(&path, odd).await.status, 400);

    // V34: off hides the originals of such a storage, and says so.
    let original = format!("/assets/{}/original", library.planted[0].asset);
    assert_eq!(library.owner.get(&original).await.status, 200);
    let off = json!({ "on": false });
    library.owner.patch(&path, off).await.with(200);
    assert_eq!(library.availability(0).await, "disabled");
    let refused = library.owner.get(&original).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "original-disabled")
    );
    let stays = json!({ "off_means": "no_new_files" });
    library.owner.patch(&path, stays).await.with(200);
    assert_eq!(library.availability(0).await, "available");
    assert_eq!(library.owner.get(&original).await.status, 200);
}

async fn w4_a_look_tells_what_is_there_and_marks_what_is_not(world: World) {
    let library = library(&world, &MANY).await;
    let there = library.post("/assets/check", 0).await;
    assert_eq!(there["items"][0]["result"], "there");
    assert_eq!(there["items"][0]["path"], "a.jpg");

    remove(&world, "a.jpg");
    let gone = library.post("/assets/check", 0).await;
    let item = &gone["items"][0];
    assert_eq!(
        (&item["result"], &item["changed"], &item["scan_queued"]),
        (&json!("gone"), &json!(true), &json!(false)),
        "{gone}"
    );
    assert_eq!(library.availability(0).await, "missing");
    assert_eq!(library.availability(1).await, "available");

    std::fs::write(world.photos().join("a.jpg"), b"other bytes").unwrap();
    let back = library.post("/assets/check", 0).await;
    assert_eq!(back["items"][0]["result"], "there");
    assert_eq!(library.availability(0).await, "available");
    let jobs = library.owner.get("/jobs?state=queued").await.with(200);
    assert!(jobs.to_string().contains("import-object"), "{jobs}");

    let path = format!("/storages/{}", library.storage);
    library
        .owner
        .patch(&path, json!({ "on": false }))
        .await
        .with(200);
    let off = library.post("/assets/check", 0).await;
    assert_eq!(off["items"][0]["result"], "away");
}

async fn d5_what_a_scan_would_hold_a_look_leaves_to_a_scan(world: World) {
    let library = library(&world, &["a.jpg"]).await;
    let before = library.scans_queued().await;
    remove(&world, "a.jpg");

    let gone = library.post("/assets/check", 0).await;

    let item = &gone["items"][0];
    assert_eq!(
        (&item["result"], &item["changed"], &item["scan_queued"]),
        (&json!("gone"), &json!(false), &json!(true)),
        "{gone}"
    );
    assert_eq!(
        library.availability(0).await,
        "available",
        "all that it has"
    );
    assert!(library.scans_queued().await >= before);

    // The place that is asked is another one: nothing it says counts.
    let photos = world.photos();
    std::fs::rename(&photos, photos.with_extension("old")).unwrap();
    std::fs::create_dir(&photos).unwrap();
    let away = library.post("/assets/check", 0).await;
    assert_eq!(away["items"][0]["result"], "away", "{away}");
    assert!(away["items"][0]["detail"].is_string());
}

async fn d8_missing_assets_are_listed_with_what_to_do(world: World) {
    let library = library(&world, &MANY).await;
    for (at, name) in [(0, "a.jpg"), (1, "b.jpg")] {
        remove(&world, name);
        library.post("/assets/check", at).await;
    }
    let page = library.owner.get("/assets/missing?limit=1").await.with(200);
    let latest = &page["items"][0];
    assert_eq!(latest["asset"]["id"], library.planted[1].asset.to_string());
    assert_eq!(
        (&latest["path"], &latest["advice"], &latest["storage_name"]),
        (&json!("b.jpg"), &json!("put_back"), &json!("Photographs"))
    );
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = library
        .owner
        .get(&format!("/assets/missing?cursor={cursor}"))
        .await
        .with(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["path"], "a.jpg");

    let path = format!("/storages/{}", library.storage);
    let elsewhere = format!("/assets/missing?storage_id={}", world.new_id());
    let none = library.owner.get(&elsewhere).await.with(200);
    assert_eq!(none["items"], json!([]));
    library
        .owner
        .patch(&path, json!({ "on": false }))
        .await
        .with(200);
    let off = library.owner.get("/assets/missing").await.with(200);
    assert_eq!(off["items"][0]["advice"], "reconnect");
}

async fn p30_restoring_is_recorded_and_queues_a_scan(world: World) {
    let library = library(&world, &MANY).await;
    let path = format!("/storages/{}", library.storage);
    let hold = json!({ "on_return": "hold" });
    library.owner.patch(&path, hold).await.with(200);
    remove(&world, "a.jpg");
    library.post("/assets/check", 0).await;
    std::fs::write(world.photos().join("a.jpg"), b"a.jpg").unwrap();

    let held = library.post("/assets/check", 0).await;
    assert_eq!(held["items"][0]["result"], "held", "{held}");
    assert_eq!(library.availability(0).await, "missing");
    let listed = library.owner.get("/assets/missing").await.with(200);
    assert_eq!(listed["items"][0]["advice"], "restore");
    assert!(listed["items"][0]["back_since"].is_string());

    let restored = library.post("/assets/missing/restore", 0).await;
    assert_eq!(restored["restored"], 1);
    assert!(library.scans_queued().await >= 1);
    let audit = world.acts(&library.owner, "original.restored").await;
    assert_eq!(audit, 1);
    let listed = library.owner.get("/assets/missing").await.with(200);
    assert_eq!(listed["items"][0]["advice"], "wait");
    // A look takes the mark away as the scan would.
    let there = library.post("/assets/check", 0).await;
    assert_eq!(there["items"][0]["result"], "there", "{there}");
    assert_eq!(library.availability(0).await, "available");

    let not = library.post("/assets/missing/restore", 0).await;
    assert_eq!(not["problems"][0]["problem"], "not-missing");
}

async fn d6_forgetting_keeps_what_is_there(world: World) {
    let library = library(&world, &MANY).await;
    for (at, name) in [(0, "a.jpg"), (1, "b.jpg")] {
        remove(&world, name);
        library.post("/assets/check", at).await;
    }
    std::fs::write(world.photos().join("b.jpg"), b"b.jpg").unwrap();
    let ids: Vec<_> = library.planted.iter().map(|plant| plant.asset).collect();

    let body = json!({ "ids": ids });
    let answer = library
        .owner
        .post("/assets/missing/forget", body)
        .await
        .with(200);

    assert_eq!(answer["forgotten"], 1, "{answer}");
    let problems = answer["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 3, "{answer}");
    assert_eq!(world.acts(&library.owner, "asset.forgotten").await, 1);
    let path = format!("/assets/{}", library.planted[0].asset);
    assert_eq!(library.owner.get(&path).await.status, 404);
    for at in 1..4 {
        assert_eq!(library.availability(at).await, "available");
    }
}

async fn only_administrators_restore_and_forget(world: World) {
    let library = library(&world, &MANY).await;
    let ids = json!({ "ids": [library.planted[0].asset] });
    let editor = world.join(&library.owner.workspace, Role::Editor).await;
    for path in ["/assets/missing/restore", "/assets/missing/forget"] {
        let refused = editor.post(path, ids.clone()).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (403, "forbidden"),
            "{path}"
        );
    }
    editor.post("/assets/check", ids.clone()).await.with(200);
    let viewer = world.join(&library.owner.workspace, Role::Viewer).await;
    assert_eq!(viewer.post("/assets/check", ids).await.status, 403);
    viewer.get("/assets/missing").await.with(200);
    let none = json!({ "ids": [] });
    assert_eq!(editor.post("/assets/check", none).await.status, 400);
}

async fn d5_an_absence_that_asks_is_confirmed_once_and_recorded(world: World) {
    let library = library(&world, &MANY).await;
    let path = format!("/storages/{}", library.storage);
    let confirm = format!("{path}/confirm-absence");
    let workspace: WorkspaceId = library.owner.workspace.parse().unwrap();
    let mut absent = AbsentSet::default();
    absent.add(RemoteObjectId(world.new_id()));
    let held = |state| Hold {
        absent,
        objects: 4,
        since: Timestamp::from_seconds(1_700_000_000),
        state,
    };
    let refused = library.owner.post(&confirm, json!({ "absent": 1 })).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "no-such-absence")
    );
    world
        .hold(workspace, library.storage, &held(HoldState::Checking))
        .await;
    assert_eq!(
        library
            .owner
            .post(&confirm, json!({ "absent": 1 }))
            .await
            .status,
        409
    );
    world
        .hold(workspace, library.storage, &held(HoldState::Asking))
        .await;
    assert_eq!(
        library.owner.get(&path).await.with(200)["hold"]["state"],
        "asking"
    );
    assert_eq!(
        library
            .owner
            .post(&confirm, json!({ "absent": 2 }))
            .await
            .status,
        409
    );
    let editor = world.join(&library.owner.workspace, Role::Editor).await;
    assert_eq!(
        editor.post(&confirm, json!({ "absent": 1 })).await.status,
        403
    );

    let confirmed = library
        .owner
        .post(&confirm, json!({ "absent": 1 }))
        .await
        .with(200);

    assert_eq!(confirmed["hold"]["state"], "confirmed");
    assert_eq!(world.acts(&library.owner, "absence.confirmed").await, 1);
    assert!(library.scans_queued().await >= 1);
    assert_eq!(
        library
            .owner
            .post(&confirm, json!({ "absent": 1 }))
            .await
            .status,
        409
    );
}
