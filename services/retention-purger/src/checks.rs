//! Counts what must never be true of the tables, and says so when something is.

use std::collections::BTreeMap;

use stowage_db::{DbError, Scope, check::Check};
use tracing::{error, info, warn};

use crate::Deps;

/// What was counted the last time, so that each change is logged once.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    seen: BTreeMap<&'static str, u64>,
}

impl Checks {
    /// Runs the light checks, and sets the gauge of each.
    pub(crate) async fn run(&mut self, deps: &Deps) {
        for check in Check::light() {
            match count(deps, check).await {
                Ok(count) => self.note(check, count),
                Err(error) => warn!(%error, "could not check the catalog for {}", check.name),
            }
        }
    }

    fn note(&mut self, check: &Check, count: u64) {
        metrics::gauge!("stowage_invariant_violations", "check" => check.name).set(count as f64);
        let before = self.seen.insert(check.name, count).unwrap_or_default();
        if before == count {
            return;
        }
        if count == 0 {
            info!(check.name, "the catalog is well again: {}", check.name);
        } else {
            error!(
                check.name,
                check.violations = count,
                "{} {}",
                check.means,
                check.remedy
            );
        }
    }
}

async fn count(deps: &Deps, check: &Check) -> Result<u64, DbError> {
    let tx = deps.db.read(Scope::System).await?;
    tx.violations(check).await
}
