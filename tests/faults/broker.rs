//! A broker that is killed, restarted and emptied under a running bus.

use std::{process::Command, time::Duration};

use futures::StreamExt;
use stowage_jobs::{Bus, Deliveries, Delivery, Event, Events, conformance::envelope};
use stowage_jobs_amqp::{AmqpBus, AmqpConfig};
use tokio::time::{Instant, timeout};

const KIND: &str = "reap-orphans";
/// A broker takes about ten seconds to start on two cores.
const HEALED: Duration = Duration::from_secs(90);

/// The test broker, which runs again when this is dropped.
struct Broker {
    services: String,
    url: String,
}

impl Broker {
    /// Returns none, and says so, where nobody can stop and start one.
    fn find() -> Option<Self> {
        let names = ["STOWAGE_TEST_SERVICES", "STOWAGE_TEST_AMQP_URL"];
        let [services, url] = names.map(stowage_config::env);
        if let (Some(services), Some(url)) = (services, url) {
            return Some(Self { services, url });
        }
        let is_required = stowage_config::env("STOWAGE_REQUIRE_ALL_BACKENDS");
        assert!(
            is_required.as_deref() != Some("1"),
            "{names:?} are not all set"
        );
        eprintln!("skipped: a broker to kill ({names:?} are not all set)");
        None
    }

    fn bus(&self, settle: Duration) -> AmqpBus {
        let prefix = format!("test-{}.", uuid::Uuid::new_v4().simple());
        let url = self.url.as_str().into();
        AmqpBus::new(AmqpConfig {
            url,
            prefix,
            settle,
            ..AmqpConfig::default()
        })
    }

    fn services(&self, words: &[&str]) {
        let done = Command::new(&self.services).args(words).output().unwrap();
        let text = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "services {words:?}: {text}");
    }

    /// Clears away what a test left on a broker that it started again. The queues cannot be deleted
    /// one by one: one that is deleted while its dead-letter worker starts takes the supervisor of
    /// all of them along (seen with 3.10), and no quorum queue works from then on.
    fn empty(&self) {
        self.services(&["stop", "rabbitmq", "--kill", "--wipe"]);
        self.services(&["start", "rabbitmq"]);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = Command::new(&self.services)
            .args(["start", "rabbitmq"])
            .output();
    }
}

async fn ring(bus: &AmqpBus, number: u32) -> bool {
    bus.ring(&[envelope(KIND, number)])
        .await
        .pop()
        .unwrap()
        .is_ok()
}

async fn ring_until_confirmed(bus: &AmqpBus, number: u32) {
    let deadline = Instant::now() + HEALED;
    while !ring(bus, number).await {
        assert!(Instant::now() < deadline, "the bus did not heal");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits for a ring for the `number`th job, and acknowledges others on the way.
async fn hear(deliveries: &mut Deliveries, number: u32) {
    let wanted = envelope(KIND, number).job_id;
    loop {
        let delivery: Box<dyn Delivery> = timeout(HEALED, deliveries.next())
            .await
            .expect("a ring should arrive")
            .unwrap();
        let is_wanted = delivery.envelope().job_id == wanted;
        // On the channel of a dead broker this fails, and the ring comes again.
        let is_done = delivery.acknowledge().await.is_ok();
        if is_wanted && is_done {
            return;
        }
    }
}

async fn hear_event(bus: &AmqpBus, events: &mut Events) {
    let event = Event {
        workspace_id: "w".to_owned(),
        topic: 1,
        ids: Vec::new(),
    };
    let deadline = Instant::now() + HEALED;
    loop {
        let _ = bus.announce(event.clone()).await;
        if let Ok(heard) = timeout(Duration::from_millis(500), events.next()).await {
            assert_eq!(heard.as_ref(), Some(&event));
            return;
        }
        assert!(Instant::now() < deadline, "events did not heal");
    }
}

/// Long enough for elections.
const PATIENT: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_is_told_soon_and_rings_again_within_a_minute() {
    let Some(broker) = Broker::find() else {
        return;
    };
    let bus = broker.bus(PATIENT);
    for number in 0..200 {
        assert!(ring(&bus, number).await);
    }

    broker.services(&["stop", "rabbitmq", "--kill"]);
    let since = Instant::now();
    assert!(!ring(&bus, 999).await, "nobody is there to confirm");
    assert!(bus.check().await.is_err());
    assert!(
        since.elapsed() < Duration::from_secs(15),
        "{:?}",
        since.elapsed()
    );
    broker.services(&["start", "rabbitmq"]);
    let since = Instant::now();
    ring_until_confirmed(&bus, 1000).await;

    assert!(
        since.elapsed() < Duration::from_mins(1),
        "{:?}",
        since.elapsed()
    );
    let mut deliveries = bus.subscribe(KIND, 50).await.unwrap();
    hear(&mut deliveries, 1000).await;
    bus.close().await;
    broker.empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_streams_outlive_a_broker_that_is_killed_and_emptied() {
    let Some(broker) = Broker::find() else { return };
    let bus = broker.bus(PATIENT);
    let mut deliveries = bus.subscribe(KIND, 2).await.unwrap();
    let mut events = bus.events().await.unwrap();
    ring_until_confirmed(&bus, 1).await;
    hear(&mut deliveries, 1).await;

    broker.services(&["stop", "rabbitmq", "--kill", "--wipe"]);
    broker.services(&["start", "rabbitmq"]);

    ring_until_confirmed(&bus, 2).await;
    hear(&mut deliveries, 2).await;
    hear_event(&bus, &mut events).await;
    bus.check().await.unwrap();
    bus.remove_everything().await.unwrap();
    bus.close().await;
}

/// After a kill some queues never find a leader (rabbitmq-server #10070), above all when they get
/// a command before their election. The job table rings again for what such a queue held.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_lost_its_leader_for_good_is_made_anew() {
    let Some(broker) = Broker::find() else { return };
    let bus = broker.bus(Duration::ZERO);
    ring_until_confirmed(&bus, 1).await;

    broker.services(&["stop", "rabbitmq", "--kill"]);
    assert!(!ring(&bus, 2).await, "nobody is there to confirm");
    broker.services(&["start", "rabbitmq"]);

    ring_until_confirmed(&bus, 3).await;
    let mut deliveries = bus.subscribe(KIND, 2).await.unwrap();
    hear(&mut deliveries, 3).await;
    bus.close().await;
    broker.empty();
}
