//! One sentence of contract per case, over any `&dyn Bus`; every bus passes all of them.
//!
//! A bus runs them with [`bus_conformance!`](crate::bus_conformance!) and a function that makes a
//! fresh, empty bus, runs the case that it is given, and clears up.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, future::BoxFuture};
use tokio::time::timeout;

use crate::{Bus, BusError, Deliveries, Delivery, Envelope, Event};

/// Makes one `#[tokio::test]` per case.
#[macro_export]
macro_rules! bus_conformance {
    ($with_bus:path) => {
        $crate::bus_conformance!(@cases $with_bus:
            a_ring_reaches_a_subscriber_whole,
            rings_wait_for_a_subscriber,
            each_ring_reaches_one_of_several_subscribers,
            an_acknowledged_ring_does_not_come_again,
            a_dropped_ring_comes_again,
            a_dropped_stream_gives_back_what_it_held,
            no_more_than_prefetch_are_in_hand,
            rings_for_an_unknown_kind_fail_and_others_do_not,
            hundreds_of_rings_are_confirmed_in_order,
            an_event_reaches_everybody_who_listens,
            an_event_before_listening_is_not_heard,
            a_closed_bus_ends_its_streams,
        );
    };
    (@cases $with_bus:path: $($case:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $with_bus(|bus| Box::pin($crate::conformance::$case(bus))).await;
        }
    )*};
}

/// One case, for the function that runs it against a fresh bus.
pub type Case = for<'a> fn(&'a dyn Bus) -> BoxFuture<'a, ()>;

const KIND: &str = "reap-orphans";
const OTHER_KIND: &str = "render-asset";

/// How long something may take that must happen.
const SOON: Duration = Duration::from_secs(10);
/// How long to listen for something that must not happen.
const QUIET: Duration = Duration::from_millis(300);

/// Makes a ring for the `number`th job.
pub fn envelope(kind: &str, number: u32) -> Envelope {
    Envelope {
        job_id: format!("00000000-0000-7000-8000-{number:012}"),
        workspace_id: "00000000-0000-7000-8000-00000000000a".to_owned(),
        kind: kind.to_owned(),
        payload: vec![0, 1, 2, 255].into(),
        trace: [("traceparent".to_owned(), "00-aa-bb-01".to_owned())].into(),
    }
}

fn envelopes(count: u32) -> Vec<Envelope> {
    (0..count).map(|number| envelope(KIND, number)).collect()
}

async fn ring_all(bus: &dyn Bus, envelopes: &[Envelope]) {
    for result in bus.ring(envelopes).await {
        result.expect("the ring should be confirmed");
    }
}

async fn subscribe(bus: &dyn Bus, prefetch: u16) -> Deliveries {
    bus.subscribe(KIND, prefetch)
        .await
        .expect("subscribing should work")
}

async fn next(deliveries: &mut Deliveries) -> Box<dyn Delivery> {
    let delivery = timeout(SOON, deliveries.next())
        .await
        .expect("a ring should arrive");
    delivery.expect("the stream should not end")
}

async fn assert_quiet(deliveries: &mut Deliveries) {
    let heard = timeout(QUIET, deliveries.next()).await;
    assert!(heard.is_err(), "nothing should ring");
}

pub async fn a_ring_reaches_a_subscriber_whole(bus: &dyn Bus) {
    let mut deliveries = subscribe(bus, 1).await;
    let sent = envelope(KIND, 1);

    ring_all(bus, std::slice::from_ref(&sent)).await;

    let delivery = next(&mut deliveries).await;
    assert_eq!(delivery.envelope(), &sent);
    delivery
        .acknowledge()
        .await
        .expect("acknowledging should work");
    bus.check().await.expect("the bus should answer");
}

pub async fn rings_wait_for_a_subscriber(bus: &dyn Bus) {
    ring_all(bus, &[envelope(KIND, 1)]).await;

    let mut deliveries = subscribe(bus, 1).await;

    next(&mut deliveries)
        .await
        .acknowledge()
        .await
        .expect("acknowledging should work");
}

pub async fn each_ring_reaches_one_of_several_subscribers(bus: &dyn Bus) {
    let mut one = subscribe(bus, 4).await;
    let mut other = subscribe(bus, 4).await;
    ring_all(bus, &envelopes(40)).await;

    let mut heard = Vec::new();
    while heard.len() < 40 {
        let delivery = tokio::select! {
            delivery = next(&mut one) => delivery,
            delivery = next(&mut other) => delivery,
        };
        heard.push(delivery.envelope().job_id.clone());
        delivery
            .acknowledge()
            .await
            .expect("acknowledging should work");
    }

    let distinct: BTreeSet<_> = heard.iter().collect();
    assert_eq!(distinct.len(), 40, "no ring should be heard twice");
    assert_quiet(&mut one).await;
    assert_quiet(&mut other).await;
}

pub async fn an_acknowledged_ring_does_not_come_again(bus: &dyn Bus) {
    ring_all(bus, &[envelope(KIND, 1)]).await;
    let mut deliveries = subscribe(bus, 1).await;

    next(&mut deliveries)
        .await
        .acknowledge()
        .await
        .expect("acknowledging should work");

    drop(deliveries);
    assert_quiet(&mut subscribe(bus, 1).await).await;
}

pub async fn a_dropped_ring_comes_again(bus: &dyn Bus) {
    ring_all(bus, &[envelope(KIND, 1)]).await;
    let mut deliveries = subscribe(bus, 1).await;

    drop(next(&mut deliveries).await);

    let again = next(&mut deliveries).await;
    assert_eq!(again.envelope().job_id, envelope(KIND, 1).job_id);
    again
        .acknowledge()
        .await
        .expect("acknowledging should work");
}

pub async fn a_dropped_stream_gives_back_what_it_held(bus: &dyn Bus) {
    ring_all(bus, &envelopes(3)).await;
    let mut deliveries = subscribe(bus, 3).await;
    drop(next(&mut deliveries).await);
    drop(deliveries);

    let mut heard = BTreeSet::new();
    let mut deliveries = subscribe(bus, 3).await;
    for _ in 0..3 {
        let delivery = next(&mut deliveries).await;
        heard.insert(delivery.envelope().job_id.clone());
        delivery
            .acknowledge()
            .await
            .expect("acknowledging should work");
    }

    assert_eq!(heard.len(), 3);
}

pub async fn no_more_than_prefetch_are_in_hand(bus: &dyn Bus) {
    ring_all(bus, &envelopes(3)).await;
    let mut deliveries = subscribe(bus, 2).await;
    let first = next(&mut deliveries).await;
    let second = next(&mut deliveries).await;

    assert_quiet(&mut deliveries).await;

    first
        .acknowledge()
        .await
        .expect("acknowledging should work");
    let third = next(&mut deliveries).await;
    second
        .acknowledge()
        .await
        .expect("acknowledging should work");
    third
        .acknowledge()
        .await
        .expect("acknowledging should work");
}

pub async fn rings_for_an_unknown_kind_fail_and_others_do_not(bus: &dyn Bus) {
    let rings = [
        envelope(KIND, 1),
        envelope("make-coffee", 2),
        envelope(OTHER_KIND, 3),
    ];

    let results = bus.ring(&rings).await;

    assert!(results[0].is_ok(), "{results:?}");
    let is_unroutable =
        matches!(&results[1], Err(BusError::Unroutable { kind }) if kind == "make-coffee");
    assert!(is_unroutable, "{results:?}");
    assert!(results[2].is_ok(), "{results:?}");
}

pub async fn hundreds_of_rings_are_confirmed_in_order(bus: &dyn Bus) {
    let results = bus.ring(&envelopes(500)).await;
    assert_eq!(results.len(), 500);
    assert!(results.iter().all(Result::is_ok));

    let mut deliveries = subscribe(bus, 50).await;
    for number in 0..500 {
        let delivery = next(&mut deliveries).await;
        assert_eq!(delivery.envelope().job_id, envelope(KIND, number).job_id);
        delivery
            .acknowledge()
            .await
            .expect("acknowledging should work");
    }
}

fn event(number: u32) -> Event {
    let workspace_id = "00000000-0000-7000-8000-00000000000a".to_owned();
    Event {
        workspace_id,
        topic: 1,
        ids: vec![number.to_string()],
    }
}

pub async fn an_event_reaches_everybody_who_listens(bus: &dyn Bus) {
    let mut one = bus.events().await.expect("listening should work");
    let mut other = bus.events().await.expect("listening should work");

    bus.announce(event(1))
        .await
        .expect("announcing should work");

    for events in [&mut one, &mut other] {
        let heard = timeout(SOON, events.next())
            .await
            .expect("the event should arrive");
        assert_eq!(heard, Some(event(1)));
    }
}

pub async fn an_event_before_listening_is_not_heard(bus: &dyn Bus) {
    bus.announce(event(1))
        .await
        .expect("announcing to nobody should work");

    let mut events = bus.events().await.expect("listening should work");

    bus.announce(event(2))
        .await
        .expect("announcing should work");
    let heard = timeout(SOON, events.next())
        .await
        .expect("the event should arrive");
    assert_eq!(heard, Some(event(2)));
}

pub async fn a_closed_bus_ends_its_streams(bus: &dyn Bus) {
    let mut deliveries = subscribe(bus, 1).await;
    let mut events = bus.events().await.expect("listening should work");

    bus.close().await;

    assert!(
        timeout(SOON, deliveries.next())
            .await
            .expect("the stream should end")
            .is_none()
    );
    assert!(
        timeout(SOON, events.next())
            .await
            .expect("the stream should end")
            .is_none()
    );
    assert!(bus.check().await.is_err());
    assert!(bus.ring(&[envelope(KIND, 1)]).await[0].is_err());
}
