//! The bus over RabbitMQ.
//!
//! Owns the topology (one durable quorum queue per kind, a queue for what cannot be read, an
//! exchange for live events), publishing with confirms, and reconnecting for as long as it takes.
//! Alone in the workspace knows lapin.
//!
//! A queue's arguments stand in its declaration and its version in its name, `render-asset.v1`:
//! other arguments are a new name, because the broker refuses to change those of a queue. Whoever
//! connects declares everything, so an emptied broker heals from either side; the job table then
//! rings again for what was lost.

mod bus;
mod config;
mod delivery;
mod link;
mod publisher;
mod silence;
mod subscription;
mod topology;

pub use bus::AmqpBus;
pub use config::AmqpConfig;
