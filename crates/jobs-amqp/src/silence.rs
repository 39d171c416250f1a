//! Notices queues that take rings and never confirm one.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Since when each kind's queue has been silent.
///
/// After a kill of the broker a quorum queue sometimes never finds a leader again, above all when
/// a command comes before its election (rabbitmq-server #10070; seen with 3.10.8 on one node, in
/// every second try). It takes everything and answers nothing. Nothing in a queue is worth
/// keeping, so such a queue is deleted and made anew, and the job table rings again.
#[derive(Debug, Default)]
pub(crate) struct Silence {
    since: Mutex<HashMap<String, Instant>>,
}

impl Silence {
    /// Notes an answer, whichever it was.
    pub(crate) fn broken(&self, kind: &str) {
        self.since().remove(kind);
    }

    /// Notes that a ring was sent at `sent_at` and not answered.
    pub(crate) fn heard_nothing(&self, kind: &str, sent_at: Instant) {
        self.since().entry(kind.to_owned()).or_insert(sent_at);
    }

    /// Returns the kinds that have been silent for at least `long`, and forgets them.
    pub(crate) fn lasting(&self, long: Duration) -> Vec<String> {
        let mut since = self.since();
        let lasting = since.extract_if(|_, since| since.elapsed() >= long);
        lasting.map(|(kind, _)| kind).collect()
    }

    fn since(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_silence_without_a_break_lasts() {
        let silence = Silence::default();
        silence.heard_nothing("one", Instant::now());
        silence.heard_nothing("other", Instant::now());
        tokio::time::advance(Duration::from_secs(10)).await;
        silence.broken("other");
        silence.heard_nothing("other", Instant::now());
        silence.heard_nothing("one", Instant::now());

        assert_eq!(silence.lasting(Duration::from_secs(10)), ["one"]);
        assert!(silence.lasting(Duration::from_secs(10)).is_empty());
    }
}
