//! Wrappers that every connector runs in: timeouts, metrics, retries, order.
//!
//! [`decorate`] puts them around a connector in the order that makes sense: each attempt has its
//! time limit and is counted; retries are outside of that; sorting is outermost, because its first
//! page comes only after the last of the listing.

mod metrics;
mod retry;
mod sorted;
mod timeout;

use std::sync::Arc;

pub use metrics::{Metrics, describe_metrics};
pub use retry::{Retry, RetryPolicy};
pub use sorted::Sorted;
pub use timeout::{TimeLimits, Timeout};

use crate::Storage;

/// How a connection is wrapped.
#[derive(Debug, Clone)]
pub struct Decoration {
    pub limits: TimeLimits,
    pub retry: RetryPolicy,
    /// The storage's kind, as a label.
    pub kind: &'static str,
    /// What the calls are for, as a label: `scan`, `import`, `move`. It makes egress countable.
    pub purpose: &'static str,
}

impl Decoration {
    pub fn new(kind: &'static str, purpose: &'static str) -> Self {
        Self {
            limits: TimeLimits::default(),
            retry: RetryPolicy::default(),
            kind,
            purpose,
        }
    }
}

/// Wraps a connector in everything that it does not do itself.
pub fn decorate(connector: Arc<dyn Storage>, with: Decoration) -> Arc<dyn Storage> {
    let timed = Timeout::new(connector, with.limits);
    let counted = Metrics::new(Arc::new(timed), with.kind, with.purpose);
    let retried = Retry::new(Arc::new(counted), with.retry);
    Arc::new(Sorted::new(Arc::new(retried)))
}
