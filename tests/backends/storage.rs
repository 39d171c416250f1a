//! What a storage promises, asked of every kind of storage.
//!
//! Servers are found by environment variables, as `deploy/dev/services` sets them. One that is
//! absent is skipped by name, and with `STOWAGE_REQUIRE_ALL_BACKENDS=1` it is a failure.

mod fs;
mod ftp;
mod s3;

use stowage_config::env as variable;
use stowage_storage::probe::{ProbeStatus, ProbeStep, Step};

fn all_backends_are_required() -> bool {
    variable("STOWAGE_REQUIRE_ALL_BACKENDS").is_some_and(|value| value != "0")
}

/// A name that no other test uses, now or in another run against the same server.
fn unique(what: &str) -> String {
    format!("{what}-{}", uuid::Uuid::new_v4().simple())
}

fn status(steps: &[ProbeStep], step: Step) -> ProbeStatus {
    steps
        .iter()
        .find(|found| found.step == step)
        .expect("every step is told")
        .status
}

/// The first step that failed, with its reason.
fn failure(steps: &[ProbeStep]) -> Option<(Step, &str)> {
    let failed = steps
        .iter()
        .find(|step| step.status == ProbeStatus::Failed)?;
    Some((failed.step, failed.reason.as_deref().unwrap_or_default()))
}
