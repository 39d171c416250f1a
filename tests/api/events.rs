//! Live events.

use std::time::Duration;

use futures::StreamExt;
use reqwest::Method;
use serde_json::json;
use tokio::time::timeout;

use crate::{on_both_databases, person::Person, storages::connect, world::World};

on_both_databases!(who_watches_hears_of_changes_and_resumes_where_it_was);

/// A stream of events that is being read.
struct Watching {
    body: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

async fn watch(person: &Person, last: Option<&str>) -> Watching {
    let headers: Vec<(&str, &str)> = last.map(|id| ("last-event-id", id)).into_iter().collect();
    let answer = person
        .open(Method::GET, &person.path("/events"), &headers, None)
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    Watching {
        body: answer.bytes_stream().boxed(),
        text: String::new(),
    }
}

impl Watching {
    /// Returns the next block of the stream, none when it ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let chunk = timeout(Duration::from_secs(10), self.body.next());
            let chunk = chunk.await.expect("nothing came for ten seconds")?.ok()?;
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

fn id_of(block: &str) -> &str {
    block
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap_or_default()
}

async fn who_watches_hears_of_changes_and_resumes_where_it_was(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let mut watching = watch(&owner, None).await;
    let start = watching.next().await.unwrap();
    assert!(
        !id_of(&start).is_empty() && !start.contains("data:"),
        "{start}"
    );

    owner
        .patch(&format!("/storages/{storage}"), json!({ "name": "Album" }))
        .await
        .with(200);

    let told = watching.next().await.unwrap();
    assert!(told.contains("event: storage"), "{told}");
    assert!(
        told.contains(&format!("data: {{\"ids\":[\"{storage}\"]}}")),
        "{told}"
    );

    let mut again = watch(&owner, Some(id_of(&start))).await;
    assert_eq!(again.next().await.unwrap(), told);
    let mut lost = watch(&owner, Some("elsewhere-7")).await;
    assert!(lost.next().await.unwrap().contains("event: reset"));
}

#[tokio::test]
async fn watchers_go_when_the_gateway_stops() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let mut watching = watch(&owner, None).await;
    watching.next().await.unwrap();

    world.shutdown.soft.cancel();

    assert_eq!(watching.next().await, None);
}
