use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use stowage_jobs::{Bus, BusError, Deliveries, Envelope, Event, Events};
use stowage_jobs_memory::MemoryBus;
use stowage_proto::job::ReapOrphans;
use tokio::time::Instant;

use crate::{fixture::Fixture, table::State};

const JOB: ReapOrphans = ReapOrphans {};

/// A bus that fails the first rings, and can lose all that it holds.
#[derive(Debug)]
struct Fragile {
    inner: Arc<MemoryBus>,
    failures: AtomicU32,
    /// Confirms and loses this many rings.
    lost: AtomicU32,
}

fn take_one(from: &AtomicU32) -> bool {
    from.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}

#[async_trait]
impl Bus for Fragile {
    async fn ring(&self, envelopes: &[Envelope]) -> Vec<Result<(), BusError>> {
        let mut results = Vec::new();
        for envelope in envelopes {
            if take_one(&self.failures) {
                results.push(Err(BusError::Unconfirmed));
            } else if take_one(&self.lost) {
                results.push(Ok(()));
            } else {
                results.extend(self.inner.ring(std::slice::from_ref(envelope)).await);
            }
        }
        results
    }

    async fn subscribe(&self, kind: &'static str, prefetch: u16) -> Result<Deliveries, BusError> {
        self.inner.subscribe(kind, prefetch).await
    }

    async fn announce(&self, event: Event) -> Result<(), BusError> {
        self.inner.announce(event).await
    }

    async fn events(&self) -> Result<Events, BusError> {
        self.inner.events().await
    }

    async fn check(&self) -> Result<(), BusError> {
        self.inner.check().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

fn fragile(fixture: &Fixture, failures: u32, lost: u32) -> Arc<Fragile> {
    let inner = fixture.bus.clone();
    Arc::new(Fragile {
        inner,
        failures: failures.into(),
        lost: lost.into(),
    })
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_fails_is_tried_until_it_works() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.work(1, async |_| Ok(()));
    fixture.relay_to(fragile(&fixture, 5, 0));

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!(fixture.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_emptied_broker_costs_a_minute_and_no_job() {
    let mut fixture = Fixture::new();
    let ids: Vec<_> = (0..10).map(|_| fixture.table.add(&JOB)).collect();
    fixture.work(4, async |_| Ok(()));
    let since = Instant::now();
    fixture.relay_to(fragile(&fixture, 0, 10));

    for id in ids {
        fixture
            .table
            .until(id, |row| row.state == State::Done)
            .await;
    }

    assert!(
        since.elapsed() < Duration::from_secs(70),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(fixture.runs(), 10);
}

#[tokio::test(start_paused = true)]
async fn several_relays_ring_more_and_run_no_more() {
    let mut fixture = Fixture::new();
    let ids: Vec<_> = (0..50).map(|_| fixture.table.add(&JOB)).collect();
    fixture.relay();
    fixture.relay();
    fixture.relay();
    fixture.work(4, async |_| Ok(()));

    for id in ids {
        fixture
            .table
            .until(id, |row| row.state == State::Done)
            .await;
    }

    fixture.bus.drain().await;
    assert_eq!(fixture.runs(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_new_row_rings_at_once() {
    let mut fixture = Fixture::new();
    fixture.relay();
    fixture.work(1, async |_| Ok(()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let since = Instant::now();

    let id = fixture.table.add(&JOB);
    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert!(
        since.elapsed() < Duration::from_millis(100),
        "{:?}",
        since.elapsed()
    );
}
