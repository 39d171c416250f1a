//! The recycle bin, what becomes of originals, legal holds, lingering copies and the record.

use serde_json::{Value, json};
use stowage_domain::{Role, StorageId};

use crate::{
    on_both_databases,
    person::Person,
    storages::{connect, folder},
    world::World,
};

on_both_databases!(
    p33_a_deleted_asset_is_in_the_bin_for_thirty_days,
    d4_days_are_the_workspaces_and_restoring_resets_them,
    v56_an_original_is_kept_unless_its_storage_says_otherwise,
    v58_the_less_destructive_of_then_and_now_is_shown,
    the_bin_is_listed_page_by_page,
    many_are_moved_at_once_and_each_problem_is_told,
    deleting_now_takes_an_administrator,
    what_is_deleted_now_is_planned_and_recorded,
    emptying_the_bin_says_what_it_will_do_first,
    a_hold_is_placed_shown_and_lifted,
    a_held_asset_is_not_dropped_with_its_storage,
    d22_a_lingering_copy_is_tried_again_or_let_be,
    d9_removing_a_storage_gives_up_what_waits_for_it,
    the_record_is_for_administrators,
);

async fn writable(world: &World, owner: &Person, on_purge: &str) -> StorageId {
    let mut body = folder(world);
    body["access"] = "read_write".into();
    body["on_purge"] = on_purge.into();
    let storage = owner.post("/storages", body).await.with(201);
    storage["id"].as_str().unwrap().parse().unwrap()
}

async fn planted(world: &World, owner: &Person, storage: StorageId, names: &[&str]) -> Vec<Value> {
    let workspace = owner.workspace.parse().unwrap();
    let mut ids = Vec::new();
    for name in names {
        let plant = world.plant(workspace, storage, name, name.as_bytes(), "image/jpeg");
        ids.push(json!(plant.await.asset));
    }
    ids
}

async fn trash(person: &Person, ids: &[Value]) -> Value {
    let body = json!({ "ids": ids });
    person.post("/assets/trash", body).await.with(200)
}

async fn bin(person: &Person) -> Vec<Value> {
    let listed = person.get("/bin").await.with(200);
    listed["items"].as_array().unwrap().clone()
}

async fn in_library(person: &Person) -> usize {
    let listed = person.get("/assets").await.with(200);
    listed["items"].as_array().unwrap().len()
}

fn instant(value: &Value) -> chrono::DateTime<chrono::Utc> {
    value.as_str().unwrap().parse().unwrap()
}

async fn p33_a_deleted_asset_is_in_the_bin_for_thirty_days(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg", "b.jpg"]).await;

    let answer = trash(&owner, &ids[..1]).await;
    assert_eq!(answer, json!({ "trashed": 1, "days": 30, "problems": [] }));
    assert_eq!(trash(&owner, &ids[..1]).await, answer, "twice is once");

    assert_eq!(in_library(&owner).await, 1);
    let months = owner.get("/assets/timeline").await.with(200);
    assert_eq!(months["months"][0]["count"], 1);
    let tags = owner.get("/tags?q=Rome").await.with(200);
    assert_eq!(tags["items"][0]["count"], 1);
    let facets = owner.get("/assets/facets").await.with(200);
    assert_eq!(facets["storages"][0]["count"], 1, "{facets}");
    let entries = bin(&owner).await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(entry["asset"]["id"], ids[0]);
    assert_eq!(
        (&entry["days_left"], &entry["held"]),
        (&30.into(), &false.into())
    );
    assert_eq!(entry["trashed_by"], "Ada");
    let stays = instant(&entry["purge_after"]) - instant(&entry["trashed_at"]);
    assert_eq!(stays, chrono::TimeDelta::hours(30 * 24));
    // Its pictures stay visible, and it can be looked at.
    let url = entry["asset"]["thumbnail_url"].as_str().unwrap().to_owned();
    let picture = owner.call(reqwest::Method::GET, &url, None).await;
    assert_eq!(picture.status, 200);
    let shown = owner
        .get(&format!("/assets/{}", ids[0].as_str().unwrap()))
        .await
        .with(200);
    assert_eq!(shown["bin"]["purge_after"], entry["purge_after"]);
    assert!(world.photos().join("a.jpg").exists(), "no file is touched");
}

async fn d4_days_are_the_workspaces_and_restoring_resets_them(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    for days in [-1, 3651] {
        let refused = owner.patch("", json!({ "bin_days": days })).await.with(400);
        assert!(refused["errors"]["bin_days"].is_string());
    }
    let changed = owner.patch("", json!({ "bin_days": 3650 })).await.with(200);
    assert_eq!(changed["bin_days"], 3650);
    trash(&owner, &ids).await;
    assert_eq!(bin(&owner).await[0]["days_left"], 3650);

    let body = json!({ "ids": ids });
    let restored = owner.post("/assets/restore", body.clone()).await.with(200);
    assert_eq!(restored, json!({ "restored": 1, "problems": [] }));
    let again = owner.post("/assets/restore", body).await.with(200);
    assert_eq!(again, restored, "twice is once");
    assert!(bin(&owner).await.is_empty());
    assert_eq!(in_library(&owner).await, 1);

    owner.patch("", json!({ "bin_days": 0 })).await.with(200);
    trash(&owner, &ids).await;
    assert_eq!(bin(&owner).await[0]["days_left"], 0);
}

async fn v56_an_original_is_kept_unless_its_storage_says_otherwise(world: World) {
    let owner = world.owner().await;
    let mut body = folder(&world);
    body["access"] = "read_write".into();
    let storage = owner.post("/storages", body).await.with(201);
    assert_eq!(storage["on_purge"], "keep", "the default");
    let storage = storage["id"].as_str().unwrap().parse().unwrap();
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    trash(&owner, &ids).await;
    let original = &bin(&owner).await[0]["originals"][0];
    assert_eq!(
        (&original["deleted"], &original["reason"], &original["path"]),
        (&json!(false), &json!("policy"), &json!("a.jpg"))
    );
}

async fn v58_the_less_destructive_of_then_and_now_is_shown(world: World) {
    let owner = world.owner().await;
    let storage = writable(&world, &owner, "delete").await;
    let path = format!("/storages/{storage}");
    let ids = planted(&world, &owner, storage, &["a.jpg", "b.jpg"]).await;
    let deleted = async |which: &Value| {
        let entries = bin(&owner).await;
        let entry = entries.iter().find(|entry| entry["asset"]["id"] == *which);
        entry.unwrap()["originals"][0]["deleted"].clone()
    };
    trash(&owner, &ids[..1]).await;
    assert_eq!(deleted(&ids[0]).await, true);
    owner
        .patch(&path, json!({ "on_purge": "keep" }))
        .await
        .with(200);
    assert_eq!(deleted(&ids[0]).await, false, "now counts");
    trash(&owner, &ids[1..]).await;
    owner
        .patch(&path, json!({ "on_purge": "delete" }))
        .await
        .with(200);
    assert_eq!(deleted(&ids[0]).await, true);
    assert_eq!(deleted(&ids[1]).await, false, "then counts");

    let plan = owner.get("/bin/plan").await.with(200);
    assert_eq!((&plan["assets"], &plan["bytes"]), (&2.into(), &5.into()));
    let lines = plan["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{plan}");
    let gone = lines.iter().find(|line| line["deleted"] == true).unwrap();
    assert_eq!(
        (&gone["how"], &gone["originals"], &gone["storage_name"]),
        (&json!("permanent"), &json!(1), &json!("Photographs"))
    );
}

async fn the_bin_is_listed_page_by_page(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"];
    let ids = planted(&world, &owner, storage, &names).await;
    trash(&owner, &ids[..3]).await;
    trash(&owner, &ids[3..]).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner.get(&format!("/bin?limit=2{cursor}")).await.with(200);
        for entry in page["items"].as_array().unwrap() {
            seen.push(entry["asset"]["id"].clone());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(
        seen[..2].iter().all(|id| ids[3..].contains(id)),
        "latest first"
    );
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

async fn many_are_moved_at_once_and_each_problem_is_told(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg", "b.jpg"]).await;
    let stranger = world.stranger().await;
    let other = connect(&world, &stranger).await;
    let theirs = planted(&world, &stranger, other, &["theirs.jpg"]).await;
    let all = [ids[0].clone(), ids[1].clone(), theirs[0].clone()];
    for action in ["/assets/trash", "/assets/restore"] {
        let answer = owner.post(action, json!({ "ids": all })).await.with(200);
        assert_eq!(answer["problems"][0]["asset_id"], theirs[0], "{answer}");
        assert_eq!(answer["problems"][0]["problem"], "not-found");
    }
    assert_eq!(in_library(&stranger).await, 1);
    owner
        .post("/assets/trash", json!({ "ids": [] }))
        .await
        .with(400);
    for (role, status) in [
        (Role::Viewer, 403),
        (Role::Contributor, 403),
        (Role::Editor, 200),
    ] {
        let person = world.join(&owner.workspace, role).await;
        let answer = person.post("/assets/trash", json!({ "ids": ids })).await;
        assert_eq!(answer.status, status, "{role}");
    }
}

async fn deleting_now_takes_an_administrator(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    trash(&owner, &ids).await;
    for (role, status) in [(Role::Editor, 403), (Role::Admin, 202)] {
        let person = world.join(&owner.workspace, role).await;
        for path in ["/bin/purge", "/bin/empty"] {
            let answer = person.post(path, json!({ "ids": ids })).await;
            assert_eq!(answer.status, status, "{role} {path}");
        }
    }
    let key = json!({ "name": "A program", "scopes": ["library:write", "storages:write"] });
    let key = owner.post("/api-keys", key).await.with(201);
    let mut program = owner.clone();
    program.key = key["key"].as_str().map(str::to_owned);
    let refused = program.post("/bin/purge", json!({ "ids": ids })).await;
    assert_eq!(refused.status, 403, "it takes the scope bin:purge");
}

async fn what_is_deleted_now_is_planned_and_recorded(world: World) {
    let owner = world.owner().await;
    let storage = writable(&world, &owner, "delete").await;
    let ids = planted(&world, &owner, storage, &["a.jpg", "b.jpg", "c.jpg"]).await;
    trash(&owner, &ids[..2]).await;
    let hold = json!({ "asset_id": ids[1], "reason": "a dispute" });
    owner.post("/holds", hold).await.with(201);

    let answer = owner
        .post("/bin/purge", json!({ "ids": ids }))
        .await
        .with(202);

    assert_eq!(answer["purging"], 1, "{answer}");
    let problems = answer["problems"].as_array().unwrap();
    let told = |id: &Value| {
        let found = problems.iter().find(|problem| problem["asset_id"] == *id);
        found.unwrap()["problem"].clone()
    };
    assert_eq!(
        (told(&ids[1]), told(&ids[2])),
        (json!("held"), json!("not-in-bin"))
    );
    let queued = owner.get("/jobs?state=queued").await.with(200);
    let kinds: Vec<&str> = queued["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|job| job["kind"].as_str())
        .collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "purge-asset").count(),
        1
    );
    let acts = owner.get("/audit").await.with(200);
    let asked = &acts["items"][0];
    assert_eq!(
        (&asked["action"], &asked["user_name"]),
        (&json!("purge.requested"), &json!("Ada"))
    );
    assert_eq!(asked["detail"]["assets"], json!([ids[0]]));
}

async fn emptying_the_bin_says_what_it_will_do_first(world: World) {
    let owner = world.owner().await;
    let nothing = owner.post("/bin/empty", json!({})).await.with(202);
    assert_eq!(
        (&nothing["assets"], &nothing["lines"]),
        (&json!(0), &json!([]))
    );
    let storage = writable(&world, &owner, "delete").await;
    let ids = planted(&world, &owner, storage, &["a.jpg", "b.jpg"]).await;
    trash(&owner, &ids).await;
    let hold = json!({ "asset_id": ids[1], "reason": "a dispute" });
    owner.post("/holds", hold).await.with(201);
    let plan = owner.get("/bin/plan").await.with(200);
    assert_eq!(
        (&plan["assets"], &plan["held"]),
        (&json!(1), &json!(1)),
        "{plan}"
    );
    let emptied = owner.post("/bin/empty", json!({})).await.with(202);
    assert_eq!(emptied, plan);
    let queued = owner.get("/jobs?state=queued").await.with(200);
    assert!(queued.to_string().contains("plan-purge"));
}

async fn a_hold_is_placed_shown_and_lifted(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    let asset = format!("/assets/{}", ids[0].as_str().unwrap());
    for (body, status) in [
        (json!({ "asset_id": ids[0], "reason": " " }), 400),
        (json!({ "asset_id": world.new_id(), "reason": "x" }), 404),
    ] {
        assert_eq!(owner.post("/holds", body).await.status, status);
    }
    let editor = world.join(&owner.workspace, Role::Editor).await;
    editor.get("/holds").await.with(403);

    let body = json!({ "asset_id": ids[0], "reason": " a dispute " });
    let hold = owner.post("/holds", body).await.with(201);
    let whole = owner
        .post("/holds", json!({ "reason": "an audit" }))
        .await
        .with(201);

    assert_eq!(
        (&hold["reason"], &hold["placed_by"], &hold["asset_name"]),
        (&json!("a dispute"), &json!("Ada"), &json!("a.jpg"))
    );
    let query = format!("/holds?asset_id={}", ids[0].as_str().unwrap());
    let of_asset = owner.get(&query).await.with(200);
    assert_eq!(of_asset["items"], json!([whole, hold]));
    assert_eq!(owner.get(&asset).await.with(200)["held"], true);
    trash(&owner, &ids).await;
    assert_eq!(bin(&owner).await[0]["held"], true, "it may lie in the bin");

    for placed in [&hold, &whole] {
        let path = format!("/holds/{}", placed["id"].as_str().unwrap());
        owner.delete(&path).await.with(204);
        owner.delete(&path).await.with(404);
    }
    assert_eq!(owner.get(&asset).await.with(200)["held"], false);
    let acts = owner.get("/audit").await.with(200);
    let done: Vec<&str> = acts["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|act| act["action"].as_str())
        .collect();
    assert_eq!(
        done[..5],
        [
            "hold.lifted",
            "hold.lifted",
            "asset.trashed",
            "hold.placed",
            "hold.placed"
        ]
    );
}

async fn a_held_asset_is_not_dropped_with_its_storage(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    let hold = json!({ "asset_id": ids[0], "reason": "a dispute" });
    let hold = owner.post("/holds", hold).await.with(201);
    let drop = format!("/storages/{storage}?entries=drop");
    let refused = owner.delete(&drop).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "held"));
    assert_eq!(in_library(&owner).await, 1);
    let lift = format!("/holds/{}", hold["id"].as_str().unwrap());
    owner.delete(&lift).await.with(204);
    owner.delete(&drop).await.with(204);
}

async fn d22_a_lingering_copy_is_tried_again_or_let_be(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    let asset = ids[0].as_str().unwrap().parse().unwrap();
    let copy = world.plant_lingering(workspace, storage, asset).await;

    let listed = owner.get("/lingering").await.with(200);
    let shown = &listed["items"][0];
    assert_eq!(
        (
            &shown["id"],
            &shown["path"],
            &shown["state"],
            &shown["reason"]
        ),
        (
            &json!(copy),
            &json!("left/behind.jpg"),
            &json!("intent"),
            &json!("the storage cannot be reached")
        )
    );
    let retry = format!("/lingering/{copy}/retry");
    let acknowledge = format!("/lingering/{copy}/acknowledge");
    let editor = world.join(&owner.workspace, Role::Editor).await;
    editor.get("/lingering").await.with(200);
    editor.post(&retry, json!({})).await.with(403);
    let job = owner.post(&retry, json!({})).await.with(202);
    let again = owner.post(&retry, json!({})).await.with(202);
    assert_eq!(job, again, "one try serves for both");

    owner.post(&acknowledge, json!({})).await.with(204);

    assert_eq!(owner.get("/lingering").await.with(200)["items"], json!([]));
    for path in [&retry, &acknowledge] {
        let late = owner.post(path, json!({})).await;
        assert_eq!(
            (late.status, late.problem().as_str()),
            (409, "copy-settled")
        );
    }
    let acts = owner.get("/audit").await.with(200);
    assert_eq!(acts["items"][0]["action"], "copy.acknowledged");
}

async fn d9_removing_a_storage_gives_up_what_waits_for_it(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let ids = planted(&world, &owner, storage, &["a.jpg"]).await;
    let asset = ids[0].as_str().unwrap().parse().unwrap();
    let copy = world.plant_lingering(workspace, storage, asset).await;
    let keep = format!("/storages/{storage}?entries=keep");
    owner.delete(&keep).await.with(204);
    assert_eq!(owner.get("/lingering").await.with(200)["items"], json!([]));
    let retry = owner
        .post(&format!("/lingering/{copy}/retry"), json!({}))
        .await;
    assert_eq!(retry.problem(), "copy-settled");
}

async fn the_record_is_for_administrators(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let ids = planted(&world, &owner, storage, &["a.jpg", "b.jpg"]).await;
    trash(&owner, &ids).await;
    let id = ids[0].as_str().unwrap();
    let of_one = owner
        .get(&format!("/audit?subject_id={id}"))
        .await
        .with(200);
    assert_eq!(of_one["items"].as_array().unwrap().len(), 1);
    assert_eq!(of_one["items"][0]["detail"]["days"], 30);
    assert_eq!(of_one["items"][0]["subject_name"], "a.jpg");
    let first = owner.get("/audit?limit=1").await.with(200);
    let next = first["next_cursor"].as_str().unwrap();
    let second = owner
        .get(&format!("/audit?limit=1&cursor={next}"))
        .await
        .with(200);
    let next = second["next_cursor"].as_str().unwrap();
    let third = owner
        .get(&format!("/audit?limit=1&cursor={next}"))
        .await
        .with(200);
    assert_eq!(third["items"][0]["action"], "storage.connected");
    assert_eq!(third["next_cursor"], Value::Null);
    let editor = world.join(&owner.workspace, Role::Editor).await;
    editor.get("/audit").await.with(403);
}
