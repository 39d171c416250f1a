//! Jobs.

use crate::{on_both_databases, world::World};
use serde_json::json;

on_both_databases!(a_job_that_gave_up_is_listed_and_tried_again);

async fn a_job_that_gave_up_is_listed_and_tried_again(world: World) {
    let owner = world.owner().await;
    let id = world.plant_dead_job(owner.workspace.parse().unwrap()).await;

    let listed = owner.get("/jobs?state=dead").await.with(200);
    assert_eq!(listed["items"][0]["id"], id.to_string());
    assert_eq!(listed["items"][0]["error"], "it cannot be decoded");

    let retry = format!("/jobs/{id}/retry");
    owner.post(&retry, json!({})).await.with(202);

    assert_eq!(owner.get("/jobs").await.with(200)["items"], json!([]));
    let queued = owner.get("/jobs?state=queued&limit=1").await.with(200);
    assert_eq!(queued["items"][0]["attempts"], 0);
    let again = owner.post(&retry, json!({})).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (409, "job-not-parked")
    );
}
