//! Which queues and exchanges there are, and with which arguments.

use lapin::{
    Channel, ExchangeKind,
    options::{
        ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
        QueueDeleteOptions,
    },
    types::{AMQPValue, FieldTable, ShortString},
};
use stowage_jobs::{BusError, KINDS};

use crate::{config::AmqpConfig, link::unavailable};

/// After how many returns a ring is put aside. Says so because older brokers know no limit.
const DELIVERY_LIMIT: i64 = 5;
const DEAD_LETTERS: &str = "dead-letters";
const DEAD_LETTERS_KEPT: i64 = 10_000;
const EVENTS_KEPT: i64 = 1_000;

pub(crate) fn queue_of(config: &AmqpConfig, kind: &str) -> ShortString {
    format!("{}{kind}.v1", config.prefix).into()
}

fn dead_letters(config: &AmqpConfig) -> ShortString {
    queue_of(config, DEAD_LETTERS)
}

pub(crate) fn events(config: &AmqpConfig) -> ShortString {
    format!("{}events.v1", config.prefix).into()
}

/// Declares everything that is the same for all processes. What is there already stays as it is.
pub(crate) async fn declare(channel: &Channel, config: &AmqpConfig) -> Result<(), BusError> {
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let aside = arguments([
        ("x-queue-type", text("quorum")),
        ("x-max-length", number(DEAD_LETTERS_KEPT)),
    ]);
    channel
        .queue_declare(dead_letters(config), durable, aside)
        .await
        .map_err(unavailable)?;
    for kind in KINDS {
        let queue = queue_of(config, kind);
        channel
            .queue_declare(queue, durable, of_kind(config))
            .await
            .map_err(unavailable)?;
    }
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(
            events(config),
            ExchangeKind::Fanout,
            durable,
            FieldTable::default(),
        )
        .await
        .map_err(unavailable)
}

/// Declares a queue that lives as long as its connection and hears all events from now on.
pub(crate) async fn listen(
    channel: &Channel,
    config: &AmqpConfig,
) -> Result<ShortString, BusError> {
    let own = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..QueueDeclareOptions::default()
    };
    let lossy = arguments([
        ("x-max-length", number(EVENTS_KEPT)),
        ("x-overflow", text("drop-head")),
    ]);
    let queue = channel
        .queue_declare("".into(), own, lossy)
        .await
        .map_err(unavailable)?;
    let name = queue.name().clone();
    let bind = QueueBindOptions::default();
    channel
        .queue_bind(
            name.clone(),
            events(config),
            "".into(),
            bind,
            FieldTable::default(),
        )
        .await
        .map_err(unavailable)?;
    Ok(name)
}

/// Deletes everything that [`declare`] makes.
pub(crate) async fn remove(channel: &Channel, config: &AmqpConfig) -> Result<(), BusError> {
    for stem in KINDS.into_iter().chain([DEAD_LETTERS]) {
        let queue = queue_of(config, stem);
        let all = QueueDeleteOptions::default();
        channel
            .queue_delete(queue, all)
            .await
            .map_err(unavailable)?;
    }
    let all = ExchangeDeleteOptions::default();
    channel
        .exchange_delete(events(config), all)
        .await
        .map_err(unavailable)
}

fn of_kind(config: &AmqpConfig) -> FieldTable {
    arguments([
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", number(DELIVERY_LIMIT)),
        ("x-dead-letter-exchange", text("")),
        (
            "x-dead-letter-routing-key",
            text(dead_letters(config).as_str()),
        ),
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
        ("x-max-length", number(config.queue_length.into())),
    ])
}

fn arguments<const N: usize>(pairs: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in pairs {
        table.insert(name.into(), value);
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

fn number(value: i64) -> AMQPValue {
    AMQPValue::LongLongInt(value)
}
