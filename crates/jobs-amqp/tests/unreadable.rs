//! What cannot be read is put aside, and holds nobody up.

use std::time::Duration;

use futures::StreamExt;
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    options::{BasicGetOptions, BasicPublishOptions},
};
use stowage_jobs::{Bus, conformance::envelope};
use stowage_jobs_amqp::{AmqpBus, AmqpConfig};
use tokio::time::timeout;

const URL: &str = "STOWAGE_TEST_AMQP_URL";
const SOON: Duration = Duration::from_secs(10);

async fn channel(url: &str) -> (Connection, Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default())
        .await
        .expect("the broker is there");
    let channel = connection
        .create_channel()
        .await
        .expect("the broker is there");
    (connection, channel)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_cannot_be_read_goes_to_the_dead_letters() {
    let Some(url) = stowage_config::env(URL) else {
        let is_required = stowage_config::env("STOWAGE_REQUIRE_ALL_BACKENDS");
        assert!(is_required.as_deref() != Some("1"), "{URL} is not set");
        eprintln!("skipped: RabbitMQ ({URL} is not set)");
        return;
    };
    let prefix = format!("test-unreadable-{}.", std::process::id());
    let config = AmqpConfig {
        url: url.as_str().into(),
        prefix: prefix.clone(),
        ..AmqpConfig::default()
    };
    let bus = AmqpBus::new(config);
    let mut deliveries = bus.subscribe("reap-orphans", 1).await.unwrap();
    let (_connection, channel) = channel(&url).await;

    let queue = format!("{prefix}reap-orphans.v1");
    let options = BasicPublishOptions::default();
    let properties = BasicProperties::default();
    let publish = channel.basic_publish("".into(), queue.into(), options, b"\xff\xff", properties);
    publish.await.unwrap().await.unwrap();
    bus.ring(&[envelope("reap-orphans", 1)])
        .await
        .pop()
        .unwrap()
        .unwrap();

    let delivery = timeout(SOON, deliveries.next()).await.unwrap().unwrap();
    assert_eq!(delivery.envelope(), &envelope("reap-orphans", 1));
    delivery.acknowledge().await.unwrap();
    let aside = timeout(SOON, async {
        loop {
            let queue = format!("{prefix}dead-letters.v1");
            let got = channel
                .basic_get(queue.into(), BasicGetOptions { no_ack: true })
                .await;
            if let Some(message) = got.unwrap() {
                return message.delivery.data;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(
        aside.await.expect("it should be among the dead letters"),
        b"\xff\xff"
    );
    bus.remove_everything().await.unwrap();
    bus.close().await;
}
