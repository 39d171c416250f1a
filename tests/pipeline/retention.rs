//! Rules that put photographs in the bin by themselves, and what asks first (D30).

use std::time::Duration;

use serde_json::{Value, json};
use stowage_tests::{Rows, eventually, fixtures};

use crate::world::World;

/// How long a rule may take on two busy cores.
const APPLIED: Duration = Duration::from_mins(1);

async fn tag(world: &World, paths: &[&str], tag: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for path in paths {
        ids.push(world.library.asset_id_at(path).await);
    }
    let body = json!({ "ids": ids, "changes": { "add_tags": [tag] } });
    world.library.post("/assets/edit", body).await;
    ids
}

async fn rule(world: &World, terms: Value) -> String {
    let body = json!({ "name": "A rule", "terms": terms });
    let rule = world.library.post("/retention/rules", body).await;
    rule["id"].as_str().unwrap_or_default().to_owned()
}

/// Waits for a batch to stand like this, and returns it.
async fn wait_for_batch(world: &World, state: &str) -> Value {
    eventually(&format!("a batch is {state}"), APPLIED, async || {
        let listed = world.library.try_get("/retention/batches").await?;
        let batch = &listed["items"][0];
        if batch["state"] == state {
            Ok(batch.clone())
        } else {
            Err(listed.to_string())
        }
    })
    .await
}

async fn in_bin(world: &World) -> usize {
    let bin = world.library.get("/bin").await;
    bin["items"].as_array().map_or(0, Vec::len)
}

/// A small batch goes by itself, a held photograph stays, and what came back is not taken twice.
pub(crate) async fn d30_a_rule_bins_what_it_means_and_no_more(world: World) {
    let album = fixtures::plain(5);
    world.import(&album).await;
    let paths: Vec<&str> = album.iter().map(|file| file.path.as_str()).collect();
    let tagged = tag(&world, &paths[..3], "draft").await;
    let hold = json!({ "asset_id": tagged[0], "reason": "a dispute" });
    world.library.post("/holds", hold).await;

    let id = rule(&world, json!({ "tag": "draft" })).await;
    let batch = wait_for_batch(&world, "done").await;
    assert_eq!((&batch["assets"], &batch["binned"]), (&json!(2), &json!(2)));
    assert_eq!(in_bin(&world).await, 2);
    assert_eq!(world.library.assets().await.len(), 3);
    let acts = world
        .library
        .get(&format!("/audit?subject_id={}", tagged[1]))
        .await;
    assert_eq!(acts["items"][0]["action"], "asset.trashed");
    assert_eq!(acts["items"][0]["user_id"], Value::Null);
    assert_eq!(acts["items"][0]["detail"]["rule"], "A rule");

    // Run again there is nothing to do, and no batch of nothing.
    let run = format!("/retention/rules/{id}/run");
    world.library.post(&run, json!({})).await;
    world.library.wait_until_idle().await;
    let batches = world.library.get("/retention/batches").await;
    assert_eq!(batches["items"].as_array().map(Vec::len), Some(1));
}

/// More than a hundred and a tenth wait for an administrator, whose word is for those that still
/// are meant.
pub(crate) async fn d30_a_large_batch_waits_for_an_administrator(world: World) {
    world.import(&fixtures::plain(3)).await;
    let rows = world.library.rows();
    world.library.wait_until_idle().await;
    plant_copies(&world, 120).await;
    let live = rows
        .count("select count(*) from asset where lifecycle = 'live'")
        .await;
    assert_eq!(live, 123);

    rule(
        &world,
        json!({ "age": { "basis": "imported", "days": 30 } }),
    )
    .await;
    let batch = wait_for_batch(&world, "waiting").await;
    assert_eq!(
        (&batch["assets"], &batch["binned"]),
        (&json!(120), &json!(0))
    );
    world.library.wait_until_idle().await;
    assert_eq!(in_bin(&world).await, 0, "nothing goes without a word");
    let id = batch["id"].as_str().unwrap_or_default().to_owned();

    // One of them is held meanwhile: an administrator's word does not reach it.
    let named = format!(
        "select {} from asset where name = 'copy-7.jpg'",
        rows.id("id")
    );
    let held = rows.texts(&named).await.concat().remove(0);
    let held: uuid::Uuid = held.parse().unwrap();
    let hold = json!({ "asset_id": held, "reason": "a dispute" });
    world.library.post("/holds", hold).await;
    let approve = format!("/retention/batches/{id}/approve");
    world.library.post(&approve, json!({})).await;
    let batch = wait_for_batch(&world, "done").await;
    assert_eq!(batch["binned"], 119);
    assert_eq!(batch["decided_by"], "Owner");
    let binned = "select count(*) from asset where lifecycle = 'trashed'";
    assert_eq!(rows.count(binned).await, 119);
    let again = world.library.try_post(&approve, json!({})).await;
    assert!(again.is_err_and(|why| why.contains("batch-decided")));
}

/// Refused, nothing goes, then or later.
pub(crate) async fn d30_a_refused_batch_never_goes(world: World) {
    world.import(&fixtures::plain(2)).await;
    plant_copies(&world, 120).await;
    rule(
        &world,
        json!({ "age": { "basis": "imported", "days": 30 } }),
    )
    .await;
    let batch = wait_for_batch(&world, "waiting").await;
    let id = batch["id"].as_str().unwrap_or_default().to_owned();
    world
        .library
        .post(&format!("/retention/batches/{id}/refuse"), json!({}))
        .await;
    wait_for_batch(&world, "refused").await;
    world.library.wait_until_idle().await;
    assert_eq!(in_bin(&world).await, 0);
    let left = "select count(*) from retention_item";
    assert_eq!(world.library.rows().count(left).await, 0);
}

/// Killed in the middle, a batch goes on and takes nothing twice.
pub(crate) async fn d30_a_batch_that_is_killed_goes_on(mut world: World) {
    world.import(&fixtures::plain(2)).await;
    plant_copies(&world, 600).await;
    rule(
        &world,
        json!({ "age": { "basis": "imported", "days": 30 } }),
    )
    .await;
    let batch = wait_for_batch(&world, "waiting").await;
    let id = batch["id"].as_str().unwrap_or_default().to_owned();
    world
        .library
        .post(&format!("/retention/batches/{id}/approve"), json!({}))
        .await;
    for _ in 0..2 {
        let purger = world.stowage.process("retention-purger");
        purger.kill();
        purger.start();
        world.stowage.wait_until_ready().await;
    }
    let batch = wait_for_batch(&world, "done").await;
    assert_eq!(batch["binned"], 600);
    let acts = "select count(*) from audit where action = 'asset.trashed'";
    assert_eq!(world.library.rows().count(acts).await, 600);
}

/// Copies a row of the catalog many times, as if so many had been imported long ago.
async fn plant_copies(world: &World, count: u32) {
    let rows = world.library.rows();
    let new_id = match rows {
        Rows::Postgres(_) => "gen_random_uuid()",
        Rows::Sqlite(_) => "randomblob(16)",
    };
    let columns = "workspace_id, lifecycle, version, media_type, placeholder, read_state, size, \
                   sort_at, month, is_animated, metadata, search_text, updated_at";
    let sql = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {count}) \
         insert into asset (id, name, created_at, {columns}) \
         select {new_id}, 'copy-' || n.i || '.jpg', 1000000, {columns} from n, \
         (select * from asset where name not like 'copy-%' limit 1) a"
    );
    rows.texts(&sql).await;
}
