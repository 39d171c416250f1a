//! No workspace sees another's: every route of the description with every foreign id.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use stowage_domain::{Role, WorkspaceId};
use stowage_gateway::Route;

use crate::{
    on_both_databases,
    person::{PASSWORD, Person, routes},
    storages::{connect, folder},
    world::World,
};

on_both_databases!(no_route_gives_or_changes_what_is_anothers);

/// Ids of everything that a path can name, in one workspace.
type Ids = BTreeMap<&'static str, String>;

#[tokio::test]
async fn only_what_has_to_be_is_open_to_anybody() {
    let open: Vec<&str> = routes()
        .iter()
        .filter(|route| route.is_public)
        .map(|route| route.operation_id.as_str())
        .collect();
    let expected = [
        "accept_invitation",
        "check_invitation",
        "use_password_reset",
        "create_session",
        "get_setup",
        "create_setup",
    ];
    assert_eq!(open, expected);

    let world = World::on_sqlite().await;
    let theirs = ids_of(&world, &world.stranger().await).await;
    for route in routes().iter().filter(|route| !route.is_public) {
        let answer = call(&world.nobody(), route, &filled(route, &theirs), &world).await;
        assert_eq!(answer, 401, "{} {}", route.method, route.path);
    }
}

async fn no_route_gives_or_changes_what_is_anothers(world: World) {
    let me = world.owner().await;
    let they = world.stranger().await;
    let (mine, theirs) = (ids_of(&world, &me).await, ids_of(&world, &they).await);
    let before = state_of(&they, &theirs).await;
    let in_workspaces = || {
        routes()
            .iter()
            .filter(|route| route.path.contains("/v1/workspaces/{workspace_id}"))
    };
    assert!(in_workspaces().count() > 20);

    for route in in_workspaces() {
        // Their workspace, and in mine each of their things in turn.
        for parameter in parameters(route) {
            let mut ids = mine.clone();
            if parameter == "workspace_id" {
                ids.clone_from(&theirs);
            } else {
                ids.insert(parameter, theirs[parameter].clone());
            }
            let path = filled(route, &ids);
            let status = call(&me, route, &path, &world).await;
            assert_eq!(
                status, 404,
                "{} {path} with the foreign {parameter}",
                route.method
            );
        }
    }
    assert_eq!(
        state_of(&they, &theirs).await,
        before,
        "something of theirs changed"
    );

    // The same calls by those whom it belongs to find everything, so the ones above found nothing
    // for the right reason. Removals come last.
    let (last, first): (Vec<&Route>, Vec<&Route>) =
        in_workspaces().partition(|route| route.method == "DELETE");
    for route in first.into_iter().chain(last) {
        // Whoever removes themselves has nothing left to find.
        if route.operation_id == "delete_member" {
            continue;
        }
        let path = filled(route, &theirs);
        let status = call(&they, route, &path, &world).await;
        assert!(
            ![401, 403, 404].contains(&status),
            "{} {path}: {status}",
            route.method
        );
    }
}

/// Connects a storage and fills it, so that every parameter of every path names something.
async fn ids_of(world: &World, person: &Person) -> Ids {
    let workspace: WorkspaceId = person.workspace.parse().unwrap();
    let storage = connect(world, person).await;
    let file = format!("{workspace}/a.jpg");
    let planted = world
        .plant(workspace, storage, &file, b"bytes", "image/jpeg")
        .await;
    let run = world.plant_scan(workspace, storage).await;
    let job = world.plant_dead_job(workspace).await;
    let other = world.join(&person.workspace, Role::Viewer).await;
    let session = other.call(Method::GET, "/api/v1/me/sessions", None).await;
    let session = session.with(200)["items"][0]["id"].clone();
    let me = other.call(Method::GET, "/api/v1/me", None).await.with(200);
    let invitation = person
        .post("/invitations", json!({ "role": "viewer" }))
        .await
        .with(201);
    let key = person.post("/api-keys", new_key()).await.with(201);
    let copy = world
        .plant_lingering(workspace, storage, planted.asset)
        .await;
    let transfer = world.plant_transfer(workspace, storage, &planted, 5).await;
    let copying = json!({
        "from_storage_id": storage, "to_storage_id": null, "leave_source": true,
    });
    let migration = person.post("/migrations", copying).await.with(202);
    let hold = json!({ "asset_id": planted.asset, "reason": "a dispute" });
    let hold = person.post("/holds", hold).await.with(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rule = person.post("/retention/rules", new_rule()).await.with(201);
    let batch = world.plant_batch(workspace, &text(&rule["id"])).await;
    Ids::from([
        ("rule_id", text(&rule["id"])),
        ("batch_id", batch.to_string()),
        ("user_id", text(&me["user"]["id"])),
        ("session_id", text(&session)),
        ("invitation_id", text(&invitation["invitation"]["id"])),
        ("api_key_id", text(&key["api_key"]["id"])),
        ("workspace_id", workspace.to_string()),
        ("storage_id", storage.to_string()),
        ("run_id", run.to_string()),
        ("asset_id", planted.asset.to_string()),
        ("job_id", job.to_string()),
        ("copy_id", copy.to_string()),
        ("transfer_id", transfer.to_string()),
        ("migration_id", text(&migration["id"])),
        ("hold_id", text(&hold["id"])),
        ("content_key", planted.content_key),
        ("upload_id", crate::uploads::begin(person, 5).await),
    ])
}

fn new_key() -> Value {
    json!({ "name": "A program", "scopes": ["library:read"] })
}

fn new_rule() -> Value {
    json!({ "name": "Drafts", "terms": { "tag": "draft" } })
}

/// Parameters that name no thing of anybody's.
const PLAIN: [(&str, &str); 1] = [("file", "preview.jpg")];

/// Returns the parameters of a route that name something which belongs to a workspace.
fn parameters(route: &Route) -> Vec<&'static str> {
    let known = [
        "workspace_id",
        "storage_id",
        "run_id",
        "asset_id",
        "job_id",
        "copy_id",
        "transfer_id",
        "migration_id",
        "hold_id",
        "content_key",
        "user_id",
        "invitation_id",
        "api_key_id",
        "upload_id",
        "rule_id",
        "batch_id",
    ];
    let names = route
        .path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next());
    names
        .filter(|name| PLAIN.iter().all(|(plain, _)| plain != name))
        .map(|name| {
            let found = known.into_iter().find(|known| *known == name);
            found.unwrap_or_else(|| {
                panic!("{} needs a foreign {name}: add it to `ids_of`", route.path)
            })
        })
        .collect()
}

fn filled(route: &Route, ids: &Ids) -> String {
    let mut path = route.path.clone();
    for (name, value) in PLAIN {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    for (name, id) in ids {
        path = path.replace(&format!("{{{name}}}"), id);
    }
    assert!(!path.contains('{'), "{path} needs a fixture");
    if route.operation_id == "delete_storage" {
        format!("{path}?entries=drop")
    } else {
        path
    }
}

/// Calls a route with a body that it takes, and returns the status.
async fn call(person: &Person, route: &Route, path: &str, world: &World) -> u16 {
    let method: Method = route.method.parse().unwrap();
    if route.operation_id == "watch_events" {
        return person.open(method, path, &[], None).await.status().as_u16();
    }
    person
        .call(method, path, body_of(route, world))
        .await
        .status
}

fn body_of(route: &Route, world: &World) -> Option<Value> {
    match route.operation_id.as_str() {
        "create_storage" | "test_new_storage" => Some(folder(world)),
        "update_storage" | "update_workspace" => Some(json!({ "name": "Taken over" })),
        "create_retention_rule" | "update_retention_rule" => Some(new_rule()),
        "preview_retention" => Some(json!({ "tag": "draft" })),
        "delete_workspace" => Some(json!({ "name": "not what it is called" })),
        "create_workspace" => Some(json!({ "name": "Another" })),
        "update_member" => Some(json!({ "role": "editor" })),
        "create_invitation" => Some(json!({ "role": "viewer" })),
        "create_api_key" => Some(new_key()),
        "update_api_key" => Some(json!({ "name": "Renamed" })),
        "change_password" => {
            let (old, new) = (PASSWORD, "another horse battery");
            Some(json!({ "current_password": old, "new_password": new }))
        }
        "scan_storage" | "retry_transfers" | "preview_file_names" => Some(json!({})),
        "create_migration" => Some(json!({ "from_storage_id": null, "to_storage_id": null })),
        "choose_main_storage" => Some(json!({ "storage_id": null })),
        "set_import_user" => Some(json!({ "user_id": null })),
        "confirm_absence" => Some(json!({ "absent": 1 })),
        // Assets that a body names: `edits.rs`, `missing.rs` and `bin.rs`.
        "update_asset" => Some(json!({ "title": "Taken over", "add_tags": ["theirs"] })),
        "edit_assets" => Some(json!({ "ids": [world.new_id()], "changes": {} })),
        "create_hold" => Some(json!({ "reason": "a dispute" })),
        "trash_assets"
        | "restore_assets"
        | "purge_assets"
        | "reread_assets"
        | "check_assets"
        | "forget_missing_assets"
        | "restore_missing_assets" => Some(json!({ "ids": [world.new_id()] })),
        "test_storage"
        | "create_upload"
        | "append_upload"
        | "override_upload"
        | "upload_file"
        | "empty_bin"
        | "retry_lingering"
        | "retry_transfer"
        | "cancel_migration"
        | "resume_migration"
        | "acknowledge_lingering"
        | "retry_asset"
        | "retry_job"
        | "regenerate_api_key"
        | "create_password_reset"
        | "run_retention_rule"
        | "refresh_usage"
        | "approve_retention_batch"
        | "refuse_retention_batch"
        | "look_for_orphans"
        | "start_backup_over"
        | "set_operator_plan" => None,
        _ if route.method == "DELETE" => None,
        _ if route.method == "GET" || route.method == "HEAD" => None,
        other => panic!("{other} needs a body that it takes, here"),
    }
}

/// Returns what its members see of a workspace, as far as others might change it.
async fn state_of(person: &Person, ids: &Ids) -> Vec<Value> {
    let mut state = Vec::new();
    let storage = format!("/storages/{}", ids["storage_id"]);
    for path in [
        "",
        "/assets",
        "/stats",
        "/jobs?state=dead",
        "/jobs?state=queued",
        "/members",
        "/invitations",
        "/api-keys",
        "/bin",
        "/lingering",
        "/transfers",
        "/main-storage",
        "/migrations",
        "/holds",
        "/audit",
        "/retention/rules",
        "/retention/batches",
        &storage,
    ] {
        state.push(person.get(path).await.with(200));
    }
    state
}
