//! The queue of one kind.

use std::{
    any::Any,
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use stowage_jobs::{BusError, Delivery, Envelope};
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};
use tracing::warn;

/// After how many returns a ring is put aside; as the broker's `x-delivery-limit`.
const DELIVERY_LIMIT: u32 = 5;

/// Counts what is queued, taken or running, so that somebody can wait for none.
#[derive(Debug, Clone)]
pub(crate) struct Busy(watch::Sender<usize>);

impl Busy {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    fn one_more(&self) -> BusyOne {
        self.0.send_modify(|count| *count += 1);
        BusyOne(self.0.clone())
    }

    pub(crate) async fn none(&self) {
        // The sender lives as long as `self`, so this cannot fail.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// One thing that is not done yet.
#[derive(Debug)]
struct BusyOne(watch::Sender<usize>);

impl Drop for BusyOne {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[derive(Debug)]
struct Ring {
    envelope: Envelope,
    returns: u32,
    _busy: BusyOne,
}

#[derive(Debug)]
pub(crate) struct Queue {
    rings: Mutex<VecDeque<Ring>>,
    length: usize,
    changed: Notify,
    busy: Busy,
}

impl Queue {
    pub(crate) fn new(length: usize, busy: Busy) -> Self {
        Self {
            rings: Mutex::default(),
            length,
            changed: Notify::new(),
            busy,
        }
    }

    fn rings(&self) -> MutexGuard<'_, VecDeque<Ring>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a ring, or refuses it when the queue is full.
    pub(crate) fn push(&self, envelope: Envelope) -> Result<(), BusError> {
        let mut rings = self.rings();
        if rings.len() >= self.length {
            return Err(BusError::Unconfirmed);
        }
        rings.push_back(Ring {
            envelope,
            returns: 0,
            _busy: self.busy.one_more(),
        });
        drop(rings);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next ring. Loses none when it is dropped while waiting.
    pub(crate) async fn pop(self: &Arc<Self>, slot: OwnedSemaphorePermit) -> MemoryDelivery {
        loop {
            let (ring, is_more) = {
                let mut rings = self.rings();
                (rings.pop_front(), !rings.is_empty())
            };
            if is_more {
                // One permit may stand for several rings: pass it on.
                self.changed.notify_one();
            }
            if let Some(ring) = ring {
                return MemoryDelivery {
                    ring: Some(ring),
                    queue: self.clone(),
                    _slot: slot,
                };
            }
            self.changed.notified().await;
        }
    }

    fn give_back(&self, mut ring: Ring) {
        ring.returns += 1;
        if ring.returns > DELIVERY_LIMIT {
            warn!(
                job.id = ring.envelope.job_id,
                "a ring came back too often and is put aside"
            );
            return;
        }
        self.rings().push_front(ring);
        self.changed.notify_one();
    }

    pub(crate) fn len(&self) -> usize {
        self.rings().len()
    }
}

/// A ring in somebody's hand. Dropped without a word, it goes back to the head of its queue.
#[derive(Debug)]
pub(crate) struct MemoryDelivery {
    ring: Option<Ring>,
    queue: Arc<Queue>,
    _slot: OwnedSemaphorePermit,
}

#[async_trait::async_trait]
impl Delivery for MemoryDelivery {
    fn envelope(&self) -> &Envelope {
        &self
            .ring
            .as_ref()
            .expect("the ring is taken only at the end")
            .envelope
    }

    async fn acknowledge(mut self: Box<Self>) -> Result<(), BusError> {
        self.ring = None;
        Ok(())
    }

    fn hold(&self) -> Option<Box<dyn Any + Send>> {
        Some(Box::new(self.queue.busy.one_more()))
    }
}

impl Drop for MemoryDelivery {
    fn drop(&mut self) {
        if let Some(ring) = self.ring.take() {
            self.queue.give_back(ring);
        }
    }
}
