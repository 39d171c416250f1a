//! How long to wait before the next try.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

/// Waits that grow by a factor up to a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    pub first: Duration,
    pub factor: u32,
    pub longest: Duration,
}

impl Backoff {
    /// Between attempts of a job: 5 s, 20 s, 80 s, … at most an hour.
    pub const JOBS: Self = Self {
        first: Duration::from_secs(5),
        factor: 4,
        longest: Duration::from_hours(1),
    };

    /// Between tries to reach the broker or the job table: 0.5 s, 1 s, 2 s, … at most 15 s.
    pub const PEERS: Self = Self {
        first: Duration::from_millis(500),
        factor: 2,
        longest: Duration::from_secs(15),
    };

    /// Returns the wait after the `nth` failure (from 1), spread by up to a fifth each way.
    ///
    /// The spread comes from `seed`, so that jobs that failed together come back apart, and so
    /// that no source of chance is needed: ids are random already.
    pub fn after(&self, nth: u32, seed: impl Hash) -> Duration {
        let grown = self.factor.saturating_pow(nth.saturating_sub(1));
        let wait = self.first.saturating_mul(grown).min(self.longest);
        let mut hasher = DefaultHasher::new();
        (seed, nth).hash(&mut hasher);
        let spread = 0.8 + 0.4 * (hasher.finish() as f64 / u64::MAX as f64);
        wait.mul_f64(spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_up_to_its_limit() {
        for (nth, seconds) in [(1, 5.0), (2, 20.0), (3, 80.0), (6, 3600.0), (40, 3600.0)] {
            let wait = Backoff::JOBS.after(nth, "a job").as_secs_f64();
            assert!(
                (seconds * 0.8..=seconds * 1.2).contains(&wait),
                "{nth}: {wait}"
            );
        }
    }

    #[test]
    fn spreads_jobs_that_failed_together() {
        let waits: std::collections::BTreeSet<_> =
            (0..100).map(|job| Backoff::JOBS.after(1, job)).collect();

        assert!(waits.len() > 90);
    }
}
