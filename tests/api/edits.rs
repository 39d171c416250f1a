//! Editing assets: fields and tags, one and many, where they come from, and reading again.

use serde_json::{Value, json};
use stowage_domain::Role;

use crate::{library::Planted, on_both_databases, person::Person, storages::connect, world::World};

on_both_databases!(
    an_edit_shows_with_who_set_it_and_what_it_hides,
    an_edit_moves_the_asset_and_is_found,
    tags_are_added_hidden_and_completed,
    many_are_edited_at_once_and_each_problem_is_told,
    what_cannot_stay_in_a_field_is_refused,
    only_editors_edit,
    reading_again_is_queued_once_and_says_what_it_cannot_read,
    a_watcher_is_told_of_an_edit,
);

async fn planted(world: &World, owner: &Person, names: &[&str]) -> Vec<Planted> {
    let storage = connect(world, owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let mut all = Vec::new();
    for name in names {
        let plant = world.plant(workspace, storage, name, name.as_bytes(), "image/jpeg");
        all.push(plant.await);
    }
    all
}

async fn found(owner: &Person, query: &str) -> usize {
    let listed = owner.get(&format!("/assets?{query}")).await.with(200);
    listed["items"].as_array().unwrap().len()
}

async fn an_edit_shows_with_who_set_it_and_what_it_hides(world: World) {
    let owner = world.owner().await;
    let asset = format!(
        "/assets/{}",
        planted(&world, &owner, &["a.jpg"]).await[0].asset
    );
    let body =
        json!({ "title": " Mine ", "rating": 4, "gps": { "latitude": 41.9, "longitude": 12.5 } });

    let edited = owner.patch(&asset, body.clone()).await.with(200);

    assert_eq!(edited["metadata"]["title"], "Mine");
    assert_eq!(edited["metadata"]["gps"]["longitude"], 12.5);
    assert_eq!(edited["origins"]["title"], "person");
    let edit = &edited["edits"]["title"];
    assert_eq!(
        (&edit["file_value"], &edit["by"]),
        (&json!("A view"), &json!("Ada"))
    );
    assert_eq!(edited["edits"]["rating"]["file_value"], Value::Null);
    assert_eq!(owner.get(&asset).await.with(200), edited);
    assert_eq!(
        owner.patch(&asset, body).await.with(200),
        edited,
        "twice is once"
    );

    let cleared = json!({ "title": null, "rating": null, "gps": null });
    let cleared = owner.patch(&asset, cleared).await.with(200);
    assert_eq!(cleared["metadata"]["title"], "A view");
    assert_eq!(cleared["edits"], json!({}));
    let none = owner.patch(&asset, json!({ "title": "" })).await.with(200);
    assert_eq!(
        none["metadata"]["title"],
        Value::Null,
        "no title, whatever the file says"
    );
}

async fn an_edit_moves_the_asset_and_is_found(world: World) {
    let owner = world.owner().await;
    let asset = format!(
        "/assets/{}",
        planted(&world, &owner, &["a.jpg"]).await[0].asset
    );
    let body = json!({ "taken_at": "1999-12-31T23:59", "city": "Łódź" });
    let edited = owner.patch(&asset, body).await.with(200);
    assert_eq!(edited["taken_at"], "1999-12-31T23:59:00");
    assert_eq!(
        edited["metadata"]["utc_offset"],
        Value::Null,
        "the offset was the file's"
    );
    for (query, count) in [
        ("month=1999-12", 1),
        ("month=2024-05", 0),
        ("q=lodz", 1),
        ("q=view", 1),
    ] {
        assert_eq!(found(&owner, query).await, count, "{query}");
    }
    let timeline = owner.get("/assets/timeline").await.with(200);
    assert_eq!(timeline["months"][0]["month"], "1999-12");
}

async fn tags_are_added_hidden_and_completed(world: World) {
    let owner = world.owner().await;
    let asset = format!(
        "/assets/{}",
        planted(&world, &owner, &["a.jpg"]).await[0].asset
    );
    let body = json!({ "add_tags": ["Ōsaka by night"], "remove_tags": ["Rome"] });
    let edited = owner.patch(&asset, body).await.with(200);
    assert_eq!(
        edited["tags"],
        json!([
            { "name": "sea", "origin": "keyword", "by": null, "at": null },
            { "name": "Ōsaka by night", "origin": "person", "by": "Ada",
              "at": edited["tags"][1]["at"] },
        ])
    );
    assert_eq!(edited["hidden_tags"][0]["name"], "Rome");
    assert_eq!(edited["hidden_tags"][0]["by"], "Ada");
    assert_eq!(found(&owner, "tag=Rome").await, 0);
    for (typed, names) in [
        ("os", json!([{ "name": "Ōsaka by night", "count": 1 }])),
        ("NIGHT", json!([{ "name": "Ōsaka by night", "count": 1 }])),
        ("by%20ni", json!([{ "name": "Ōsaka by night", "count": 1 }])),
        ("rome", json!([])),
        ("saka", json!([])),
    ] {
        let tags = owner.get(&format!("/tags?q={typed}")).await.with(200);
        assert_eq!(tags["items"], names, "{typed}");
    }
    let shown = owner
        .patch(&asset, json!({ "add_tags": ["Rome"] }))
        .await
        .with(200);
    assert_eq!(shown["hidden_tags"], json!([]));
    assert_eq!(found(&owner, "tag=Rome").await, 1);
}

async fn many_are_edited_at_once_and_each_problem_is_told(world: World) {
    let owner = world.owner().await;
    let all = planted(&world, &owner, &["a.jpg", "b.jpg", "c.jpg"]).await;
    let stranger = world.stranger().await;
    let theirs = planted(&world, &stranger, &["theirs.jpg"]).await[0].asset;
    let gone = world.new_id();
    let ids = json!([all[0].asset, all[1].asset, all[0].asset, theirs, gone]);
    let body = json!({ "ids": ids, "changes": { "title": "Both", "add_tags": ["pair"] } });

    for _ in 0..2 {
        let answer = owner.post("/assets/edit", body.clone()).await.with(200);
        assert_eq!(answer["edited"], 2);
        let problems = answer["problems"].as_array().unwrap();
        let told = |id: String| problems.iter().any(|problem| problem["asset_id"] == id);
        assert!(
            told(theirs.to_string()) && told(gone.to_string()),
            "{answer}"
        );
        assert!(
            problems
                .iter()
                .all(|problem| problem["problem"] == "not-found")
        );
        assert_eq!(found(&owner, "tag=pair").await, 2);
        assert_eq!(found(&owner, "q=both").await, 2);
    }
    assert_eq!(found(&stranger, "tag=pair").await, 0);

    let many: Vec<_> = (0..501).map(|_| world.new_id()).collect();
    for ids in [json!(many), json!([])] {
        let refused = owner
            .post("/assets/edit", json!({ "ids": ids, "changes": {} }))
            .await;
        assert!(refused.with(400)["errors"]["ids"].is_string());
    }
}

async fn what_cannot_stay_in_a_field_is_refused(world: World) {
    let owner = world.owner().await;
    let id = planted(&world, &owner, &["a.jpg"]).await[0].asset;
    let asset = format!("/assets/{id}");
    for (body, field) in [
        (json!({ "title": 7 }), "title"),
        (json!({ "title": "x".repeat(501) }), "title"),
        (json!({ "taken_at": "yesterday" }), "taken_at"),
        (json!({ "rating": 6 }), "rating"),
        (json!({ "gps": { "latitude": 91, "longitude": 0 } }), "gps"),
        (json!({ "gps": { "latitude": 1 } }), "gps.longitude"),
        (json!({ "add_tags": [" "] }), "add_tags"),
        (
            json!({ "add_tags": ["a"], "remove_tags": ["a"] }),
            "remove_tags",
        ),
        (json!({ "lens": "another" }), "lens"),
    ] {
        let refused = owner.patch(&asset, body.clone()).await.with(400);
        assert!(refused["errors"][field].is_string(), "{body}: {refused}");
        if field != "gps.longitude" && field != "lens" {
            let many = json!({ "ids": [id], "changes": body });
            let refused = owner.post("/assets/edit", many).await.with(400);
            let field = format!("changes.{field}");
            assert!(refused["errors"][&field].is_string(), "{field}: {refused}");
        }
    }
    assert_eq!(owner.get(&asset).await.with(200)["edits"], json!({}));
}

async fn only_editors_edit(world: World) {
    let owner = world.owner().await;
    let id = planted(&world, &owner, &["a.jpg"]).await[0].asset;
    for (role, status) in [
        (Role::Viewer, 403),
        (Role::Contributor, 403),
        (Role::Editor, 200),
    ] {
        let person = world.join(&owner.workspace, role).await;
        let patched = person
            .patch(&format!("/assets/{id}"), json!({ "title": "x" }))
            .await;
        assert_eq!(patched.status, status, "{role}");
        let many = json!({ "ids": [id], "changes": { "title": "x" } });
        assert_eq!(
            person.post("/assets/edit", many).await.status,
            status,
            "{role}"
        );
        let again = person.post("/assets/reread", json!({ "ids": [id] })).await;
        assert_eq!(again.status == 403, status == 403, "{role}");
        person.get("/tags").await.with(200);
    }
}

async fn reading_again_is_queued_once_and_says_what_it_cannot_read(world: World) {
    let owner = world.owner().await;
    let all = planted(&world, &owner, &["a.jpg", "b.jpg"]).await;
    let workspace = owner.workspace.parse().unwrap();
    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    let missing = tx
        .objects()
        .mark_absent(all[1].object, &all[1].revision)
        .await;
    missing.unwrap();
    tx.commit().await.unwrap();
    let body = json!({ "ids": [all[0].asset, all[1].asset], "overwrite": true });
    for _ in 0..2 {
        let answer = owner.post("/assets/reread", body.clone()).await.with(202);
        assert_eq!(answer["queued"], 1);
        assert_eq!(answer["problems"][0]["problem"], "original-missing");
        assert_eq!(answer["problems"][0]["asset_id"], all[1].asset.to_string());
    }
    let jobs = owner.get("/jobs?state=queued").await.with(200);
    let kinds = jobs["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["kind"].clone());
    let rereads = kinds.filter(|kind| kind == "reread-asset").count();
    assert_eq!(rereads, 1, "{jobs}");
    let shown = owner
        .get(&format!("/assets/{}", all[0].asset))
        .await
        .with(200);
    assert_eq!(shown["jobs"][0]["kind"], "reread-asset");
}

async fn a_watcher_is_told_of_an_edit(world: World) {
    use futures::StreamExt;

    let owner = world.owner().await;
    let id = planted(&world, &owner, &["a.jpg"]).await[0].asset;
    let events = owner.path("/events");
    let stream = owner.open(reqwest::Method::GET, &events, &[], None).await;
    let mut stream = stream.bytes_stream();
    let body = json!({ "ids": [id], "changes": { "title": "New" } });
    owner.post("/assets/edit", body).await.with(200);
    let mut told = String::new();
    while !told.contains(&id.to_string()) {
        let next = tokio::time::timeout(std::time::Duration::from_secs(30), stream.next());
        let chunk = next
            .await
            .expect("an event comes")
            .expect("the stream goes on");
        told.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
    }
    assert!(
        told.contains("event: asset") || told.contains("event:asset"),
        "{told}"
    );
}
