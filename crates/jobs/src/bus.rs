//! The doorbell: rings consumers, and carries live events.

use async_trait::async_trait;
use futures::stream::BoxStream;
use stowage_proto::{event::Event, job::Envelope};

#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("the broker cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no queue takes jobs of kind {kind:?}")]
    Unroutable { kind: String },
    #[error("the broker did not confirm in time")]
    Unconfirmed,
}

/// One ring. Acknowledge it as soon as the row is claimed; the lease takes over from there.
#[async_trait]
pub trait Delivery: Send {
    /// Messages that cannot be decoded never get here: the adapter puts them aside.
    fn envelope(&self) -> &Envelope;
    /// Dropping a delivery instead makes it ring again.
    async fn acknowledge(self: Box<Self>) -> Result<(), BusError>;

    /// Returns something that the loop keeps until the job has ended, so that the in-process bus
    /// knows when all is quiet. A broker does not ask.
    fn hold(&self) -> Option<Box<dyn std::any::Any + Send>> {
        None
    }
}

/// Rings for one kind of job. Survives reconnects; ends only when the bus is closed.
pub type Deliveries = BoxStream<'static, Box<dyn Delivery>>;

/// Live events of all workspaces. Lossy: a reader that falls behind misses some.
pub type Events = BoxStream<'static, Event>;

/// What RabbitMQ and the in-process bus have in common.
#[async_trait]
pub trait Bus: Send + Sync + std::fmt::Debug {
    /// Rings for each envelope and returns, in their order, which rings were confirmed.
    async fn ring(&self, envelopes: &[Envelope]) -> Vec<Result<(), BusError>>;

    /// Opens the door for one kind, `prefetch` unacknowledged rings at most. Dropping the stream
    /// gives back the rings that it held.
    async fn subscribe(&self, kind: &'static str, prefetch: u16) -> Result<Deliveries, BusError>;

    /// Tells every gateway. Nothing is lost when this fails: events are hints.
    async fn announce(&self, event: Event) -> Result<(), BusError>;

    async fn events(&self) -> Result<Events, BusError>;

    /// Returns whether the broker answers, for `/readyz`.
    async fn check(&self) -> Result<(), BusError>;

    /// Stops taking and giving; deliveries end.
    async fn close(&self);
}
