//! Keys with which programs act for somebody.

use reqwest::Method;
use serde_json::{Value, json};
use stowage_domain::Role;

use crate::{
    on_both_databases,
    person::{Person, routes},
    world::World,
};

on_both_databases!(
    a_key_does_what_its_scopes_say_and_no_more,
    a_key_reaches_no_further_than_its_owner_does_now,
    a_key_is_shown_once_and_its_end_is_at_once,
);

async fn key_of(person: &Person, scopes: Value) -> (String, String) {
    let body = json!({ "name": "Frame", "scopes": scopes });
    let made = person.post("/api-keys", body).await.with(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["key"]), text(&made["api_key"]["id"]))
}

/// A program with this key, and nothing else.
fn with_key(person: &Person, key: &str) -> Person {
    Person {
        key: Some(key.to_owned()),
        cookie: None,
        ..person.clone()
    }
}

async fn a_key_does_what_its_scopes_say_and_no_more(world: World) {
    let owner = world.owner().await;
    let (key, id) = key_of(&owner, json!(["library:read"])).await;
    let program = with_key(&owner, &key);

    // No header of ours is needed: a key is nothing that another site's page could send.
    let path = owner.path("/assets");
    program.send(Method::GET, &path, &[], None).await.with(200);
    let named = world.nobody();
    let header = [("x-api-key", key.as_str())];
    let answer = named.send(Method::GET, &path, &header, None).await;
    answer.with(200);
    let body = json!({ "name": "Taken over" });
    let refused = program
        .send(Method::PATCH, &owner.path(""), &[], Some(body.to_string()))
        .await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "forbidden")
    );
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("storages:write"), "{detail}");

    // The cookie of an owner beside the key does not help it.
    let both = Person {
        cookie: owner.cookie.clone(),
        ..program.clone()
    };
    assert_eq!(both.patch("", body).await.status, 403);
    let wrong = with_key(&both, "stw_nothing");
    let wrong = Person {
        cookie: owner.cookie.clone(),
        ..wrong
    };
    assert_eq!(wrong.get("/assets").await.status, 401);

    let listed = owner.get("/api-keys").await.with(200);
    assert_eq!(listed["items"][0]["id"], id);
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed}");
}

#[tokio::test]
async fn a_key_with_every_scope_still_changes_nothing_about_who_may_do_what() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let every = json!(["library:read", "library:write", "storages:write"]);
    let (key, id) = key_of(&owner, every).await;
    let program = with_key(&owner, &key);
    let me = owner.call(Method::GET, "/api/v1/me", None).await.with(200);
    let mut tried = 0;
    for route in routes().iter().filter(|r| !r.takes_key && !r.is_public) {
        // The operator's door knows no keys at all: `plans.rs`.
        if route.path.contains("/v1/operator/") {
            continue;
        }
        let path = route
            .path
            .replace("{workspace_id}", &owner.workspace)
            .replace("{api_key_id}", &id)
            .replace("{batch_id}", &id)
            .replace("{user_id}", me["user"]["id"].as_str().unwrap())
            .replace("{session_id}", &id)
            .replace("{invitation_id}", &id);
        let body = match route.operation_id.as_str() {
            "create_api_key" => Some(json!({ "name": "a", "scopes": ["library:read"] })),
            "update_api_key" => Some(json!({ "is_active": true })),
            "update_member" | "create_invitation" => Some(json!({ "role": "viewer" })),
            "create_workspace" | "delete_workspace" => Some(json!({ "name": "a" })),
            "change_password" => {
                Some(json!({ "current_password": "a", "new_password": "a new password" }))
            }
            _ => None,
        };
        let method: Method = route.method.parse().unwrap();
        let answer = program.call(method, &path, body).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "api-key-not-allowed"),
            "{} {path}",
            route.method
        );
        tried += 1;
    }
    assert!(tried > 15, "{tried}");
    owner.get("/api-keys").await.with(200);
}

async fn a_key_reaches_no_further_than_its_owner_does_now(world: World) {
    let owner = world.owner().await;
    let admin = world.join(&owner.workspace, Role::Admin).await;
    let (key, _) = key_of(&admin, json!(["library:read", "storages:write"])).await;
    let program = with_key(&admin, &key);
    let rename = || json!({ "name": "Attic" });
    program.patch("", rename()).await.with(200);

    let me = admin.call(Method::GET, "/api/v1/me", None).await.with(200);
    let path = format!("/members/{}", me["user"]["id"].as_str().unwrap());
    owner
        .patch(&path, json!({ "role": "viewer" }))
        .await
        .with(200);
    assert_eq!(program.patch("", rename()).await.status, 403);
    program.get("/assets").await.with(200);
    let beyond = json!({ "name": "a", "scopes": ["storages:write"] });
    assert_eq!(admin.post("/api-keys", beyond).await.status, 400);

    // Another workspace is none of its business, even one that its owner belongs to.
    let stranger = world.stranger().await;
    let foreign = Person {
        workspace: stranger.workspace.clone(),
        ..program.clone()
    };
    assert_eq!(foreign.get("/assets").await.status, 404);

    owner.delete(&path).await.with(204);
    assert_eq!(program.get("/assets").await.status, 401);
}

async fn a_key_is_shown_once_and_its_end_is_at_once(world: World) {
    let owner = world.owner().await;
    let (key, id) = key_of(&owner, json!(["library:read"])).await;
    assert!(key.starts_with("stw_") && key.len() == 47, "{}", key.len());
    let status = async |key: &str| with_key(&owner, key).get("/assets").await.status;
    let path = format!("/api-keys/{id}");
    let listed = owner.get("/api-keys").await;
    assert!(!String::from_utf8_lossy(&listed.body).contains(&key));

    owner
        .patch(&path, json!({ "is_active": false }))
        .await
        .with(200);
    assert_eq!(status(&key).await, 401);
    owner
        .patch(&path, json!({ "is_active": true }))
        .await
        .with(200);
    assert_eq!(status(&key).await, 200);

    let next = owner.post(&format!("{path}/regenerate"), Value::Null).await;
    let next = next.with(200)["key"].as_str().unwrap().to_owned();
    assert_eq!((status(&key).await, status(&next).await), (401, 200));

    owner.delete(&path).await.with(204);
    assert_eq!(status(&next).await, 401);
    // Others' keys are nobody else's, in the same workspace either.
    let (_, id) = key_of(&owner, json!(["library:read"])).await;
    let admin = world.join(&owner.workspace, Role::Admin).await;
    let path = format!("/api-keys/{id}");
    assert_eq!(admin.delete(&path).await.status, 404);
    assert_eq!(admin.get("/api-keys").await.with(200)["items"], json!([]));
}
