//! How often one may try a password: a bucket of tries for each account and address, and one for
//! each address, refilled over time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use stowage_domain::{Clock, Timestamp};
use stowage_rpc::{ErrorCode, Problem};

use super::Client;
use crate::problem::{Answer, Kind};

/// Tries on one account from one address: five, then one every 12 seconds.
const ACCOUNT: Rate = Rate {
    burst: 5.0,
    refill: Duration::from_secs(12),
};
/// Tries from one address, whatever the account.
const ADDRESS: Rate = Rate {
    burst: 30.0,
    refill: Duration::from_secs(2),
};
/// How many buckets are kept before those that are full again are dropped.
const KEPT: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: f64,
    /// How long one more try takes to come.
    refill: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String, Client),
    Address(Client),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
    rate: Rate,
}

impl Bucket {
    fn refill(&mut self, now: Timestamp) {
        let more = now.since(self.at).as_secs_f64() / self.rate.refill.as_secs_f64();
        self.left = (self.left + more).min(self.rate.burst);
        self.at = now;
    }
}

/// Counts tries in this process.
#[derive(Debug)]
pub(crate) struct Throttle {
    clock: Arc<dyn Clock>,
    buckets: Mutex<HashMap<Key, Bucket>>,
}

/// Too many tries; the next one counts after the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany(Duration);

const TOO_MANY: Kind = Kind::named(
    ErrorCode::Exhausted,
    "too-many-attempts",
    "Too many attempts; wait a little",
);

impl Answer for TooMany {
    fn kinds() -> Vec<Kind> {
        vec![TOO_MANY]
    }

    fn problem(self) -> Problem {
        TOO_MANY.problem().with_retry_after(self.0)
    }
}

impl Throttle {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            buckets: Mutex::default(),
        }
    }

    /// Counts one try on an account.
    pub(crate) fn count(&self, account: &str, client: Client) -> Result<(), TooMany> {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|_, bucket| {
                bucket.refill(now);
                bucket.left < bucket.rate.burst
            });
        }
        let keys = [
            (Key::Account(account.to_owned(), client), ACCOUNT),
            (Key::Address(client), ADDRESS),
        ];
        for (key, rate) in keys {
            let full = Bucket {
                left: rate.burst,
                at: now,
                rate,
            };
            let bucket = buckets.entry(key).or_insert(full);
            bucket.refill(now);
            if bucket.left < 1.0 {
                return Err(TooMany(rate.refill.mul_f64(1.0 - bucket.left)));
            }
            bucket.left -= 1.0;
        }
        Ok(())
    }

    /// Gives an account its tries back: somebody got in.
    pub(crate) fn forgive(&self, account: &str, client: Client) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.remove(&Key::Account(account.to_owned(), client));
    }
}

#[cfg(test)]
mod tests {
    use stowage_domain::ManualClock;

    use super::*;

    fn client(last: u8) -> Client {
        Client::at([192, 0, 2, last].into())
    }

    #[test]
    fn after_five_tries_an_account_has_to_wait_and_another_has_not() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_000)));
        let throttle = Throttle::new(Arc::clone(&clock) as Arc<dyn Clock>);

        for _ in 0..5 {
            throttle.count("ada@example.org", client(1)).unwrap();
        }
        let TooMany(wait) = throttle.count("ada@example.org", client(1)).unwrap_err();
        assert!(
            wait > Duration::ZERO && wait <= Duration::from_secs(12),
            "{wait:?}"
        );
        throttle.count("bob@example.org", client(1)).unwrap();
        throttle.count("ada@example.org", client(2)).unwrap();

        clock.advance(wait);
        throttle.count("ada@example.org", client(1)).unwrap();
    }

    #[test]
    fn an_address_cannot_try_one_account_after_the_other() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_000)));
        let throttle = Throttle::new(clock);
        let tries = (0..100).map(|n| throttle.count(&format!("{n}@example.org"), client(1)));
        assert_eq!(tries.flatten().count(), 30);
    }

    #[test]
    fn who_got_in_starts_afresh() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_000)));
        let throttle = Throttle::new(clock);
        for _ in 0..5 {
            throttle.count("ada@example.org", client(1)).unwrap();
        }
        throttle.forgive("ada@example.org", client(1));
        throttle.count("ada@example.org", client(1)).unwrap();
    }
}
