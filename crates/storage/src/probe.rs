//! The connection test: step by step, with a reason and a remedy where one fails (SPEC D19).
//!
//! The steps that every storage has are here; what only one kind has (names, encryption,
//! credentials, clocks) its connector answers as [`Ground`]. The test also finds out what the
//! place really honours, because many accept conditions and ignore them.

mod run;
mod step;
mod sweep;

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
pub use run::{Probe, STEP_LIMIT};
pub use step::{ProbeStatus, ProbeStep, Step, Tick};

use crate::{Capability, ErrorKind, Identity, StorageError, Usage};

/// What comes out of a connection test, in this order: steps, then one finding.
#[derive(Debug, Clone)]
pub enum ProbeEvent {
    Step(ProbeStep),
    Done(Finding),
}

/// What a connection test found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    /// Whether no step failed.
    pub is_connected: bool,
    pub capability: Capability,
    pub identity: Option<Identity>,
    pub usage: Usage,
}

/// What a connector answers about its own kind of place. What it leaves out is passed over.
#[async_trait]
pub trait Ground: Send + Sync {
    /// The name is found, and may be reached from here.
    async fn name_resolution(&self) -> Result<Tick, StorageError> {
        Ok(Tick::not_here())
    }

    async fn encryption(&self) -> Result<Tick, StorageError> {
        Ok(Tick::not_here())
    }

    async fn credentials(&self) -> Result<Tick, StorageError> {
        Ok(Tick::not_here())
    }

    async fn clock_skew(&self) -> Result<Tick, StorageError> {
        Ok(Tick::not_here())
    }

    /// The address that browsers are sent to. Only a browser can tell for sure.
    async fn public_endpoint(&self) -> Result<Tick, StorageError> {
        Ok(Tick::not_here())
    }

    /// Names a class of errors and what to do about it, in the words users know.
    fn words(&self, kind: ErrorKind) -> (&'static str, &'static str) {
        words(kind)
    }
}

/// The words of a place with an address, keys and buckets.
pub fn words(kind: ErrorKind) -> (&'static str, &'static str) {
    match kind {
        ErrorKind::Unauthenticated | ErrorKind::Denied => (
            "Access Denied",
            "Check the credentials and their permissions.",
        ),
        ErrorKind::RootNotFound => ("Bucket Not Found", "Verify the bucket's name and region."),
        ErrorKind::InvalidSettings => ("Invalid Endpoint", "Correct the URL."),
        ErrorKind::Timeout => ("Timeout", "Check the network and the firewall."),
        ErrorKind::Unreachable => (
            "Not Reachable",
            "Check the URL, the network and the firewall, then try again.",
        ),
        ErrorKind::Full => ("Storage Full", "Make room in the storage."),
        ErrorKind::Throttled => ("Slowed Down", "Try again in a few minutes."),
        ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::AlreadyExists
        | ErrorKind::Unsupported
        | ErrorKind::TooLarge
        | ErrorKind::Unexpected => (
            "Unexpected Answer",
            "Make sure that the URL is that of a storage of this kind.",
        ),
    }
}

/// Runs a connection test to its end.
pub async fn to_end(events: BoxStream<'static, ProbeEvent>) -> (Vec<ProbeStep>, Finding) {
    let mut steps = Vec::new();
    let mut finding = Finding::default();
    let events: Vec<ProbeEvent> = events.collect().await;
    for event in events {
        match event {
            ProbeEvent::Step(step) => steps.push(step),
            ProbeEvent::Done(found) => finding = found,
        }
    }
    (steps, finding)
}

#[cfg(test)]
mod tests;
