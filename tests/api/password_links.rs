//! A link to a new password opens what somebody was when it was made, and nothing more.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    person::{PASSWORD, Person},
    world::World,
};

on_both_databases!(who_comes_to_more_leaves_the_links_to_a_new_password_behind);

const NEW: &str = "another horse battery";

/// Makes somebody with an invitation to the workspace, and returns their id.
async fn join(world: &World, host: &Person, role: &str, email: &str) -> Value {
    let token = invite(host, role).await;
    let account = json!({ "email": email, "name": "Bob", "password": PASSWORD });
    let body = json!({ "token": token, "account": account });
    let answer = world
        .nobody()
        .call(Method::POST, "/api/v1/invitations/accept", Some(body))
        .await;
    answer.with(200)["user"]["id"].clone()
}

async fn invite(host: &Person, role: &str) -> String {
    let path = host.path("/invitations");
    let body = json!({ "role": role });
    let made = host.call(Method::POST, &path, Some(body)).await.with(201);
    token_of(&made["link"])
}

fn token_of(link: &Value) -> String {
    let (_, token) = link.as_str().unwrap().split_once("#token=").unwrap();
    token.to_owned()
}

async fn who_comes_to_more_leaves_the_links_to_a_new_password_behind(world: World) {
    let owner = world.owner().await;
    let bob = join(&world, &owner, "viewer", "bob@example.org").await;
    let bob = bob.as_str().unwrap();
    let path = owner.path(&format!("/members/{bob}/password-reset"));
    let link = async || token_of(&owner.call(Method::POST, &path, None).await.with(201)["link"]);
    let use_link = async |token: String| {
        let body = json!({ "token": token, "password": NEW });
        let nobody = world.nobody();
        let answer = nobody.call(Method::POST, "/api/v1/password-resets", Some(body));
        answer.await
    };

    assert_eq!(use_link(link().await).await.status, 204);

    let before = link().await;
    let member = owner.path(&format!("/members/{bob}"));
    let more = Some(json!({ "role": "admin" }));
    owner.call(Method::PATCH, &member, more).await.with(200);
    let refused = use_link(before).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "invalid-link")
    );

    let before = link().await;
    let mut bob = world.nobody();
    let body = json!({ "email": "bob@example.org", "password": NEW });
    let answer = bob.call(Method::POST, "/api/v1/session", Some(body)).await;
    bob.cookie = crate::person::cookie_of(&answer);
    let body = Some(json!({ "name": "Another" }));
    let another = owner.call(Method::POST, "/api/v1/workspaces", body).await;
    let another = another.with(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/workspaces/{another}/invitations");
    let body = Some(json!({ "role": "viewer" }));
    let invited = owner.call(Method::POST, &path, body).await.with(201);
    let body = json!({ "token": token_of(&invited["link"]) });
    bob.call(Method::POST, "/api/v1/invitations/accept", Some(body))
        .await
        .with(200);
    assert_eq!(use_link(before).await.status, 403);
}
