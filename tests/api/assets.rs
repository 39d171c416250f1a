//! Assets: lists, filters, the whole of one.

use serde_json::{Value, json};

use crate::{on_both_databases, storages::connect, world::World};

on_both_databases!(
    an_asset_is_listed_counted_and_shown,
    filters_are_taken_together,
    an_asset_is_read_again_when_somebody_asks,
);

async fn an_asset_is_listed_counted_and_shown(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "Rome/a.jpg", b"bytes", "image/jpeg")
        .await;

    let listed = owner.get("/assets").await.with(200);
    let card = &listed["items"][0];
    assert_eq!(card["id"], planted.asset.to_string());
    assert_eq!(card["taken_at"], "2024-05-03T12:00:00");
    assert_eq!(card["status"], "ready");
    assert_eq!(card["availability"], "available");
    assert_eq!(card["thumbhash"], "AQID");
    let thumbnail = format!(
        "/api/v1/workspaces/{workspace}/renditions/{}/thumbnail.jpg",
        planted.content_key
    );
    assert_eq!(card["thumbnail_url"], thumbnail);

    let shown = owner
        .get(&format!("/assets/{}", planted.asset))
        .await
        .with(200);
    for (name, value) in card.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["metadata"]["title"], "A view");
    assert_eq!(shown["metadata"]["utc_offset"], "+02:00");
    assert_eq!(shown["sha256"], "07".repeat(32));
    assert_eq!(shown["warnings"], json!(["odd colours"]));
    assert_eq!(shown["locations"][0]["path"], "Rome/a.jpg");
    assert_eq!(shown["renditions"].as_array().unwrap().len(), 3);
    let tag = |name: &str, origin: &str| json!({ "name": name, "origin": origin, "by": null, "at": null });
    assert_eq!(
        shown["tags"],
        json!([tag("Rome", "folder"), tag("sea", "keyword")])
    );

    let timeline = owner.get("/assets/timeline").await.with(200);
    assert_eq!(
        timeline,
        json!({ "total": 1, "months": [{ "month": "2024-05", "count": 1 }] })
    );
    let facets = owner.get("/assets/facets").await.with(200);
    assert_eq!(
        facets["cameras"],
        json!([{ "name": "Walden 1", "count": 1 }])
    );
    assert_eq!(facets["storages"][0]["id"], storage.to_string());
    assert_eq!(owner.get("/stats").await.with(200)["by_status"]["ready"], 1);
}

async fn filters_are_taken_together(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    for name in ["a.jpg", "b.jpg", "c.png"] {
        let media_type = if name.ends_with("png") {
            "image/png"
        } else {
            "image/jpeg"
        };
        world
            .plant(workspace, storage, name, name.as_bytes(), media_type)
            .await;
    }
    for (query, count) in [
        ("", 3),
        ("media_type=image/jpeg", 2),
        ("media_type=image/jpeg&q=A.JPG", 1),
        ("tag=Rome&tag=sea", 3),
        ("tag=Rome&tag=Paris", 0),
        ("month=2024-05", 3),
        ("month=2024-06", 0),
        ("before=2024-06", 3),
        ("before=2024-05", 0),
        ("status=ready", 3),
        ("status=missing", 0),
        ("camera=Walden%201", 3),
        (&format!("storage_id={storage}"), 3),
        (&format!("storage_id={workspace}"), 0),
        ("q=", 3),
    ] {
        let listed = owner.get(&format!("/assets?{query}")).await.with(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), count, "{query}");
        if !query.starts_with("before") {
            let timeline = owner
                .get(&format!("/assets/timeline?{query}"))
                .await
                .with(200);
            assert_eq!(timeline["total"], count, "{query}");
        }
    }

    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner
            .get(&format!("/assets?limit=1{cursor}"))
            .await
            .with(200);
        names.push(page["items"][0]["name"].clone());
        let Value::String(next) = &page["next_cursor"] else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["a.jpg", "b.jpg", "c.png"]);
}

async fn an_asset_is_read_again_when_somebody_asks(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "a.jpg", b"bytes", "image/jpeg")
        .await;
    let retry = format!("/assets/{}/retry", planted.asset);

    let job = owner.post(&retry, json!({})).await.with(202)["job_id"].clone();

    let shown = owner
        .get(&format!("/assets/{}", planted.asset))
        .await
        .with(200);
    assert_eq!(
        (&shown["jobs"][0]["id"], &shown["jobs"][0]["kind"]),
        (&job, &json!("import-object"))
    );

    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    tx.objects()
        .mark_absent(planted.object, &planted.revision)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = owner.post(&retry, json!({})).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "original-missing")
    );
}
