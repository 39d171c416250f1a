//! Signing in and out.

use reqwest::Method;
use serde_json::json;
use stowage_gateway::GatewayConfig;

use crate::{
    on_both_databases,
    person::{PASSWORD, cookie_of},
    world::World,
};

on_both_databases!(signing_in_gives_a_new_session_and_signing_out_ends_it);

const PATH: &str = "/api/v1/session";

async fn signing_in_gives_a_new_session_and_signing_out_ends_it(world: World) {
    let first = world.owner().await;
    let body = json!({ "email": " Owner@Example.org", "password": PASSWORD });

    let answer = first.call(Method::POST, PATH, Some(body)).await;

    let set = answer.header("set-cookie").to_owned();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    let mut second = first.clone();
    second.cookie = cookie_of(&answer);
    assert_eq!(answer.with(200)["user"]["name"], "Ada");
    assert_ne!(second.cookie, first.cookie);
    // The one that was there before is over: whoever else had it is out.
    assert_eq!(
        first.call(Method::GET, "/api/v1/me", None).await.status,
        401
    );
    second.call(Method::GET, "/api/v1/me", None).await.with(200);

    let out = second.call(Method::DELETE, PATH, None).await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(out.status, 204);
    let gone = second.call(Method::GET, "/api/v1/me", None).await;
    assert_eq!(
        (gone.status, gone.problem().as_str()),
        (401, "unauthenticated")
    );
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_look_alike() {
    let world = World::on_sqlite().await;
    world.owner().await;
    let nobody = world.nobody();
    let mut answers = Vec::new();
    for email in ["owner@example.org", "nobody@example.org"] {
        let body = json!({ "email": email, "password": "wrong horse battery" });
        let answer = nobody.call(Method::POST, PATH, Some(body)).await;
        assert!(!answer.headers.contains_key("set-cookie"));
        answers.push(answer.with(401));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(
        answers[0]["type"],
        "urn:stowage:problem:invalid-credentials"
    );
}

#[tokio::test]
async fn after_too_many_wrong_passwords_the_right_one_has_to_wait_too() {
    let world = World::on_sqlite().await;
    world.owner().await;
    let nobody = world.nobody();
    let sign_in = async |password: &str| {
        let body = json!({ "email": "owner@example.org", "password": password });
        nobody.call(Method::POST, PATH, Some(body)).await
    };
    for _ in 0..5 {
        assert_eq!(sign_in("wrong horse battery").await.status, 401);
    }

    let refused = sign_in(PASSWORD).await;

    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (429, "too-many-attempts")
    );
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn behind_a_trusted_proxy_nobody_uses_up_the_tries_of_others() {
    let config = |trusted: &[&str]| GatewayConfig {
        trusted_proxies: trusted.iter().map(|&proxy| proxy.to_owned()).collect(),
        ..GatewayConfig::default()
    };
    for (trusted, other_gets_in) in [(&["127.0.0.1", "::1"][..], true), (&[][..], false)] {
        let world = World::on_sqlite_with(config(trusted)).await;
        world.owner().await;
        let nobody = world.nobody();
        let sign_in = async |from: &str, password: &str| {
            let body = json!({ "email": "owner@example.org", "password": password });
            let headers = [("x-stowage", "1"), ("x-forwarded-for", from)];
            let body = Some(body.to_string());
            nobody.send(Method::POST, PATH, &headers, body).await.status
        };
        for _ in 0..5 {
            // Whatever a caller writes in front does not make it another one.
            let way = format!("{}, 198.51.100.7", world.new_id());
            assert_eq!(sign_in(&way, "wrong horse battery").await, 401);
        }

        assert_eq!(sign_in("198.51.100.7", PASSWORD).await, 429);
        let other = sign_in("198.51.100.8", PASSWORD).await;

        assert_eq!(other == 200, other_gets_in, "{trusted:?}: {other}");
    }
}
