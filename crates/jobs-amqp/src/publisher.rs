//! Publishing with confirms, many on their way at once.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use lapin::{
    BasicProperties, Channel, Confirmation,
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeleteOptions},
    types::{AMQPValue, FieldTable, ShortString},
};
use prost::Message;
use stowage_jobs::{BusError, Envelope, Event, KINDS};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tracing::{info, warn};

use crate::{
    config::AmqpConfig,
    link::{Link, unavailable},
    silence::Silence,
    topology,
};

/// How many rings are sent before their confirms are awaited.
const WINDOW: usize = 256;
const PERSISTENT: u8 = 2;
/// After how many timeouts in a row a queue counts as silent.
const SILENT_TIMEOUTS: u32 = 3;
/// The broker waits five seconds for a queue without a leader before it deletes it all the same.
const DELETION: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Publisher {
    config: Arc<AmqpConfig>,
    link: Link,
    channel: Mutex<Option<Channel>>,
    silence: Silence,
}

impl Publisher {
    pub(crate) fn new(config: Arc<AmqpConfig>) -> Self {
        Self {
            config,
            link: Link::new("publishing"),
            channel: Mutex::default(),
            silence: Silence::default(),
        }
    }

    /// Sends rings and returns, in their order, which were confirmed.
    pub(crate) async fn ring(&self, envelopes: &[Envelope]) -> Vec<Result<(), BusError>> {
        let mut results = Vec::with_capacity(envelopes.len());
        for window in envelopes.chunks(WINDOW) {
            let channel = match self.channel().await {
                Ok(channel) => channel,
                Err(error) => {
                    // The first says why, the others only that.
                    results.push(Err(error));
                    results.resize_with(envelopes.len(), || Err(BusError::Unconfirmed));
                    return results;
                }
            };
            results.extend(join_all(window.iter().map(|ring| self.send(&channel, ring))).await);
        }
        self.retry_unroutable(envelopes, &mut results).await;
        self.replace_silent().await;
        results
    }

    /// Makes queues anew that have not answered for long, while the broker itself does.
    async fn replace_silent(&self) {
        let silent = self
            .silence
            .lasting(self.config.confirm_timeout * SILENT_TIMEOUTS);
        if silent.is_empty() || self.link.is_blocked().await {
            return;
        }
        self.discard().await;
        for kind in silent {
            warn!("queue {kind} answers nothing: deleting it, to make it anew");
            if let Err(error) = self.delete(&kind).await {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "could not delete queue {kind}"
                );
            }
        }
    }

    async fn delete(&self, kind: &str) -> Result<(), BusError> {
        let channel = self.link.channel(&self.config).await?;
        let queue = topology::queue_of(&self.config, kind);
        let deletion = channel.queue_delete(queue, QueueDeleteOptions::default());
        match timeout(DELETION, deletion).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unavailable(error)),
            Err(_) => Err(BusError::Unconfirmed),
        }
    }

    /// A returned ring whose queue should be there: somebody emptied the broker. Declares
    /// everything anew and tries once more.
    async fn retry_unroutable(&self, envelopes: &[Envelope], results: &mut [Result<(), BusError>]) {
        let is_returned = |result: &Result<(), BusError>| match result {
            Err(BusError::Unroutable { kind }) => KINDS.contains(&kind.as_str()),
            _ => false,
        };
        if !results.iter().any(is_returned) {
            return;
        }
        warn!("queues are missing on the broker: declaring them again");
        self.discard().await;
        let Ok(channel) = self.channel().await else {
            return;
        };
        for (envelope, result) in envelopes.iter().zip(results) {
            if is_returned(result) {
                *result = self.send(&channel, envelope).await;
            }
        }
    }

    async fn send(&self, channel: &Channel, envelope: &Envelope) -> Result<(), BusError> {
        let queue = topology::queue_of(&self.config, &envelope.kind);
        let properties = properties()
            .with_delivery_mode(PERSISTENT)
            .with_type("stowage.job.v1alpha1.Envelope".into())
            .with_message_id(envelope.job_id.as_str().into())
            .with_headers(headers(envelope));
        let message = envelope.encode_to_vec();
        let sent_at = Instant::now();
        let answer = self
            .publish(channel, "".into(), queue, &message, properties)
            .await?;
        let Some(confirmation) = answer else {
            self.silence.heard_nothing(&envelope.kind, sent_at);
            return Err(BusError::Unconfirmed);
        };
        self.silence.broken(&envelope.kind);
        match confirmation {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(_)) => Err(BusError::Unroutable {
                kind: envelope.kind.clone(),
            }),
            // Full, or the broker is in trouble.
            Confirmation::Nack(_) | Confirmation::NotRequested => Err(BusError::Unconfirmed),
        }
    }

    pub(crate) async fn announce(&self, event: &Event) -> Result<(), BusError> {
        let channel = self.channel().await?;
        let exchange = topology::events(&self.config);
        let properties = properties().with_type("stowage.event.v1alpha1.Event".into());
        let message = event.encode_to_vec();
        match self
            .publish(&channel, exchange, "".into(), &message, properties)
            .await?
        {
            Some(_) => Ok(()),
            None => Err(BusError::Unconfirmed),
        }
    }

    /// Returns the broker's answer, none when there was none in time.
    async fn publish(
        &self,
        channel: &Channel,
        exchange: ShortString,
        key: ShortString,
        message: &[u8],
        properties: BasicProperties,
    ) -> Result<Option<Confirmation>, BusError> {
        // Events may be for nobody; a ring that reaches no queue is a failure.
        let options = BasicPublishOptions {
            mandatory: exchange.as_str().is_empty(),
            ..BasicPublishOptions::default()
        };
        let confirmed = async {
            channel
                .basic_publish(exchange, key, options, message, properties)
                .await?
                .await
        };
        match timeout(self.config.confirm_timeout, confirmed).await {
            Ok(Ok(confirmation)) => Ok(Some(confirmation)),
            Ok(Err(error)) => Err(unavailable(error)),
            Err(_) => Ok(None),
        }
    }

    /// Returns the channel, opening one and declaring everything when there is none.
    async fn channel(&self) -> Result<Channel, BusError> {
        let mut slot = self.channel.lock().await;
        if let Some(channel) = &*slot
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        *slot = None;
        let channel = self.link.channel(&self.config).await?;
        let preparing = async {
            topology::declare(&channel, &self.config).await?;
            let options = ConfirmSelectOptions::default();
            channel.confirm_select(options).await.map_err(unavailable)
        };
        match timeout(self.config.confirm_timeout, preparing).await {
            Ok(result) => result?,
            Err(_) => return Err(BusError::Unconfirmed),
        }
        info!("ready to ring");
        *slot = Some(channel.clone());
        Ok(channel)
    }

    async fn discard(&self) {
        *self.channel.lock().await = None;
    }

    /// Makes sure that the broker answers.
    pub(crate) async fn check(&self) -> Result<(), BusError> {
        let channel = self.link.channel(&self.config).await?;
        // Fails only when the connection is gone meanwhile: the next check will tell.
        let _ = channel.close(200, "checked".into()).await;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.discard().await;
        self.link.close().await;
    }
}

fn properties() -> BasicProperties {
    BasicProperties::default().with_content_type("application/x-protobuf".into())
}

/// The trace context travels in headers too, where tools of others look for it.
fn headers(envelope: &Envelope) -> FieldTable {
    let mut headers = FieldTable::default();
    for (key, value) in &envelope.trace {
        headers.insert(
            key.as_str().into(),
            AMQPValue::LongString(value.as_str().into()),
        );
    }
    headers
}
