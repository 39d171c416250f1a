//! How requests that make no sense are answered.

use reqwest::Method;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_path_that_nobody_knows_is_a_problem_too() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    for path in [
        "/api/v1/nothing",
        "/api/v2/me",
        "/api",
        "/api/v1/workspaces/x/y/z",
    ] {
        let answer = owner.call(Method::GET, path, None).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, "no-such-route"),
            "{path}"
        );
    }
    let answer = owner
        .call(Method::POST, "/api/v1/nothing", Some(json!({})))
        .await;
    assert_eq!(answer.status, 404);
    let answer = owner
        .send(Method::PUT, "/api/v1/me", &[("x-stowage", "1")], None)
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (405, "method-not-allowed")
    );
}

#[tokio::test]
async fn a_body_is_refused_by_the_field_that_is_wrong() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let unknown = owner.patch("", json!({ "colour": "red" })).await.with(400);
    assert!(
        unknown["errors"]["colour"]
            .as_str()
            .unwrap()
            .contains("not known"),
        "{unknown}"
    );
    let wrong = owner.patch("", json!({ "name": 7 })).await.with(400);
    assert!(wrong["errors"]["name"].is_string(), "{wrong}");

    let headers = [("x-stowage", "1")];
    let path = owner.path("");
    let send = async |body: &str| {
        owner
            .send(Method::PATCH, &path, &headers, Some(body.to_owned()))
            .await
    };
    assert_eq!(send("{").await.status, 400);
    let huge = format!("{{\"name\": \"{}\"}}", "x".repeat(300 * 1024));
    assert_eq!(send(&huge).await.status, 413);
    let typeless = owner.send(Method::PATCH, &path, &headers, None).await;
    assert_eq!(
        (typeless.status, typeless.problem().as_str()),
        (415, "not-json")
    );
}

#[tokio::test]
async fn a_query_is_refused_by_the_parameter_that_is_wrong() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("cursor=nonsense", "cursor"),
        ("month=2024", "month"),
        ("status=lost", "status"),
        ("storage_id=7", "storage_id"),
        ("colour=red", "colour"),
    ] {
        let answer = owner.get(&format!("/assets?{query}")).await.with(400);
        assert!(answer["errors"][parameter].is_string(), "{query}: {answer}");
    }
}

#[tokio::test]
async fn what_is_no_id_is_not_found() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    for path in [
        "/storages/7",
        "/assets/none",
        "/assets/%00",
        "/storages/none/scans",
    ] {
        assert_eq!(owner.get(path).await.status, 404, "{path}");
    }
    let answer = owner
        .call(Method::GET, "/api/v1/workspaces/none", None)
        .await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn pages_come_from_the_web_ui_whatever_their_path() {
    let world = World::on_sqlite().await;
    for path in ["/", "/setup?token=x", "/w/abc/photo/1"] {
        let answer = world.nobody().send(Method::GET, path, &[], None).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-type").starts_with("text/html"));
    }
}
