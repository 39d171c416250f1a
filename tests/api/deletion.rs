//! Deleting a workspace, as far as requests see it. What becomes of its bytes: `tests/pipeline`.

use reqwest::Method;
use serde_json::json;
use stowage_db::Scope;
use stowage_domain::Role;

use crate::{
    on_both_databases, person::Person, plans::Operated, storages::connect, uploads::begin,
    world::World,
};

on_both_databases!(
    d21_only_its_owner_deletes_a_workspace_and_by_its_name,
    d21_a_legal_hold_keeps_a_workspace,
    d21_nobody_gets_in_once_it_is_being_deleted,
    v59_d21_deletions_outside_that_wait_are_given_up_first,
    d21_the_operators_log_remembers_who_wanted_it,
);

/// What the library is called that `World::owner` makes.
async fn name_of(owner: &Person) -> String {
    let workspace = owner.get("").await.with(200);
    workspace["name"].as_str().unwrap().to_owned()
}

async fn delete(person: &Person, name: &str) -> u16 {
    person.post("/delete", json!({ "name": name })).await.status
}

async fn d21_only_its_owner_deletes_a_workspace_and_by_its_name(world: World) {
    let owner = world.owner().await;
    let name = name_of(&owner).await;
    for role in [Role::Admin, Role::Editor, Role::Contributor, Role::Viewer] {
        let member = world.join(&owner.workspace, role).await;
        assert_eq!(delete(&member, &name).await, 403, "{role}");
    }
    let scopes = json!({ "name": "A program", "scopes": ["storages:write", "bin:purge"] });
    let key = owner.post("/api-keys", scopes).await.with(201);
    let program = Person {
        cookie: None,
        key: Some(key["key"].as_str().unwrap().to_owned()),
        ..owner.clone()
    };
    assert_eq!(delete(&program, &name).await, 403, "a key");
    for typed in ["", "delete", &name[1..]] {
        let refused = owner.post("/delete", json!({ "name": typed })).await;
        assert_eq!(refused.status, 400);
        assert!(refused.json()["errors"]["name"].is_string());
    }
    owner.get("").await.with(200);
    assert_eq!(delete(&owner, &name).await, 202);
}

async fn d21_a_legal_hold_keeps_a_workspace(world: World) {
    let owner = world.owner().await;
    let name = name_of(&owner).await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "a.jpg", b"bytes", "image/jpeg")
        .await;
    for asset in [None, Some(planted.asset)] {
        let body = json!({ "asset_id": asset, "reason": "a dispute" });
        let hold = owner.post("/holds", body).await.with(201);
        let refused = owner.post("/delete", json!({ "name": name })).await;
        assert_eq!((refused.status, refused.problem().as_str()), (409, "held"));
        owner.get("").await.with(200);
        let id = hold["id"].as_str().unwrap();
        assert_eq!(owner.delete(&format!("/holds/{id}")).await.status, 204);
    }
    assert_eq!(delete(&owner, &name).await, 202);
}

async fn d21_nobody_gets_in_once_it_is_being_deleted(world: World) {
    let owner = world.owner().await;
    let name = name_of(&owner).await;
    let viewer = world.join(&owner.workspace, Role::Viewer).await;
    let upload = begin(&owner, 10).await;
    let other = owner
        .call(
            Method::POST,
            "/api/v1/workspaces",
            Some(json!({ "name": "Other" })),
        )
        .await
        .with(201);
    assert_eq!(delete(&owner, &name).await, 202);

    for person in [&owner, &viewer] {
        assert_eq!(person.get("").await.status, 404);
        assert_eq!(person.get("/assets").await.status, 404);
    }
    assert_eq!(owner.get(&format!("/uploads/{upload}")).await.status, 404);
    assert_eq!(delete(&owner, &name).await, 404, "twice");
    // Its people are still people, with their sessions and their other libraries.
    let me = owner.call(Method::GET, "/api/v1/me", None).await.with(200);
    let mine = me["workspaces"].as_array().unwrap();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["id"], other["id"]);
    let nobodys = viewer.call(Method::GET, "/api/v1/me", None).await.with(200);
    assert_eq!(nobodys["workspaces"], json!([]));

    // As long as there is a library, who owns none makes none; after the last one, anybody may.
    let new = || Some(json!({ "name": "Anew" }));
    let refused = viewer.call(Method::POST, "/api/v1/workspaces", new()).await;
    assert_eq!(refused.status, 403);
    let there = Person {
        workspace: other["id"].as_str().unwrap().to_owned(),
        ..owner.clone()
    };
    assert_eq!(delete(&there, "Other").await, 202);
    viewer
        .call(Method::POST, "/api/v1/workspaces", new())
        .await
        .with(201);
}

async fn v59_d21_deletions_outside_that_wait_are_given_up_first(world: World) {
    let owner = world.owner().await;
    let name = name_of(&owner).await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "a.jpg", b"bytes", "image/jpeg")
        .await;
    let op = world
        .plant_lingering(workspace, storage, planted.asset)
        .await;
    assert_eq!(delete(&owner, &name).await, 202);

    let tx = world.deps.db.read_in(workspace).await.unwrap();
    let row = tx.external_ops().find(op).await.unwrap().unwrap();
    assert_eq!(row.state.as_str(), "kept");
    assert!(!tx.storages().get(storage).await.unwrap().is_on);
    drop(tx);
    // Nothing of it is due any more, whatever its dates say.
    let tx = world.deps.db.read(Scope::System).await.unwrap();
    let due = tx.scans().due(100).await.unwrap();
    assert!(due.iter().all(|(of, _)| *of != workspace));
}

async fn d21_the_operators_log_remembers_who_wanted_it(world: World) {
    let operated = Operated::new(&world).await;
    let owner = &operated.owner;
    let name = name_of(owner).await;
    assert_eq!(delete(owner, &name).await, 202);
    let log = operated.ask(Method::GET, "/log", None).await.with(200);
    let act = &log["items"][0];
    assert_eq!(act["action"], "workspace.deletion_requested");
    assert_eq!(act["workspace_name"], name);
    assert!(act["user_email"].is_string());
    let workspaces = operated
        .ask(Method::GET, "/workspaces", None)
        .await
        .with(200);
    assert!(workspaces["items"][0]["deleting_at"].is_string());
    let path = format!("/workspaces/{}/plan", owner.workspace);
    assert_eq!(operated.ask(Method::GET, &path, None).await.status, 404);
}
