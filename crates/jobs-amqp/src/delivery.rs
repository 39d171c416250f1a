//! A ring in our hand.

use async_trait::async_trait;
use lapin::{
    Acker,
    options::{BasicAckOptions, BasicNackOptions},
};
use stowage_jobs::{BusError, Delivery, Envelope};
use tokio::runtime::Handle;

use crate::link::unavailable;

#[derive(Debug)]
pub(crate) struct AmqpDelivery {
    envelope: Envelope,
    acker: Option<Acker>,
}

impl AmqpDelivery {
    pub(crate) fn new(envelope: Envelope, acker: Acker) -> Self {
        Self {
            envelope,
            acker: Some(acker),
        }
    }
}

#[async_trait]
impl Delivery for AmqpDelivery {
    fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    async fn acknowledge(mut self: Box<Self>) -> Result<(), BusError> {
        let Some(acker) = self.acker.take() else {
            return Ok(());
        };
        match acker.ack(BasicAckOptions::default()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(BusError::Unavailable(
                "the ring came on a channel that is gone".into(),
            )),
            Err(error) => Err(unavailable(error)),
        }
    }
}

impl Drop for AmqpDelivery {
    /// Gives the ring back. On a channel that is gone the broker has done so already.
    fn drop(&mut self) {
        let Some(acker) = self.acker.take().filter(Acker::usable) else {
            return;
        };
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let give_back = async move {
            let requeue = BasicNackOptions {
                requeue: true,
                ..BasicNackOptions::default()
            };
            // The broker does it by itself when the channel ends.
            let _ = acker.nack(requeue).await;
        };
        drop(runtime.spawn(give_back));
    }
}
