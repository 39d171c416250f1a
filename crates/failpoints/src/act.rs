//! What happens at a failpoint, and how it is written: `purge.taken=abort@2,delete.noted=sleep:500`.

use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::{Failed, Failpoint};

/// What a process does at a failpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Ends at once, with nothing written and nothing said.
    Abort,
    /// Stands still for so long, then goes on.
    Sleep(Duration),
    Fail,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("there is no failpoint {name:?}")]
    NoSuchPoint { name: String },
    #[error("{text:?} is not <failpoint>=abort|fail|sleep:<milliseconds>[@<pass>], nor `count`")]
    Malformed { text: String },
    #[error("failpoints are for tests alone: a release build has none")]
    Release,
    #[error("failpoints were set before")]
    Twice,
}

/// What is to happen where. Where there is a plan, every pass is counted.
#[derive(Debug, Default)]
pub struct Plan {
    acts: BTreeMap<Failpoint, Planned>,
    counts: bool,
}

#[derive(Debug)]
struct Planned {
    act: Act,
    /// At which pass it happens, from 1; never again.
    at: u64,
    passed: AtomicU64,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty() && !self.counts
    }

    pub(crate) async fn pass(&self, point: Failpoint) -> Result<(), Failed> {
        metrics::counter!("stowage_failpoint_passes_total", "point" => point.name()).increment(1);
        let Some(planned) = self.acts.get(&point) else {
            return Ok(());
        };
        if planned.passed.fetch_add(1, Ordering::SeqCst) + 1 != planned.at {
            return Ok(());
        }
        match planned.act {
            Act::Abort => {
                eprintln!("failpoint {point}: abort");
                std::process::abort()
            }
            Act::Sleep(time) => {
                eprintln!("failpoint {point}: sleep");
                tokio::time::sleep(time).await;
                eprintln!("failpoint {point}: goes on");
                Ok(())
            }
            Act::Fail => Err(Failed(point)),
        }
    }
}

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let mut plan = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            if part == "count" {
                plan.counts = true;
                continue;
            }
            let malformed = || PlanError::Malformed {
                text: part.to_owned(),
            };
            let (point, act) = part.split_once('=').ok_or_else(malformed)?;
            let (act, at) = act.split_once('@').unwrap_or((act, "1"));
            let planned = Planned {
                act: act_of(act).ok_or_else(malformed)?,
                at: at.parse().map_err(|_| malformed())?,
                passed: AtomicU64::new(0),
            };
            plan.acts.insert(point.parse()?, planned);
        }
        Ok(plan)
    }
}

fn act_of(word: &str) -> Option<Act> {
    match word.split_once(':') {
        None if word == "abort" => Some(Act::Abort),
        None if word == "fail" => Some(Act::Fail),
        Some(("sleep", time)) => time.parse().ok().map(Duration::from_millis).map(Act::Sleep),
        _ => None,
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self
            .acts
            .iter()
            .map(|(point, planned)| format!("{point}={:?}@{}", planned.act, planned.at))
            .collect();
        parts.extend(self.counts.then(|| "count".to_owned()));
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_happens_at_the_pass_that_was_named_and_only_then() {
        let plan: Plan = "purge.taken=fail@2".parse().unwrap();
        let failed = Err(Failed(Failpoint::PurgeTaken));
        let passes = [Ok(()), failed, Ok(())];
        for (number, expected) in passes.into_iter().enumerate() {
            let passed = plan.pass(Failpoint::PurgeTaken).await;
            assert_eq!(passed, expected, "pass {number}");
        }
        assert_eq!(plan.pass(Failpoint::DeleteNoted).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_can_be_told_to_stand_still() {
        let plan: Plan = "delete.noted=sleep:60000, count".parse().unwrap();
        let before = tokio::time::Instant::now();
        plan.pass(Failpoint::DeleteNoted).await.unwrap();
        assert_eq!(before.elapsed(), Duration::from_mins(1));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!("".parse::<Plan>().unwrap().is_empty());
        assert!(!"count".parse::<Plan>().unwrap().is_empty());
        for text in [
            "purge.taken",
            "purge.taken=explode",
            "purge.taken=abort@x",
            "sleep",
        ] {
            let refused = text.parse::<Plan>().map(drop);
            assert!(
                matches!(refused, Err(PlanError::Malformed { .. })),
                "{text}"
            );
        }
        let unknown = "nowhere=abort".parse::<Plan>().map(drop);
        assert!(matches!(unknown, Err(PlanError::NoSuchPoint { .. })));
    }
}
