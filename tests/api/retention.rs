//! Retention rules as requests see them. What becomes of what they mean: `tests/pipeline`.

use reqwest::Method;
use serde_json::{Value, json};
use stowage_domain::Role;

use crate::{on_both_databases, person::Person, storages::connect, world::World};

on_both_databases!(
    d30_a_rule_is_previewed_made_changed_and_removed,
    d30_a_rule_that_makes_no_sense_is_refused,
    d30_a_preview_shows_what_is_meant_and_does_nothing,
    d30_a_held_photo_is_in_no_preview,
);

fn tagged(tag: &str) -> Value {
    json!({ "name": "Drafts", "terms": { "tag": tag } })
}

async fn d30_a_rule_is_previewed_made_changed_and_removed(world: World) {
    let owner = world.owner().await;
    let rule = owner
        .post("/retention/rules", tagged("draft"))
        .await
        .with(201);
    assert_eq!((&rule["tag"], &rule["on"]), (&json!("draft"), &json!(true)));
    assert_eq!(rule["last_run_at"], Value::Null);
    let path = format!("/retention/rules/{}", rule["id"].as_str().unwrap());
    let aged = json!({
        "name": "Old drafts",
        "terms": { "tag": "draft", "age": { "basis": "captured", "days": 30 } },
        "on": false,
    });
    let changed = owner
        .call(Method::PUT, &owner.path(&path), Some(aged))
        .await
        .with(200);
    assert_eq!(changed["name"], "Old drafts");
    assert_eq!(changed["age"], json!({ "basis": "captured", "days": 30 }));
    assert_eq!(changed["created_at"], rule["created_at"]);
    let listed = owner.get("/retention/rules").await.with(200);
    assert_eq!(listed["items"], json!([changed]));
    owner
        .post(&format!("{path}/run"), json!({}))
        .await
        .with(202);
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.delete(&path).await.status, 404);

    let acts = owner.get("/audit").await.with(200);
    let acts = acts["items"].as_array().unwrap().clone();
    assert_eq!(acts.len(), 3);
    assert!(
        acts.iter()
            .all(|act| act["action"] == "retention.rule_changed")
    );
    for role in [Role::Editor, Role::Viewer] {
        let member = world.join(&owner.workspace, role).await;
        let refused = member.post("/retention/rules", tagged("draft")).await;
        assert_eq!(refused.status, 403, "{role}");
        assert_eq!(member.get("/retention/batches").await.status, 403, "{role}");
    }
}

async fn d30_a_rule_that_makes_no_sense_is_refused(world: World) {
    let owner = world.owner().await;
    for (terms, field) in [
        (json!({}), "terms"),
        (json!({ "tag": " " }), "terms.tag"),
        (
            json!({ "age": { "basis": "captured", "days": 0 } }),
            "terms.age.days",
        ),
        (
            json!({ "age": { "basis": "imported", "days": 99_999 } }),
            "terms.age.days",
        ),
        (
            json!({ "age": { "basis": "developed", "days": 9 } }),
            "terms.age.basis",
        ),
        (json!({ "storage_id": world.new_id() }), "terms.storage_id"),
    ] {
        let body = json!({ "name": "A rule", "terms": terms });
        let refused = owner.post("/retention/rules", body).await;
        assert_eq!(refused.status, 400, "{terms}");
        assert!(
            refused.json()["errors"][field].is_string(),
            "{terms}: {}",
            refused.json()
        );
    }
    assert_eq!(
        owner.get("/retention/rules").await.with(200)["items"],
        json!([])
    );
}

async fn planted(world: &World, owner: &Person) -> (String, String) {
    let storage = connect(world, owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let first = world
        .plant(workspace, storage, "a.jpg", b"bytes", "image/jpeg")
        .await;
    let tags = json!({ "add_tags": ["draft"] });
    let path = format!("/assets/{}", first.asset);
    owner.patch(&path, tags).await.with(200);
    (storage.to_string(), first.asset.to_string())
}

async fn d30_a_preview_shows_what_is_meant_and_does_nothing(world: World) {
    let owner = world.owner().await;
    let (storage, asset) = planted(&world, &owner).await;
    for (terms, meant) in [
        (json!({ "tag": "draft" }), 1),
        (json!({ "tag": "Draft" }), 0),
        (json!({ "storage_id": storage }), 1),
        (json!({ "tag": "draft", "storage_id": storage }), 1),
        // It was taken in 2024, and imported just now.
        (json!({ "age": { "basis": "captured", "days": 30 } }), 1),
        (json!({ "age": { "basis": "imported", "days": 1 } }), 0),
        (
            json!({ "tag": "draft", "age": { "basis": "imported", "days": 1 } }),
            0,
        ),
    ] {
        let seen = owner
            .post("/retention/preview", terms.clone())
            .await
            .with(200);
        assert_eq!(seen["assets"], meant, "{terms}");
        assert_eq!(seen["bytes"], 5 * meant, "{terms}");
        assert_eq!(seen["live_assets"], 1);
        assert_eq!(seen["needs_approval"], false);
        let samples = seen["samples"].as_array().unwrap();
        assert_eq!(samples.len() as u64, meant, "{terms}");
        assert!(samples.iter().all(|card| card["id"] == asset.as_str()));
    }
    // A tag that somebody took off is none.
    let path = format!("/assets/{asset}");
    owner
        .patch(&path, json!({ "remove_tags": ["Rome"] }))
        .await
        .with(200);
    let seen = owner
        .post("/retention/preview", json!({ "tag": "Rome" }))
        .await
        .with(200);
    assert_eq!(seen["assets"], 0);
    assert_eq!(owner.get("/bin").await.with(200)["items"], json!([]));
}

async fn d30_a_held_photo_is_in_no_preview(world: World) {
    let owner = world.owner().await;
    let (_, asset) = planted(&world, &owner).await;
    for held in [Some(asset), None] {
        let hold = json!({ "asset_id": held, "reason": "a dispute" });
        let hold = owner.post("/holds", hold).await.with(201);
        let seen = owner
            .post("/retention/preview", json!({ "tag": "draft" }))
            .await;
        assert_eq!(seen.with(200)["assets"], 0);
        let id = hold["id"].as_str().unwrap();
        assert_eq!(owner.delete(&format!("/holds/{id}")).await.status, 204);
    }
    let seen = owner
        .post("/retention/preview", json!({ "tag": "draft" }))
        .await;
    assert_eq!(seen.with(200)["assets"], 1);
}
