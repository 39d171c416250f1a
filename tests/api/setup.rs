//! The first start.

use reqwest::Method;
use serde_json::json;

use crate::{on_both_databases, person::setup_body, world::World};

on_both_databases!(
    the_link_makes_the_owner_once,
    a_link_that_is_not_ours_makes_nobody
);

async fn the_link_makes_the_owner_once(world: World) {
    let nobody = world.nobody();
    let needed = nobody
        .call(Method::GET, "/api/v1/setup", None)
        .await
        .with(200);
    assert_eq!(needed, json!({ "needed": true }));

    let owner = world.owner().await;

    let me = owner.call(Method::GET, "/api/v1/me", None).await.with(200);
    assert_eq!(me["user"]["email"], "owner@example.org");
    assert_eq!(me["workspaces"][0]["role"], "owner");
    assert_eq!(me["workspaces"][0]["name"], "Home");
    let needed = nobody
        .call(Method::GET, "/api/v1/setup", None)
        .await
        .with(200);
    assert_eq!(needed, json!({ "needed": false }));
    let again = nobody
        .call(Method::POST, "/api/v1/setup", Some(setup_body("any")))
        .await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (409, "already-set-up")
    );
    let db = &world.deps.db;
    let link = stowage_gateway::owner_link(db, &*world.deps.clock, &world.url)
        .await
        .unwrap();
    assert_eq!(link, None);
}

async fn a_link_that_is_not_ours_makes_nobody(world: World) {
    let nobody = world.nobody();
    let refused = nobody
        .call(Method::POST, "/api/v1/setup", Some(setup_body("guess")))
        .await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "invalid-setup-token")
    );

    let mut weak = setup_body("guess");
    weak["password"] = json!("short");
    let weak = nobody
        .call(Method::POST, "/api/v1/setup", Some(weak))
        .await
        .with(400);
    assert!(weak["errors"]["password"].as_str().unwrap().contains("12"));

    world.owner().await;
}

#[tokio::test]
async fn the_owner_takes_over_a_workspace_that_is_waiting() {
    use stowage_db::{Scope, repo::WorkspaceRow};
    use stowage_domain::WorkspaceId;

    let world = World::on_sqlite().await;
    let id = WorkspaceId(world.new_id());
    let tx = world.deps.db.begin(Scope::System).await.unwrap();
    let row = WorkspaceRow::new(id, "My library", world.deps.clock.now());
    tx.workspaces().create(&row).await.unwrap();
    tx.commit().await.unwrap();

    let owner = world.owner().await;

    assert_eq!(owner.workspace, id.to_string());
    assert_eq!(owner.get("").await.with(200)["name"], "Home");
    let usage = owner.get("/usage").await.with(200);
    let storages = usage["storages"].as_array().unwrap();
    assert_eq!(storages.len(), 1, "one central storage: {usage}");
    assert_eq!(storages[0]["storage_id"], id.to_string());
}
