//! What stands on every answer, and what requests have to carry.

use reqwest::Method;
use serde_json::json;
use stowage_gateway::{GatewayConfig, Route};

use crate::{person::routes, world::World};

const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' \
     'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn every_route_answers_with_the_security_headers() {
    let world = World::on_sqlite().await;
    let (nobody, owner) = (world.nobody(), world.owner().await);
    let pages = ["/", "/w/abc", "/api/v1/nothing", "/assets/none.js"];
    let pages = pages
        .into_iter()
        .map(|path| (&nobody, Method::GET, path.to_owned()));
    let filled = |path: &str| {
        path.replace("{workspace_id}", &owner.workspace)
            .replace(['{', '}'], "")
    };
    let closed = routes()
        .iter()
        .map(|route| (&nobody, route.method.parse().unwrap(), filled(&route.path)));
    let open = routes()
        .iter()
        .filter(|route| route.method == "GET")
        .map(|route| (&owner, Method::GET, filled(&route.path)));
    for (person, method, path) in pages.chain(closed).chain(open) {
        let answer = person
            .open(method, &path, &[("x-stowage", "1")], None)
            .await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-security-policy"), POLICY, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(name), value, "{path}");
        }
    }
}

#[tokio::test]
async fn every_route_that_changes_something_refuses_other_sites() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let foreign = [("x-stowage", "1"), ("origin", "https://evil.example")];
    for headers in [
        &[][..],
        &foreign[..],
        &[("x-stowage", "1"), ("sec-fetch-site", "cross-site")],
    ] {
        let is_unsafe = |route: &&Route| !matches!(route.method.as_str(), "GET" | "HEAD");
        for route in routes().iter().filter(is_unsafe) {
            let path = route.path.replace("{workspace_id}", &owner.workspace);
            let method = route.method.parse().unwrap();
            let answer = owner.send(method, &path, headers, None).await;
            assert_eq!(answer.status, 403, "{} {path} {headers:?}", route.method);
            assert_eq!(answer.problem(), "foreign-origin");
        }
    }
    owner.call(Method::GET, "/api/v1/me", None).await.with(200);
}

#[tokio::test]
async fn an_allowed_frontend_may_call_and_another_may_not() {
    let config = GatewayConfig {
        allowed_origins: vec!["https://frontend.example.net".to_owned()],
        ..GatewayConfig::default()
    };
    let world = World::on_sqlite_with(config).await;
    let owner = world.owner().await;
    let path = owner.path("");
    let body = Some(json!({ "name": "Attic" }).to_string());
    for (origin, status) in [
        ("https://frontend.example.net", 200),
        ("https://evil.example", 403),
    ] {
        let headers = [("x-stowage", "1"), ("origin", origin)];
        let answer = owner
            .send(Method::PATCH, &path, &headers, body.clone())
            .await;
        assert_eq!(answer.status, status);
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed == origin, status == 200, "{allowed}");
    }
}
