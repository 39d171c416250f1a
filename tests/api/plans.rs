//! What the operator lets a workspace have, and the door at which they say so.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    on_both_databases,
    person::{Answer, Person},
    storages::{connect, folder},
    uploads::{announce, begin},
    world::World,
};

on_both_databases!(
    d20_only_the_operators_token_opens_the_operators_door,
    p7_d20_no_more_storages_are_connected_than_the_plan_has,
    v4_v6_d20_a_plan_without_external_storages_leaves_those_that_are_there,
    v2_d20_the_plan_says_how_much_central_storage_takes,
    d20_of_two_files_at_once_one_gets_the_last_room,
    d20_a_plan_that_makes_no_sense_is_refused,
    d20_a_change_of_plan_is_in_the_operators_log,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Whoever runs the server, and the owner at a gateway that knows the operator.
pub(crate) struct Operated {
    pub(crate) owner: Person,
    nobody: Person,
}

impl Operated {
    pub(crate) async fn new(world: &World) -> Self {
        let owner = world.owner().await;
        let url = world
            .another_gateway(|config| config.operator_token = TOKEN.into())
            .await;
        Self {
            nobody: Person::nobody(&url),
            owner: Person { url, ..owner },
        }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(TOKEN, method, path, body).await
    }

    async fn ask_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let body = body.map(|body| body.to_string());
        let path = format!("/api/v1/operator{path}");
        self.nobody.send(method, &path, &headers, body).await
    }

    /// Gives the owner's workspace a plan that differs from no limits in `changes`.
    pub(crate) async fn plan(&self, changes: Value) -> Value {
        let answer = self.try_plan(changes).await;
        answer.with(200)
    }

    async fn try_plan(&self, changes: Value) -> Answer {
        let mut plan = json!({
            "central_bytes": null,
            "storages": null,
            "external_storages": true,
            "photos_per_request": null,
            "permanent_links": true,
        });
        for (key, value) in changes.as_object().unwrap() {
            plan[key] = value.clone();
        }
        let path = format!("/workspaces/{}/plan", self.owner.workspace);
        self.ask(Method::PUT, &path, Some(plan)).await
    }
}

async fn d20_only_the_operators_token_opens_the_operators_door(world: World) {
    let operated = Operated::new(&world).await;
    let workspaces = operated
        .ask(Method::GET, "/workspaces", None)
        .await
        .with(200);
    assert_eq!(workspaces["items"][0]["id"], operated.owner.workspace);
    assert_eq!(workspaces["items"][0]["has_own_plan"], false);

    for token in ["", "0123456789abcdef0123456789abcdee", "0123456789abcdef"] {
        let refused = operated
            .ask_with(token, Method::GET, "/workspaces", None)
            .await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (401, "operator-only")
        );
    }
    // Neither an owner's session nor their key is the operator's.
    let path = "/api/v1/operator/workspaces";
    let refused = operated.owner.call(Method::GET, path, None).await;
    assert_eq!(refused.status, 401);
    let scopes = json!({ "name": "A program", "scopes": ["storages:write"] });
    let key = operated.owner.post("/api-keys", scopes).await.with(201);
    let key = key["key"].as_str().unwrap();
    let refused = operated
        .ask_with(key, Method::GET, "/workspaces", None)
        .await;
    assert_eq!(refused.status, 401);
    // Nor does the token open anything else.
    let headers = [("authorization", "Bearer 0123456789abcdef0123456789abcdef")];
    let path = operated.owner.path("/plan");
    let refused = operated
        .nobody
        .send(Method::GET, &path, &headers, None)
        .await;
    assert_eq!(refused.status, 401);

    // Where no token is set, none opens the door, not even the empty one.
    let shut = Operated {
        nobody: world.nobody(),
        owner: operated.owner.clone(),
    };
    for token in [TOKEN, ""] {
        let refused = shut.ask_with(token, Method::GET, "/workspaces", None).await;
        assert_eq!(refused.status, 401, "{token}");
    }
}

async fn p7_d20_no_more_storages_are_connected_than_the_plan_has(world: World) {
    let operated = Operated::new(&world).await;
    let owner = &operated.owner;
    operated.plan(json!({ "storages": 1 })).await;
    let first = connect(&world, owner).await;
    let second = json!({
        "name": "More",
        "kind": "fs",
        "access": "read_only",
        "settings": { "folder": world.photos().join("more") },
    });
    std::fs::create_dir_all(world.photos().join("more")).unwrap();
    let refused = owner.post("/storages", second.clone()).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (402, "plan-storages-used-up")
    );
    let plan = owner.get("/plan").await.with(200);
    assert_eq!(
        (&plan["limits"]["storages"], &plan["used"]["storages"]),
        (&json!(1), &json!(1))
    );

    // Whoever removes one has room for another, and the former does not come back beside it.
    let kept = owner
        .delete(&format!("/storages/{first}?entries=keep"))
        .await;
    assert_eq!(kept.status, 204);
    owner.post("/storages", second).await.with(201);
    let back = owner
        .patch(&format!("/storages/{first}"), json!({ "on": true }))
        .await;
    assert_eq!(
        (back.status, back.problem().as_str()),
        (402, "plan-storages-used-up")
    );
    operated.plan(json!({ "storages": 2 })).await;
    owner
        .patch(&format!("/storages/{first}"), json!({ "on": true }))
        .await
        .with(200);
}

async fn v4_v6_d20_a_plan_without_external_storages_leaves_those_that_are_there(world: World) {
    let operated = Operated::new(&world).await;
    let owner = &operated.owner;
    let storage = connect(&world, owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "a.jpg", b"bytes", "image/jpeg")
        .await;
    operated.plan(json!({ "external_storages": false })).await;

    let refused = owner.post("/storages", folder(&world)).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (402, "plan-without-external-storages")
    );
    // What is there stays readable, and may be switched off and on.
    let original = owner
        .get(&format!("/assets/{}/original", planted.asset))
        .await;
    assert_eq!(
        (original.status, original.body.as_slice()),
        (200, &b"bytes"[..])
    );
    for on in [false, true] {
        let path = format!("/storages/{storage}");
        let changed = owner.patch(&path, json!({ "on": on })).await.with(200);
        assert_eq!(changed["on"], on);
    }
}

async fn v2_d20_the_plan_says_how_much_central_storage_takes(world: World) {
    let operated = Operated::new(&world).await;
    let owner = &operated.owner;
    operated.plan(json!({ "central_bytes": 100 })).await;
    begin(owner, 60).await;
    let refused = announce(owner, 41, &[]).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "quota-used-up")
    );
    let plan = owner.get("/plan").await.with(200);
    assert_eq!(plan["limits"]["central_bytes"], 100);
    assert_eq!(plan["used"]["central_bytes"], 60);
    let shown = operated
        .ask(Method::GET, "/workspaces", None)
        .await
        .with(200);
    assert_eq!(shown["items"][0]["used"]["central_bytes"], 60);

    // A plan below what is used takes nothing more, and takes nothing away.
    operated.plan(json!({ "central_bytes": 10 })).await;
    assert_eq!(announce(owner, 1, &[]).await.status, 403);
    assert_eq!(
        owner.get("/plan").await.with(200)["used"]["central_bytes"],
        60
    );
    operated.plan(json!({})).await;
    begin(owner, 1_000_000).await;
}

async fn d20_of_two_files_at_once_one_gets_the_last_room(world: World) {
    let operated = Operated::new(&world).await;
    let owner = &operated.owner;
    operated.plan(json!({ "central_bytes": 100 })).await;
    let announced = futures::future::join_all((0..6).map(|_| announce(owner, 60, &[]))).await;
    let mut statuses: Vec<u16> = announced.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403, 403, 403, 403]);
}

async fn d20_a_plan_that_makes_no_sense_is_refused(world: World) {
    let operated = Operated::new(&world).await;
    for (field, value) in [
        ("central_bytes", json!(-1)),
        ("central_bytes", json!(u64::MAX)),
        ("storages", json!(1.5)),
        ("storages", json!(4_000_000_000_u32)),
        ("photos_per_request", json!(0)),
        ("external_storages", json!("yes")),
        ("seats", json!(3)),
    ] {
        let refused = operated.try_plan(json!({ field: value })).await;
        assert_eq!(refused.status, 400, "{field}: {value}");
        assert!(
            refused.json()["errors"][field].is_string(),
            "{field}: {value}"
        );
    }
    let nowhere = format!("/workspaces/{}/plan", world.new_id());
    let unknown = operated.ask(Method::GET, &nowhere, None).await;
    assert_eq!(unknown.status, 404);
    let plan = operated.owner.get("/plan").await.with(200);
    assert_eq!(plan["limits"]["central_bytes"], Value::Null);
}

async fn d20_a_change_of_plan_is_in_the_operators_log(world: World) {
    let operated = Operated::new(&world).await;
    operated.plan(json!({ "storages": 3 })).await;
    let changed = operated.plan(json!({ "storages": 5 })).await;
    assert_eq!(changed["has_own_plan"], true);
    let log = operated.ask(Method::GET, "/log", None);
    let log = log.await.with(200);
    let act = &log["items"][0];
    assert_eq!(act["action"], "plan.changed");
    assert_eq!(act["workspace_id"], operated.owner.workspace);
    assert_eq!(act["detail"]["from"]["storages"], 3);
    assert_eq!(act["detail"]["to"]["storages"], 5);
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
}
