//! The bus itself.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use stowage_jobs::{Bus, BusError, Deliveries, Delivery, Envelope, Event, Events, KINDS};
use tokio::sync::{Semaphore, broadcast};
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;

use crate::queue::{Busy, Queue};

const QUEUE_LENGTH: usize = 100_000;
const EVENTS_KEPT: usize = 1024;

/// Rings and events within one process.
#[derive(Debug)]
pub struct MemoryBus {
    queues: HashMap<&'static str, Arc<Queue>>,
    events: broadcast::Sender<Event>,
    busy: Busy,
    closed: CancellationToken,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryBus {
    /// Makes a bus with a queue for every kind of job.
    pub fn new() -> Self {
        Self::with_queue_length(QUEUE_LENGTH)
    }

    /// As [`MemoryBus::new`], refusing rings beyond `length` in one queue.
    pub fn with_queue_length(length: usize) -> Self {
        let busy = Busy::new();
        let queue = |kind| (kind, Arc::new(Queue::new(length, busy.clone())));
        Self {
            queues: KINDS.into_iter().map(queue).collect(),
            events: broadcast::Sender::new(EVENTS_KEPT),
            busy,
            closed: CancellationToken::new(),
        }
    }

    /// Waits until no ring is queued or taken, and no job that was rung for still runs.
    ///
    /// Jobs that the last one made necessary ring only when the relay sees their rows: a test that
    /// waits for a chain asks the job table as well.
    pub async fn drain(&self) {
        self.busy.none().await;
    }

    /// Returns how many rings of a kind wait for a taker.
    pub fn waiting(&self, kind: &str) -> usize {
        self.queues.get(kind).map_or(0, |queue| queue.len())
    }

    fn open(&self) -> Result<(), BusError> {
        if self.closed.is_cancelled() {
            return Err(BusError::Unavailable("the bus is closed".into()));
        }
        Ok(())
    }

    fn queue(&self, kind: &str) -> Result<&Arc<Queue>, BusError> {
        self.open()?;
        self.queues.get(kind).ok_or_else(|| BusError::Unroutable {
            kind: kind.to_owned(),
        })
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn ring(&self, envelopes: &[Envelope]) -> Vec<Result<(), BusError>> {
        let ring = |envelope: &Envelope| self.queue(&envelope.kind)?.push(envelope.clone());
        envelopes.iter().map(ring).collect()
    }

    async fn subscribe(&self, kind: &'static str, prefetch: u16) -> Result<Deliveries, BusError> {
        let queue = self.queue(kind)?.clone();
        let slots = Arc::new(Semaphore::new(usize::from(prefetch.max(1))));
        let deliveries = stream::unfold((queue, slots), async |(queue, slots)| {
            let slot = slots.clone().acquire_owned().await.ok()?;
            let delivery: Box<dyn Delivery> = Box::new(queue.pop(slot).await);
            Some((delivery, (queue, slots)))
        });
        Ok(deliveries
            .take_until(self.closed.clone().cancelled_owned())
            .boxed())
    }

    async fn announce(&self, event: Event) -> Result<(), BusError> {
        self.open()?;
        // Nobody listens: the event is for nobody.
        let _ = self.events.send(event);
        Ok(())
    }

    async fn events(&self) -> Result<Events, BusError> {
        self.open()?;
        // A reader that fell behind misses some, and goes on with what is left.
        let heard = BroadcastStream::new(self.events.subscribe())
            .filter_map(|event| std::future::ready(event.ok()));
        Ok(heard
            .take_until(self.closed.clone().cancelled_owned())
            .boxed())
    }

    async fn check(&self) -> Result<(), BusError> {
        self.open()
    }

    async fn close(&self) {
        self.closed.cancel();
    }
}

#[cfg(test)]
mod tests {
    use stowage_jobs::conformance::{Case, envelope};

    use super::*;

    async fn with_bus(case: Case) {
        case(&MemoryBus::new()).await;
    }

    stowage_jobs::bus_conformance!(with_bus);

    #[tokio::test]
    async fn a_full_queue_refuses_rings() {
        let bus = MemoryBus::with_queue_length(1);
        let [first, second] = [envelope("reap-orphans", 1), envelope("reap-orphans", 2)];

        let results = bus.ring(&[first, second]).await;

        assert!(results[0].is_ok());
        assert!(matches!(results[1], Err(BusError::Unconfirmed)));
    }

    #[tokio::test]
    async fn draining_waits_for_what_is_held_after_the_acknowledgement() {
        let bus = MemoryBus::new();
        bus.ring(&[envelope("reap-orphans", 1)])
            .await
            .pop()
            .unwrap()
            .unwrap();
        let mut deliveries = bus.subscribe("reap-orphans", 1).await.unwrap();
        let delivery = deliveries.next().await.unwrap();
        let hold = delivery.hold();
        delivery.acknowledge().await.unwrap();

        let drained = tokio::time::timeout(std::time::Duration::from_millis(20), bus.drain());
        assert!(drained.await.is_err());
        drop(hold);
        bus.drain().await;
    }

    #[tokio::test]
    async fn a_ring_that_keeps_coming_back_is_put_aside() {
        let bus = MemoryBus::new();
        bus.ring(&[envelope("reap-orphans", 1)])
            .await
            .pop()
            .unwrap()
            .unwrap();
        let mut deliveries = bus.subscribe("reap-orphans", 1).await.unwrap();

        for _ in 0..6 {
            drop(deliveries.next().await.unwrap());
        }

        bus.drain().await;
        assert_eq!(bus.waiting("reap-orphans"), 0);
    }
}
