//! The bus itself.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use stowage_jobs::{Bus, BusError, Deliveries, Envelope, Event, Events, KINDS};
use tokio_util::sync::CancellationToken;

use crate::{
    config::AmqpConfig,
    link::Link,
    publisher::Publisher,
    subscription::{Source, Subscription},
    topology,
};

/// Rings and events over RabbitMQ. Connects when it is first used, and again whenever it must.
#[derive(Debug)]
pub struct AmqpBus {
    config: Arc<AmqpConfig>,
    publisher: Publisher,
    consuming: Arc<Link>,
    closed: CancellationToken,
}

impl AmqpBus {
    pub fn new(config: AmqpConfig) -> Self {
        let config = Arc::new(config);
        Self {
            publisher: Publisher::new(config.clone()),
            consuming: Arc::new(Link::new("consuming")),
            closed: CancellationToken::new(),
            config,
        }
    }

    /// Deletes every queue and exchange of this bus, with what is in them: for tests and for
    /// taking an installation down.
    pub async fn remove_everything(&self) -> Result<(), BusError> {
        let channel = self.consuming.channel(&self.config).await?;
        topology::remove(&channel, &self.config).await
    }

    async fn begin(&self, source: Source) -> Result<Subscription, BusError> {
        Subscription::begin(self.config.clone(), self.consuming.clone(), source).await
    }
}

#[async_trait]
impl Bus for AmqpBus {
    async fn ring(&self, envelopes: &[Envelope]) -> Vec<Result<(), BusError>> {
        self.publisher.ring(envelopes).await
    }

    async fn subscribe(&self, kind: &'static str, prefetch: u16) -> Result<Deliveries, BusError> {
        if !KINDS.contains(&kind) {
            return Err(BusError::Unroutable {
                kind: kind.to_owned(),
            });
        }
        let subscription = self.begin(Source::Jobs { kind, prefetch }).await?;
        let closed = self.closed.clone().cancelled_owned();
        Ok(subscription.deliveries().take_until(closed).boxed())
    }

    async fn announce(&self, event: Event) -> Result<(), BusError> {
        self.publisher.announce(&event).await
    }

    async fn events(&self) -> Result<Events, BusError> {
        let subscription = self.begin(Source::Events).await?;
        let closed = self.closed.clone().cancelled_owned();
        Ok(subscription.events().take_until(closed).boxed())
    }

    async fn check(&self) -> Result<(), BusError> {
        self.publisher.check().await
    }

    async fn close(&self) {
        self.closed.cancel();
        self.publisher.close().await;
        self.consuming.close().await;
    }
}
