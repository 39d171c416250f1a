//! A plan that excludes external storages while one of them is the main storage (D8, D20).

use std::{fs, time::Duration};

use reqwest::{Client, header::AUTHORIZATION};
use serde_json::{Value, json};
use stowage_tests::{eventually, fixtures::Picture};

use crate::world::World;

const SOON: Duration = Duration::from_mins(1);

fn picture(number: u32) -> Vec<u8> {
    Picture::numbered(number).jpeg()
}

/// Sets, as whoever runs the server, whether the library may have external storages.
async fn set_external(world: &World, external_storages: bool) {
    let token = world.stowage.home().join("data/keys/operator-token");
    let token = fs::read_to_string(token).expect("the all-in-one made a token");
    let plan = json!({
        "central_bytes": null,
        "storages": null,
        "external_storages": external_storages,
        "photos_per_request": null,
        "permanent_links": true,
    });
    let url = format!(
        "{}/api/v1/operator/workspaces/{}/plan",
        world.stowage.url(),
        world.library.workspace()
    );
    let client = Client::builder()
        .no_proxy()
        .build()
        .expect("a plain client");
    let answer = client
        .put(url)
        .header(AUTHORIZATION, format!("Bearer {}", token.trim()))
        .json(&plan)
        .send()
        .await
        .expect("the server answers");
    assert_eq!(answer.status(), 200);
}

/// Sends a file, and returns the asset that it becomes.
async fn send(world: &World, name: &str, bytes: &[u8]) -> String {
    let id = world.library.send(name, bytes).await;
    eventually("an upload is an asset", SOON, async || {
        let upload = world.library.try_get(&format!("/uploads/{id}")).await?;
        let asset = upload["asset_id"].as_str().map(str::to_owned);
        asset.ok_or_else(|| upload.to_string())
    })
    .await
}

async fn lies_in(world: &World, asset: &str) -> Value {
    world.library.asset(asset).await["locations"][0]["storage_id"].clone()
}

pub(crate) async fn d8_d20_a_plan_without_external_storages_keeps_originals_here_until_it_has_them(
    world: World,
) {
    let library = &world.library;
    world.place.put("theirs.jpg", &picture(1));
    let storage = library.connect_writable(&world.place).await;
    library.choose_main(Some(&storage)).await;

    // What was announced for the main storage cannot be delivered when the plan changes.
    world.place.replace_by_empty();
    let waiting = send(&world, "waiting.jpg", &picture(2)).await;
    set_external(&world, false).await;
    world.place.bring_back();
    library.post("/transfers/retry", json!({})).await;
    let ledger = eventually("it waits for the plan", SOON, async || {
        let ledger = library.try_get("/transfers").await?;
        let reason = ledger["items"][0]["reason"].as_str().unwrap_or_default();
        let waits = reason.contains("the plan does not include external storages");
        if waits {
            Ok(ledger)
        } else {
            Err(ledger.to_string())
        }
    })
    .await;
    assert_eq!(ledger["items"][0]["state"], "planned", "{ledger}");
    let main = library.get("/main-storage").await;
    assert_eq!(
        (&main["goes_to"], &main["away"], &main["waiting"]),
        (&Value::Null, &"not_in_plan".into(), &1.into())
    );

    // New files go to central storage; what is outside is scanned, imported and read.
    let hosted = send(&world, "hosted.jpg", &picture(3)).await;
    world.place.put("theirs-too.jpg", &picture(4));
    // One job is left all the time: what waits.
    let scan = world.rescan_once(&storage).await;
    assert_eq!(
        (&scan["state"], &scan["new"]),
        (&"complete".into(), &1.into())
    );
    eventually("what is outside is imported", SOON, async || {
        let listed = library.try_get("/assets?limit=10").await?;
        let count = listed["items"].as_array().map_or(0, Vec::len);
        if count == 4 {
            Ok(())
        } else {
            Err(format!("{count}"))
        }
    })
    .await;
    let theirs = library.asset_id_at("theirs-too.jpg").await;
    let (status, bytes) = library
        .download(&format!("/assets/{theirs}/original"))
        .await;
    assert!(status == 200 && bytes == picture(4));
    for asset in [&waiting, &hosted] {
        assert_ne!(lies_in(&world, asset).await, Value::from(storage.clone()));
    }

    // The plan has them again: what waits goes at once, and so does what comes.
    set_external(&world, true).await;
    let new = send(&world, "new.jpg", &picture(5)).await;
    library.wait_for_transfers("done", 2).await;
    for asset in [&waiting, &new] {
        assert_eq!(lies_in(&world, asset).await, Value::from(storage.clone()));
    }
    assert_ne!(
        lies_in(&world, &hosted).await,
        Value::from(storage.clone()),
        "it stays"
    );
}

pub(crate) async fn d8_d20_what_waits_stays_here_where_central_storage_is_chosen_instead(
    world: World,
) {
    let library = &world.library;
    let storage = library.connect_writable(&world.place).await;
    library.choose_main(Some(&storage)).await;
    world.place.replace_by_empty();
    let waiting = send(&world, "waiting.jpg", &picture(2)).await;
    set_external(&world, false).await;
    library.choose_main(None).await;
    world.place.bring_back();
    library.wait_until_idle().await;
    let main = library.get("/main-storage").await;
    assert_eq!(main["waiting"], 0, "{main}");
    let (status, bytes) = library
        .download(&format!("/assets/{waiting}/original"))
        .await;
    assert!(status == 200 && bytes == picture(2));
    assert_ne!(lies_in(&world, &waiting).await, Value::from(storage));
}
