//! Members, invitations, passwords and sessions.

use reqwest::Method;
use serde_json::{Value, json};
use stowage_domain::Role;

use crate::{
    on_both_databases,
    person::{PASSWORD, Person, cookie_of},
    world::World,
};

on_both_databases!(
    an_invitation_lets_one_person_in_once,
    one_address_becomes_one_account_however_many_accept_at_once,
    the_last_owner_stays_and_nobody_reaches_above_themselves,
    a_link_gives_a_new_password_once_and_ends_every_session,
    sessions_are_seen_and_ended,
);

const NEW: &str = "a wholly new password";

async fn id_of(person: &Person) -> String {
    let me = person.call(Method::GET, "/api/v1/me", None).await.with(200);
    me["user"]["id"].as_str().unwrap().to_owned()
}

async fn post(person: &Person, path: &str, body: Value) -> crate::person::Answer {
    let path = format!("/api/v1{path}");
    person.call(Method::POST, &path, Some(body)).await
}

fn token_in(link: &Value) -> String {
    let (page, token) = link.as_str().unwrap().split_once("#token=").unwrap();
    assert!(page.starts_with("http"), "{page}");
    token.to_owned()
}

async fn invite(person: &Person, role: &str) -> String {
    let body = json!({ "role": role, "note": "Aunt Eva" });
    token_in(&person.post("/invitations", body).await.with(201)["link"])
}

async fn one_address_becomes_one_account_however_many_accept_at_once(world: World) {
    let owner = world.owner().await;
    let nobody = world.nobody();
    let mut bodies = Vec::new();
    for _ in 0..4 {
        let token = invite(&owner, "viewer").await;
        let account = json!({ "email": "eva@example.org", "name": "Eva", "password": PASSWORD });
        bodies.push(json!({ "token": token, "account": account }));
    }
    let accepts = bodies
        .into_iter()
        .map(|body| post(&nobody, "/invitations/accept", body));
    let answers = futures::future::join_all(accepts).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
}

async fn an_invitation_lets_one_person_in_once(world: World) {
    let owner = world.owner().await;
    let token = invite(&owner, "editor").await;
    let listed = owner.get("/invitations").await;
    assert!(!String::from_utf8_lossy(&listed.body).contains(&token));
    assert_eq!(listed.with(200)["items"][0]["note"], "Aunt Eva");

    let nobody = world.nobody();
    let offer = post(&nobody, "/invitations/check", json!({ "token": token })).await;
    assert_eq!(offer.with(200)["workspace_name"], "Home");
    let account = |email: &str| json!({ "email": email, "name": "Eva", "password": PASSWORD });
    let accept = |account: Value| json!({ "token": token, "account": account });
    let taken = accept(account("Owner@example.org"));
    let taken = post(&nobody, "/invitations/accept", taken).await;
    assert_eq!(
        (taken.status, taken.problem().as_str()),
        (409, "account-exists")
    );
    let unnamed = post(&nobody, "/invitations/accept", json!({ "token": token })).await;
    assert_eq!(unnamed.status, 400);
    let itself = post(&owner, "/invitations/accept", json!({ "token": token })).await;
    assert_eq!(itself.problem(), "member-already");

    let eva = accept(account("eva@example.org"));
    let answer = post(&nobody, "/invitations/accept", eva.clone()).await;
    let cookie = cookie_of(&answer);
    let me = answer.with(200);
    assert_eq!(me["workspaces"][0]["role"], "editor");
    let eva_here = Person {
        cookie,
        workspace: owner.workspace.clone(),
        ..nobody.clone()
    };
    eva_here.get("/assets").await.with(200);
    let again = post(&nobody, "/invitations/accept", eva).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (403, "invalid-link")
    );

    // Somebody who has an account joins as that, and a link that was taken back opens nothing.
    let stranger = world.stranger().await;
    let token = invite(&owner, "viewer").await;
    let joined = post(&stranger, "/invitations/accept", json!({ "token": token })).await;
    assert!(!joined.headers.contains_key("set-cookie"));
    assert_eq!(joined.with(200)["workspaces"].as_array().unwrap().len(), 2);
    let token = invite(&owner, "viewer").await;
    let id = owner.get("/invitations").await.with(200)["items"][0]["id"].clone();
    let path = format!("/invitations/{}", id.as_str().unwrap());
    owner.delete(&path).await.with(204);
    let gone = post(&nobody, "/invitations/check", json!({ "token": token })).await;
    assert_eq!(gone.status, 403);
    assert_eq!(
        owner.get("/members").await.with(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn tokens_of_links_cannot_be_tried_one_after_the_other() {
    let world = World::on_sqlite().await;
    world.owner().await;
    let nobody = world.nobody();
    for (path, body) in [
        ("/invitations/check", json!({ "token": "no" })),
        (
            "/password-resets",
            json!({ "token": "no", "password": NEW }),
        ),
    ] {
        for _ in 0..5 {
            assert_eq!(post(&nobody, path, body.clone()).await.status, 403);
        }
        let refused = post(&nobody, path, body).await;
        assert_eq!(refused.problem(), "too-many-attempts", "{path}");
    }
}

async fn the_last_owner_stays_and_nobody_reaches_above_themselves(world: World) {
    let owner = world.owner().await;
    let admin = world.join(&owner.workspace, Role::Admin).await;
    let editor = world.join(&owner.workspace, Role::Editor).await;
    let (o, a, e) = (
        id_of(&owner).await,
        id_of(&admin).await,
        id_of(&editor).await,
    );
    let member = |id: &str| format!("/members/{id}");
    let role = |role: &str| json!({ "role": role });
    let refused = async |answer: crate::person::Answer, problem: &str| {
        assert_eq!(answer.problem(), problem, "{}", answer.status);
    };

    refused(owner.patch(&member(&o), role("viewer")).await, "last-owner").await;
    refused(owner.delete(&member(&o)).await, "last-owner").await;
    refused(
        admin.patch(&member(&o), role("viewer")).await,
        "role-above-yours",
    )
    .await;
    refused(
        admin.patch(&member(&a), role("owner")).await,
        "role-above-yours",
    )
    .await;
    refused(admin.delete(&member(&o)).await, "role-above-yours").await;
    refused(
        admin.post("/invitations", role("owner")).await,
        "role-above-yours",
    )
    .await;
    let reset = format!("/members/{o}/password-reset");
    refused(admin.post(&reset, Value::Null).await, "role-above-yours").await;
    for path in ["/members", "/invitations"] {
        assert_eq!(editor.get(path).await.status, 403, "{path}");
    }
    refused(editor.delete(&member(&a)).await, "forbidden").await;

    admin
        .patch(&member(&e), role("contributor"))
        .await
        .with(200);
    // What an administrator handed out ends with their being one.
    let token = invite(&admin, "admin").await;
    owner.patch(&member(&a), role("owner")).await.with(200);
    let nobody = world.nobody();
    let check = post(&nobody, "/invitations/check", json!({ "token": token })).await;
    assert_eq!(check.status, 403);
    owner.delete(&member(&o)).await.with(204);
    assert_eq!(owner.get("").await.status, 404);
    editor.delete(&member(&e)).await.with(204);
    assert_eq!(editor.get("").await.status, 404);
    refused(admin.delete(&member(&a)).await, "last-owner").await;
}

async fn a_link_gives_a_new_password_once_and_ends_every_session(world: World) {
    let owner = world.owner().await;
    let viewer = world.join(&owner.workspace, Role::Viewer).await;
    let me = viewer.call(Method::GET, "/api/v1/me", None).await.with(200);
    let path = format!(
        "/members/{}/password-reset",
        me["user"]["id"].as_str().unwrap()
    );
    let first = owner.post(&path, Value::Null).await.with(201);
    let second = owner.post(&path, Value::Null).await.with(201);
    let nobody = world.nobody();
    let choose = async |link: &Value| {
        let body = json!({ "token": token_in(link), "password": NEW });
        post(&nobody, "/password-resets", body).await.status
    };

    assert_eq!(choose(&first["link"]).await, 403);
    assert_eq!(choose(&second["link"]).await, 204);
    assert_eq!(choose(&second["link"]).await, 403);
    assert_eq!(viewer.get("").await.status, 401);
    let body = json!({ "email": me["user"]["email"], "password": NEW });
    post(&nobody, "/session", body).await.with(200);

    // The password opens everything that its owner belongs to: who may not decide there may not
    // give another.
    let stranger = world.stranger().await;
    let token = invite(&owner, "viewer").await;
    post(&stranger, "/invitations/accept", json!({ "token": token }))
        .await
        .with(200);
    let path = format!("/members/{}/password-reset", id_of(&stranger).await);
    let refused = owner.post(&path, Value::Null).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "member-elsewhere")
    );
}

async fn sessions_are_seen_and_ended(world: World) {
    let first = world.owner().await;
    let sign_in = async |password: &str| {
        let body = json!({ "email": "owner@example.org", "password": password });
        let answer = post(&world.nobody(), "/session", body).await;
        let cookie = cookie_of(&answer);
        answer.with(200);
        Person {
            cookie,
            ..first.clone()
        }
    };
    let (second, third) = (sign_in(PASSWORD).await, sign_in(PASSWORD).await);
    let sessions = async |person: &Person| {
        let listed = person.call(Method::GET, "/api/v1/me/sessions", None).await;
        listed.with(200)["items"].as_array().unwrap().clone()
    };
    let listed = sessions(&second).await;
    assert_eq!(listed.len(), 3);
    let current: Vec<_> = listed
        .iter()
        .filter(|one| one["is_current"] == true)
        .collect();
    assert_eq!(current.len(), 1);

    let own = sessions(&third).await;
    let own = own.iter().find(|one| one["is_current"] == true).unwrap();
    let path = format!("/api/v1/me/sessions/{}", own["id"].as_str().unwrap());
    let stranger = world.stranger().await;
    assert_eq!(stranger.call(Method::DELETE, &path, None).await.status, 404);
    second.call(Method::DELETE, &path, None).await.with(204);
    assert_eq!(third.get("").await.status, 401);
    let all = "/api/v1/me/sessions";
    second.call(Method::DELETE, all, None).await.with(204);
    assert_eq!(
        (first.get("").await.status, second.get("").await.status),
        (401, 200)
    );

    let other = sign_in(PASSWORD).await;
    let change = |current: &str| json!({ "current_password": current, "new_password": NEW });
    let wrong = post(&second, "/me/password", change("not the password")).await;
    assert_eq!(
        (wrong.status, wrong.problem().as_str()),
        (403, "wrong-password")
    );
    post(&second, "/me/password", change(PASSWORD))
        .await
        .with(204);
    assert_eq!(
        (other.get("").await.status, second.get("").await.status),
        (401, 200)
    );
    sign_in(NEW).await;
}
