//! Jobs: rows of one table that are the truth, and a bus that is the doorbell (ARCHITECTURE 4.1).
//!
//! Owns the traits [`Job`], [`Handler`], [`Bus`] and [`JobStore`], the loop that works jobs off,
//! the relay that rings, and the conformance suite of every bus. Knows no broker and no database.
//!
//! To add a job: a message in `proto/stowage/job/`, its `impl Job` in `kinds.rs`, and a handler in
//! the service that does the work, one file each.

mod announce;
mod attempt;
mod backoff;
mod bus;
pub mod conformance;
mod handler;
mod kinds;
mod lease;
mod relay;
mod store;
mod trace;
mod worker;

pub use announce::{announce, announce_all};
pub use backoff::Backoff;
pub use bus::{Bus, BusError, Deliveries, Delivery, Events};
pub use handler::{Handler, JobContext, JobError};
pub use kinds::{Job, KINDS, NewJob, Priority};
pub use relay::{Relay, RelayOptions};
pub use store::{Backlog, Claimed, JobStore, Outcome, StoreError};
pub use stowage_proto::{event::Event, job::Envelope};
pub use trace::current_trace;
pub use worker::{Worker, WorkerOptions};
