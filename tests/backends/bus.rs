//! Every bus keeps the same promises. The one in memory is tested beside itself.

use std::time::Duration;

use futures::StreamExt;
use stowage_jobs::{
    Bus, BusError, Delivery,
    conformance::{Case, envelope},
};
use stowage_jobs_amqp::{AmqpBus, AmqpConfig};
use tokio::time::timeout;

const URL: &str = "STOWAGE_TEST_AMQP_URL";
const KIND: &str = "reap-orphans";
const SOON: Duration = Duration::from_secs(10);

/// Names of our own on the broker that all tests share.
struct TestBroker {
    config: AmqpConfig,
}

impl TestBroker {
    /// Returns none, and says so, where there is no server.
    fn find() -> Option<Self> {
        let Some(url) = stowage_config::env(URL) else {
            let is_required = stowage_config::env("STOWAGE_REQUIRE_ALL_BACKENDS");
            assert!(is_required.as_deref() != Some("1"), "{URL} is not set");
            eprintln!("skipped: RabbitMQ ({URL} is not set)");
            return None;
        };
        let prefix = format!("test-{}.", uuid::Uuid::new_v4().simple());
        let config = AmqpConfig {
            url: url.as_str().into(),
            prefix,
            ..AmqpConfig::default()
        };
        Some(Self { config })
    }

    /// Makes a bus as one process has it.
    fn bus(&self) -> AmqpBus {
        AmqpBus::new(self.config.clone())
    }

    async fn clear(self) {
        let bus = self.bus();
        bus.remove_everything().await.unwrap();
        bus.close().await;
    }
}

mod rabbitmq {
    use super::*;

    async fn with_bus(case: Case) {
        let Some(broker) = TestBroker::find() else {
            return;
        };
        let bus = broker.bus();
        case(&bus).await;
        bus.close().await;
        broker.clear().await;
    }

    stowage_jobs::bus_conformance!(with_bus);
}

async fn next(deliveries: &mut stowage_jobs::Deliveries) -> Box<dyn Delivery> {
    timeout(SOON, deliveries.next())
        .await
        .expect("a ring should arrive")
        .unwrap()
}

async fn ring(bus: &AmqpBus, number: u32) -> Result<(), BusError> {
    bus.ring(&[envelope(KIND, number)]).await.pop().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_makes_missing_queues_anew() {
    let Some(broker) = TestBroker::find() else {
        return;
    };
    let bus = broker.bus();
    ring(&bus, 1).await.unwrap();
    bus.remove_everything().await.unwrap();

    ring(&bus, 2).await.unwrap();

    let mut deliveries = bus.subscribe(KIND, 1).await.unwrap();
    let delivery = next(&mut deliveries).await;
    assert_eq!(delivery.envelope().job_id, envelope(KIND, 2).job_id);
    delivery.acknowledge().await.unwrap();
    bus.close().await;
    broker.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_outlives_its_queue() {
    let Some(broker) = TestBroker::find() else {
        return;
    };
    let (consumer, other) = (broker.bus(), broker.bus());
    let mut deliveries = consumer.subscribe(KIND, 1).await.unwrap();
    other.remove_everything().await.unwrap();

    // The consumer notices while it is asked, and so does the publisher.
    let (delivery, rung) = tokio::join!(next(&mut deliveries), ring(&other, 1));

    rung.unwrap();
    delivery.acknowledge().await.unwrap();
    consumer.close().await;
    other.close().await;
    broker.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_rings_and_keeps_what_it_has() {
    let Some(mut broker) = TestBroker::find() else {
        return;
    };
    broker.config.queue_length = 10;
    let bus = broker.bus();
    let many: Vec<_> = (0..100).map(|number| envelope(KIND, number)).collect();

    // The broker learns that a queue is full a moment after it is.
    let mut confirmed = 0;
    let refused = loop {
        let results = bus.ring(&many).await;
        let is_refused = |r: &Result<(), BusError>| matches!(r, Err(BusError::Unconfirmed));
        assert!(
            results.iter().all(|r| r.is_ok() || is_refused(r)),
            "{results:?}"
        );
        confirmed += results.iter().filter(|r| r.is_ok()).count();
        if results.iter().any(is_refused) {
            break results;
        }
        assert!(confirmed < 5_000, "nothing is refused");
    };

    assert!(
        matches!(refused.last(), Some(Err(_))),
        "once full, a queue stays full"
    );
    let mut deliveries = bus.subscribe(KIND, 100).await.unwrap();
    for _ in 0..confirmed {
        next(&mut deliveries).await.acknowledge().await.unwrap();
    }
    bus.close().await;
    broker.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_is_told_soon() {
    let config = AmqpConfig {
        url: "amqp://guest:guest@127.0.0.1:1/%2f".into(),
        ..AmqpConfig::default()
    };
    let bus = AmqpBus::new(config);

    let results = timeout(SOON, bus.ring(&[envelope(KIND, 1), envelope(KIND, 2)]))
        .await
        .unwrap();

    assert!(
        matches!(results[0], Err(BusError::Unavailable(_))),
        "{results:?}"
    );
    assert!(results[1].is_err());
    assert!(bus.check().await.is_err());
    assert!(bus.subscribe(KIND, 1).await.is_err());
    bus.close().await;
}
