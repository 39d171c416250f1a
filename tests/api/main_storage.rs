//! Choosing where new originals go, the rules about it, the ledger of deliveries, names.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};
use stowage_domain::{Role, StorageId, WorkspaceId};

use crate::{
    on_both_databases,
    person::{Answer, Person},
    plans::Operated,
    uploads::announce,
    world::World,
};

on_both_databases!(
    d1_p19_central_storage_is_main_until_an_administrator_chooses_another,
    d1_p48_a_collector_and_what_is_only_read_are_never_main,
    d8_v33_a_main_that_is_off_is_chosen_and_passed_over,
    d8_d20_a_main_that_the_plan_excludes_is_passed_over_until_it_includes_it,
    d16_v28_names_are_settings_of_the_storage_and_are_checked,
    v29_v31_w30_a_preview_shows_names_and_collisions,
    d10_what_waits_is_listed_with_its_reason_and_can_be_tried_again,
    d9_p35_a_removed_main_storage_leaves_central_storage,
    d10_what_is_not_delivered_fills_the_spool,
    d12_a_migration_is_refused_where_nothing_can_be_taken_or_given,
);

fn made(world: &World, name: &str) -> PathBuf {
    let folder = world.photos().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn connect(world: &World, owner: &Person, name: &str, access: &str) -> String {
    let body = json!({
        "name": name, "kind": "fs", "access": access,
        "settings": { "folder": made(world, name) },
    });
    let storage = owner.post("/storages", body).await.with(201);
    storage["id"].as_str().unwrap().to_owned()
}

async fn choose(person: &Person, storage: Option<&str>) -> Answer {
    let body = json!({ "storage_id": storage });
    let path = person.path("/main-storage");
    person.call(Method::PUT, &path, Some(body)).await
}

async fn d1_p19_central_storage_is_main_until_an_administrator_chooses_another(world: World) {
    let owner = world.owner().await;
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(
        (&main["storage_id"], &main["goes_to"]),
        (&Value::Null, &Value::Null)
    );

    let storage = connect(&world, &owner, "main", "read_write").await;
    let editor = world.join(&owner.workspace, Role::Editor).await;
    assert_eq!(choose(&editor, Some(&storage)).await.status, 403);
    let main = choose(&owner, Some(&storage)).await.with(200);
    assert_eq!(main["storage_id"], storage.as_str());
    assert_eq!(main["goes_to"], storage.as_str());
    let view = owner.get(&format!("/storages/{storage}")).await.with(200);
    assert_eq!(view["roles"], json!(["source", "main"]));

    // Exactly one.
    let other = connect(&world, &owner, "other", "read_write").await;
    choose(&owner, Some(&other)).await.with(200);
    let view = owner.get(&format!("/storages/{storage}")).await.with(200);
    assert_eq!(view["roles"], json!(["source"]));
    let main = choose(&owner, None).await.with(200);
    assert_eq!(main["storage_id"], Value::Null);
    let unknown = world.new_id().to_string();
    assert_eq!(choose(&owner, Some(&unknown)).await.status, 404);
    let missing = owner
        .call(Method::PUT, &owner.path("/main-storage"), Some(json!({})))
        .await;
    assert_eq!(missing.status, 400, "nothing is chosen by leaving it out");
}

async fn d1_p48_a_collector_and_what_is_only_read_are_never_main(world: World) {
    let owner = world.owner().await;
    let reading = connect(&world, &owner, "reading", "read_only").await;
    assert_eq!(
        choose(&owner, Some(&reading)).await.problem(),
        "main-read-only"
    );
    let collect = json!({ "delivery": { "moves_to_main": true } });
    let refused = owner
        .patch(&format!("/storages/{reading}"), collect.clone())
        .await;
    assert_eq!(refused.status, 400);
    assert!(refused.with(400)["errors"]["delivery.moves_to_main"].is_string());

    let storage = connect(&world, &owner, "camera", "read_write").await;
    let path = format!("/storages/{storage}");
    let view = owner.patch(&path, collect.clone()).await.with(200);
    assert_eq!(view["roles"], json!(["source", "collector"]));
    assert_eq!(
        choose(&owner, Some(&storage)).await.problem(),
        "main-is-collector"
    );
    let keep = json!({ "delivery": { "moves_to_main": false } });
    owner.patch(&path, keep).await.with(200);
    choose(&owner, Some(&storage)).await.with(200);
    assert_eq!(
        owner.patch(&path, collect).await.problem(),
        "collector-is-main"
    );
}

async fn d8_v33_a_main_that_is_off_is_chosen_and_passed_over(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner, "main", "read_write").await;
    let path = format!("/storages/{storage}");
    owner.patch(&path, json!({ "on": false })).await.with(200);
    assert_eq!(choose(&owner, Some(&storage)).await.problem(), "main-off");
    owner.patch(&path, json!({ "on": true })).await.with(200);
    choose(&owner, Some(&storage)).await.with(200);
    owner.patch(&path, json!({ "on": false })).await.with(200);
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(main["storage_id"], storage.as_str());
    assert_eq!(
        (&main["goes_to"], &main["away"]),
        (&Value::Null, &json!("off"))
    );
}

async fn d8_d20_a_main_that_the_plan_excludes_is_passed_over_until_it_includes_it(world: World) {
    let operated = Operated::new(&world).await;
    let owner = &operated.owner;
    let storage = connect(&world, owner, "main", "read_write").await;
    let other = connect(&world, owner, "other", "read_write").await;
    choose(owner, Some(&storage)).await.with(200);
    operated.plan(json!({ "external_storages": false })).await;
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(main["storage_id"], storage.as_str());
    assert_eq!(
        (&main["goes_to"], &main["away"]),
        (&Value::Null, &json!("not_in_plan"))
    );
    let refused = choose(owner, Some(&other)).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (402, "plan-without-external-storages")
    );
    let there = json!({ "from_storage_id": null, "to_storage_id": other });
    let refused = owner.post("/migrations", there).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (402, "plan-without-external-storages")
    );
    // Originals come home whatever the plan says.
    let home = json!({ "from_storage_id": other, "to_storage_id": null });
    owner.post("/migrations", home).await.with(202);

    operated.plan(json!({})).await;
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(
        (&main["goes_to"], &main["away"]),
        (&json!(storage), &Value::Null)
    );
    operated.plan(json!({ "external_storages": false })).await;
    let main = choose(owner, None).await.with(200);
    assert_eq!(
        (&main["goes_to"], &main["away"]),
        (&Value::Null, &Value::Null)
    );
}

async fn d16_v28_names_are_settings_of_the_storage_and_are_checked(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner, "main", "read_write").await;
    let path = format!("/storages/{storage}");
    for (field, value) in [
        ("file_name_pattern", json!("{original}_{nobody}")),
        ("file_name_pattern", json!("a/b")),
        ("keep_local_days", json!(-1)),
        ("collector_hold_hours", json!(9_000)),
        ("keep_local_copy", json!("sometimes")),
    ] {
        let refused = owner
            .patch(&path, json!({ "delivery": { field: value } }))
            .await;
        let wrong = refused.with(400);
        assert!(
            wrong["errors"].to_string().contains(field),
            "{field}: {wrong}"
        );
    }
    let settings = json!({ "delivery": {
        "file_name_pattern": "{nome}_{seq}", "path_prefix": "/archive//../photos/",
        "keep_local_copy": "days", "keep_local_days": 7,
    }});
    let view = owner.patch(&path, settings).await.with(200);
    let delivery = &view["delivery"];
    assert_eq!(delivery["file_name_pattern"], "{nome}_{seq}");
    assert_eq!(delivery["path_prefix"], "archive/photos");
    assert_eq!(
        (&delivery["keep_local_copy"], &delivery["keep_local_days"]),
        (&json!("days"), &json!(7))
    );
    // What is left out stays.
    let view = owner
        .patch(&path, json!({ "name": "Renamed" }))
        .await
        .with(200);
    assert_eq!(view["delivery"]["path_prefix"], "archive/photos");
}

async fn v29_v31_w30_a_preview_shows_names_and_collisions(world: World) {
    let owner = world.owner().await;
    let short_id = owner.get("").await.with(200)["short_id"].clone();
    let short_id = short_id.as_str().unwrap();
    let body = json!({
        "pattern": "{nome}_{slot}_{seq}",
        "path_prefix": "archive",
        "files": [
            { "name": "a.jpg", "request_id": "pr_456", "request_name": "Vehicle photos",
              "slot": "Fronte documento", "seq": 1 },
            { "name": "b.jpg", "request_id": "pr_456", "request_name": "Vehicle photos",
              "slot": "Fronte documento", "seq": 1 },
            { "name": "c.jpg", "folder": "2024/Rome", "request_name": "x" },
        ],
    });
    let shown = owner.post("/file-names/preview", body).await.with(200);
    assert_eq!(
        shown["files"],
        json!([
            { "name": "vehicle-photos_fronte-documento_001.jpg", "collides": false,
              "path": format!("archive/{short_id}/pr_456/vehicle-photos_fronte-documento_001.jpg") },
            { "name": "vehicle-photos_fronte-documento_001-2.jpg", "collides": true,
              "path": format!("archive/{short_id}/pr_456/vehicle-photos_fronte-documento_001-2.jpg") },
            { "name": "x.jpg", "collides": false,
              "path": format!("archive/{short_id}/uploads/2024/Rome/x.jpg") },
        ])
    );
    let shown = owner.post("/file-names/preview", json!({})).await.with(200);
    assert_eq!(shown["pattern"], "{original}_{data}_{ora}");
    let name = shown["files"][0]["name"].as_str().unwrap();
    assert!(name.starts_with("photo_20"), "{name}");
    let refused = owner
        .post("/file-names/preview", json!({ "pattern": "{date}" }))
        .await;
    let said = refused.with(400)["errors"]["pattern"].clone();
    assert!(said.as_str().unwrap().contains("{unique_field}"), "{said}");
    let many = vec![json!({}); 101];
    let refused = owner
        .post("/file-names/preview", json!({ "files": many }))
        .await;
    assert_eq!(refused.status, 400);
}

async fn d10_what_waits_is_listed_with_its_reason_and_can_be_tried_again(world: World) {
    let owner = world.owner().await;
    let workspace: WorkspaceId = owner.workspace.parse().unwrap();
    let storage = connect(&world, &owner, "main", "read_write").await;
    let id: StorageId = storage.parse().unwrap();
    choose(&owner, Some(&storage)).await.with(200);
    let planted = world
        .plant(workspace, id, "main/a.jpg", b"bytes", "image/jpeg")
        .await;
    let transfer = world.plant_transfer(workspace, id, &planted, 5).await;

    let view = owner.get(&format!("/storages/{storage}")).await.with(200);
    assert_eq!(view["status"], "degraded", "{view}");
    assert_eq!(view["reason"], "the disk is full");
    let delivery = &view["delivery"];
    assert_eq!(
        (&delivery["waiting"], &delivery["parked"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(delivery["trouble"]["kind"], "full");
    assert_eq!(delivery["trouble"]["failures"], 1);
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(
        (&main["waiting"], &main["waiting_bytes"]),
        (&json!(1), &json!(5))
    );

    let listed = owner
        .get("/transfers?troubled=true&kind=deliver")
        .await
        .with(200);
    let row = &listed["items"][0];
    assert_eq!(row["id"], transfer.to_string());
    assert_eq!(
        (&row["trouble"], &row["failures"]),
        (&json!("full"), &json!(0))
    );
    assert!(row["next_try_at"].is_string(), "{row}");
    assert_eq!(row["to_storage_id"], storage.as_str());
    let other = format!("/transfers?storage_id={}", world.new_id());
    assert_eq!(owner.get(&other).await.with(200)["items"], json!([]));
    let asset = row["asset_id"].as_str().unwrap();
    let own = format!("/transfers?asset_id={asset}&open=true");
    assert_eq!(
        owner.get(&own).await.with(200)["items"][0]["id"],
        transfer.to_string()
    );
    for field in ["asset_id", "migration_id"] {
        let other = format!("/transfers?{field}={}", world.new_id());
        assert_eq!(owner.get(&other).await.with(200)["items"], json!([]));
    }

    let viewer = world.join(&owner.workspace, Role::Viewer).await;
    let one = format!("/transfers/{transfer}/retry");
    assert_eq!(viewer.post(&one, json!({})).await.status, 403);
    owner.post(&one, Value::Null).await.with(202);
    let retried = owner
        .post("/transfers/retry", json!({ "storage_id": storage }))
        .await;
    assert_eq!(retried.with(202)["retried"], 1);
    let queued = owner.get("/jobs?state=queued").await.with(200);
    assert!(queued.to_string().contains("transfer-original"), "{queued}");

    // Another main storage takes over what waits for one that is off.
    let second = connect(&world, &owner, "second", "read_write").await;
    let off = json!({ "on": false });
    owner
        .patch(&format!("/storages/{storage}"), off)
        .await
        .with(200);
    choose(&owner, Some(&second)).await.with(200);
    let listed = owner.get("/transfers?open=true").await.with(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["items"][0]["to_storage_id"], second.as_str());
    assert_eq!(
        owner.post(&one, Value::Null).await.problem(),
        "transfer-over"
    );
}

async fn d9_p35_a_removed_main_storage_leaves_central_storage(world: World) {
    let owner = world.owner().await;
    let kept = connect(&world, &owner, "kept", "read_write").await;
    choose(&owner, Some(&kept)).await.with(200);
    let path = format!("/storages/{kept}?entries=keep");
    assert_eq!(owner.delete(&path).await.status, 204);
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(
        (&main["storage_id"], &main["goes_to"], &main["away"]),
        (&json!(kept), &Value::Null, &json!("disconnected"))
    );
    let dropped = connect(&world, &owner, "dropped", "read_write").await;
    choose(&owner, Some(&dropped)).await.with(200);
    let path = format!("/storages/{dropped}?entries=drop");
    assert_eq!(owner.delete(&path).await.status, 204);
    let main = owner.get("/main-storage").await.with(200);
    assert_eq!(
        (&main["storage_id"], &main["away"]),
        (&Value::Null, &Value::Null)
    );
}

async fn d10_what_is_not_delivered_fills_the_spool(world: World) {
    let owner = world.owner().await;
    let workspace: WorkspaceId = owner.workspace.parse().unwrap();
    let storage = connect(&world, &owner, "main", "read_write").await;
    let id: StorageId = storage.parse().unwrap();
    let planted = world
        .plant(workspace, id, "main/a.jpg", b"bytes", "image/jpeg")
        .await;
    let url = world.another_gateway_with_spool(1_000).await;
    let owner = Person { url, ..owner };
    assert_eq!(announce(&owner, 1, &[]).await.status, 201);
    let transfer = world.plant_transfer(workspace, id, &planted, 950).await;
    let full = announce(&owner, 1, &[]).await;
    assert_eq!((full.status, full.problem().as_str()), (507, "spool-full"));
    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    let row = tx.transfers().lock(transfer).await.unwrap().unwrap();
    assert!(tx.transfers().cancel(&row).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(announce(&owner, 1, &[]).await.status, 201);
}

async fn d12_a_migration_is_refused_where_nothing_can_be_taken_or_given(world: World) {
    let owner = world.owner().await;
    let reading = connect(&world, &owner, "reading", "read_only").await;
    let storage = connect(&world, &owner, "storage", "read_write").await;
    let ask = |from: Value, to: Value, leave: bool| json!({ "from_storage_id": from, "to_storage_id": to, "leave_source": leave });
    for (body, problem) in [
        (
            ask(json!(reading), json!(storage), false),
            "migration-source",
        ),
        (
            ask(json!(storage), json!(reading), false),
            "migration-target",
        ),
        (ask(Value::Null, Value::Null, false), "invalid"),
        (
            ask(json!(storage), json!(world.new_id()), false),
            "not-found",
        ),
    ] {
        let refused = owner.post("/migrations", body.clone()).await;
        assert_eq!(refused.problem(), problem, "{body}");
    }
    let body = ask(json!(reading), json!(storage), true);
    let migration = owner.post("/migrations", body).await.with(202);
    assert_eq!(migration["status"], "planning");
    let path = format!("/migrations/{}", migration["id"].as_str().unwrap());
    let cancelled = owner.post(&format!("{path}/cancel"), Value::Null).await;
    assert_eq!(cancelled.with(200)["status"], "cancelled");
    let resumed = owner.post(&format!("{path}/resume"), Value::Null).await;
    assert_eq!(resumed.with(200)["status"], "planning");
    let listed = owner.get("/migrations").await.with(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let editor = world.join(&owner.workspace, Role::Editor).await;
    let body = ask(json!(storage), Value::Null, false);
    assert_eq!(editor.post("/migrations", body).await.status, 403);
}
