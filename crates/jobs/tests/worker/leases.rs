use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::StreamExt;
use stowage_jobs::{Bus, BusError, Deliveries, Delivery, Envelope, Event, Events};
use stowage_proto::job::ReapOrphans;
use tokio::{sync::Notify, time::Instant};

use crate::{
    fixture::{Fixture, LEASE},
    table::State,
};

const JOB: ReapOrphans = ReapOrphans {};

#[tokio::test(start_paused = true)]
async fn a_long_job_keeps_its_lease() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |_| {
        tokio::time::sleep(LEASE * 10).await;
        Ok(())
    });

    let row = fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!((row.fence, fixture.runs()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_lease_is_taken_is_cancelled_and_writes_nothing() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    let cancelled = Arc::new(Notify::new());
    fixture.relay();
    let notify = cancelled.clone();
    fixture.work(1, move |context| {
        let notify = notify.clone();
        async move {
            context.cancelled.cancelled().await;
            notify.notify_one();
            Ok(())
        }
    });
    fixture
        .table
        .until(id, |row| row.lease_until.is_some())
        .await;

    fixture.table.change(id, |row| row.fence += 1);

    tokio::time::timeout(LEASE, cancelled.notified())
        .await
        .unwrap();
    fixture.bus.drain().await;
    assert_eq!(fixture.table.row(id).state, State::Live);
}

#[tokio::test(start_paused = true)]
async fn a_job_stops_before_its_lease_ends_when_the_table_is_away() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    let stopped_in_time = Arc::new(AtomicBool::new(false));
    let (table, in_time) = (fixture.table.clone(), stopped_in_time.clone());
    fixture.relay();
    fixture.work(1, move |context| {
        let (table, in_time) = (table.clone(), in_time.clone());
        async move {
            if context.attempt > 1 {
                return Ok(());
            }
            table.fail(1000);
            context.cancelled.cancelled().await;
            let until = table.row(context.id).lease_until.unwrap();
            in_time.store(Instant::now() < until, Ordering::SeqCst);
            table.fail(0);
            Ok(())
        }
    });

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert!(stopped_in_time.load(Ordering::SeqCst));
    assert_eq!(fixture.table.row(id).attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_table_that_stumbles_costs_no_job() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.table.fail(3);
    let table = fixture.table.clone();
    fixture.relay();
    fixture.work(1, move |_| {
        let table = table.clone();
        async move {
            table.fail(1);
            Ok(())
        }
    });

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!(fixture.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_ignores_its_cancellation_is_dropped() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |context| {
        if context.attempt == 1 {
            std::future::pending::<()>().await;
        }
        Ok(())
    });
    fixture
        .table
        .until(id, |row| row.lease_until.is_some())
        .await;

    // The lease is given to somebody else, who vanishes.
    fixture.table.change(id, |row| {
        row.fence += 1;
        row.lease_until = Some(Instant::now() + Duration::from_secs(5));
    });

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;
    assert_eq!(fixture.runs(), 2);
}

/// A bus whose broker hears no acknowledgement, as one that died a moment ago.
#[derive(Debug)]
struct Deaf(Arc<dyn Bus>);

struct Unheard(Box<dyn Delivery>);

#[async_trait]
impl Delivery for Unheard {
    fn envelope(&self) -> &Envelope {
        self.0.envelope()
    }

    async fn acknowledge(self: Box<Self>) -> Result<(), BusError> {
        std::future::pending().await
    }
}

#[async_trait]
impl Bus for Deaf {
    async fn ring(&self, envelopes: &[Envelope]) -> Vec<Result<(), BusError>> {
        self.0.ring(envelopes).await
    }

    async fn subscribe(&self, kind: &'static str, prefetch: u16) -> Result<Deliveries, BusError> {
        let deliveries = self.0.subscribe(kind, prefetch).await?;
        let unheard = |delivery| Box::new(Unheard(delivery)) as Box<dyn Delivery>;
        Ok(deliveries.map(unheard).boxed())
    }

    async fn announce(&self, event: Event) -> Result<(), BusError> {
        self.0.announce(event).await
    }

    async fn events(&self) -> Result<Events, BusError> {
        self.0.events().await
    }

    async fn check(&self) -> Result<(), BusError> {
        self.0.check().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_hears_no_acknowledgement_keeps_no_job_from_being_done() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    let deaf = Arc::new(Deaf(fixture.bus.clone()));
    fixture.work_from(deaf, 1, async |_| Ok(()));

    let row = fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!((row.fence, fixture.runs()), (1, 1));
}
