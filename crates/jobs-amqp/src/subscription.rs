//! Consuming, and beginning again whenever the broker lets go of us.

use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use lapin::{
    Channel, Consumer,
    options::{BasicConsumeOptions, BasicQosOptions, BasicRejectOptions},
    types::{FieldTable, ShortString},
};
use prost::Message;
use stowage_jobs::{Backoff, BusError, Delivery, Envelope, Event};
use tokio::{runtime::Handle, time::timeout};
use tracing::{info, warn};

use crate::{
    config::AmqpConfig,
    delivery::AmqpDelivery,
    link::{Link, unavailable},
    topology,
};

/// What is consumed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Jobs { kind: &'static str, prefetch: u16 },
    Events,
}

/// A consumer that survives its channel, its connection and its broker.
pub(crate) struct Subscription {
    config: Arc<AmqpConfig>,
    link: Arc<Link>,
    source: Source,
    open: Option<Open>,
    failures: u32,
}

struct Open {
    channel: Channel,
    consumer: Consumer,
}

impl Subscription {
    /// Begins consuming; the first time must work.
    pub(crate) async fn begin(
        config: Arc<AmqpConfig>,
        link: Arc<Link>,
        source: Source,
    ) -> Result<Self, BusError> {
        let mut this = Self {
            config,
            link,
            source,
            open: None,
            failures: 0,
        };
        this.open = Some(this.open().await?);
        Ok(this)
    }

    /// Returns the deliveries of a kind; those that cannot be read are put aside.
    pub(crate) fn deliveries(self) -> impl Stream<Item = Box<dyn Delivery>> + Send {
        self.messages().filter_map(async |message| {
            match Envelope::decode(message.data.as_slice()) {
                Ok(envelope) => {
                    let delivery = AmqpDelivery::new(envelope, message.acker);
                    Some(Box::new(delivery) as Box<dyn Delivery>)
                }
                Err(error) => {
                    warn!(%error, "a message cannot be read and goes to the dead letters");
                    // On a channel that is gone it comes again, and here again.
                    let _ = message.acker.reject(BasicRejectOptions::default()).await;
                    None
                }
            }
        })
    }

    pub(crate) fn events(self) -> impl Stream<Item = Event> + Send {
        self.messages()
            .filter_map(async |message| Event::decode(message.data.as_slice()).ok())
    }

    fn messages(self) -> impl Stream<Item = lapin::message::Delivery> + Send {
        stream::unfold(self, async |mut this| {
            let message = this.next().await;
            Some((message, this))
        })
    }

    async fn next(&mut self) -> lapin::message::Delivery {
        loop {
            let Some(open) = &mut self.open else {
                self.reopen().await;
                continue;
            };
            match open.consumer.next().await {
                Some(Ok(message)) => return message,
                Some(Err(error)) => {
                    warn!(
                        error = &error as &dyn std::error::Error,
                        "{:?} ended", self.source
                    );
                    self.open = None;
                }
                // The queue was deleted, or the broker is going: begin again.
                None => self.open = None,
            }
        }
    }

    async fn reopen(&mut self) {
        match self.open().await {
            Ok(open) => {
                info!("listening again: {:?}", self.source);
                self.open = Some(open);
                self.failures = 0;
            }
            Err(error) => {
                self.failures += 1;
                if self.failures == 1 {
                    let error = &error as &dyn std::error::Error;
                    warn!(
                        error,
                        "could not listen ({:?}): trying until it works", self.source
                    );
                }
                // Seeded by where we are in memory: replicas come back apart.
                let seed = std::ptr::from_ref(self).addr();
                tokio::time::sleep(Backoff::PEERS.after(self.failures, seed)).await;
            }
        }
    }

    async fn open(&self) -> Result<Open, BusError> {
        let channel = self.link.channel(&self.config).await?;
        let opening = async {
            topology::declare(&channel, &self.config).await?;
            let (queue, no_ack): (ShortString, bool) = match self.source {
                Source::Jobs { kind, prefetch } => {
                    let options = BasicQosOptions::default();
                    channel
                        .basic_qos(prefetch.max(1), options)
                        .await
                        .map_err(unavailable)?;
                    (topology::queue_of(&self.config, kind), false)
                }
                Source::Events => (topology::listen(&channel, &self.config).await?, true),
            };
            let options = BasicConsumeOptions {
                no_ack,
                ..BasicConsumeOptions::default()
            };
            channel
                .basic_consume(queue, "".into(), options, FieldTable::default())
                .await
                .map_err(unavailable)
        };
        let consumer = match timeout(self.config.confirm_timeout, opening).await {
            Ok(result) => result?,
            Err(elapsed) => return Err(BusError::Unavailable(elapsed.into())),
        };
        Ok(Open { channel, consumer })
    }
}

impl Drop for Open {
    /// Ends the channel at once, so that the broker hands what we held to others.
    fn drop(&mut self) {
        if !self.channel.status().connected() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let channel = self.channel.clone();
        drop(runtime.spawn(async move {
            // A connection that is gone has given everything back already.
            let _ = channel.close(200, "enough".into()).await;
        }));
    }
}
