//! Workspaces.

use reqwest::Method;
use serde_json::json;

use crate::{on_both_databases, world::World};

on_both_databases!(an_owner_makes_and_changes_workspaces);

async fn an_owner_makes_and_changes_workspaces(world: World) {
    let mut owner = world.owner().await;
    let new = json!({ "name": " Archive ", "time_zone": "Europe/Rome" });
    let made = owner
        .call(Method::POST, "/api/v1/workspaces", Some(new))
        .await
        .with(201);
    assert_eq!(made["name"], "Archive");
    assert_eq!(made["short_id"].as_str().unwrap().len(), 8);

    owner.workspace = made["id"].as_str().unwrap().to_owned();
    let changed = owner.patch("", json!({ "name": "Attic" })).await.with(200);
    assert_eq!(changed["name"], "Attic");
    assert_eq!(owner.get("").await.with(200), changed);
    assert_eq!(changed["time_zone"], "Europe/Rome");
    let stats = owner.get("/stats").await.with(200);
    assert_eq!(stats["assets"], 0);
    assert_eq!(stats["by_status"]["ready"], 0);

    let wrong = owner
        .patch("", json!({ "time_zone": "Rome!" }))
        .await
        .with(400);
    assert!(wrong["errors"]["time_zone"].is_string());
    let me = owner.call(Method::GET, "/api/v1/me", None).await.with(200);
    assert_eq!(me["workspaces"].as_array().unwrap().len(), 2);
}
