use std::sync::Arc;

use super::*;
use crate::test_storage::{Fault, Memory};

struct Nowhere;

impl Ground for Nowhere {}

struct WrongKeys;

#[async_trait]
impl Ground for WrongKeys {
    async fn credentials(&self) -> Result<Tick, StorageError> {
        Err(StorageError::new(
            ErrorKind::Unauthenticated,
            "the keys are refused",
        ))
    }
}

async fn probe(storage: &Arc<Memory>, ground: impl Ground + 'static) -> (Vec<ProbeStep>, Finding) {
    to_end(Probe::new(Arc::clone(storage) as _, Arc::new(ground)).run()).await
}

fn status(steps: &[ProbeStep], step: Step) -> (ProbeStatus, &str) {
    let found = steps.iter().find(|found| found.step == step).unwrap();
    (found.status, found.reason.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn v25_a_good_storage_passes_and_is_left_as_it_was() {
    let storage = Arc::new(Memory::default());
    let (steps, finding) = probe(&storage, Nowhere).await;
    assert_eq!(steps.len(), 13);
    assert!(finding.is_connected, "{steps:#?}");
    assert!(finding.capability.write_create_only && finding.capability.delete_if_unchanged);
    assert!(finding.capability.copy);
    assert!(finding.identity.is_some());
    assert_eq!(storage.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn conditions_that_are_ignored_are_found_out_and_no_failure() {
    let storage = Arc::new(Memory::with(Fault::IgnoresConditions));
    let (steps, finding) = probe(&storage, Nowhere).await;
    assert!(finding.is_connected, "{steps:#?}");
    assert!(!finding.capability.write_create_only && !finding.capability.delete_if_unchanged);
    assert!(!finding.capability.copy, "it copies what has changed");
    assert_eq!(
        status(&steps, Step::ConditionalDelete).0,
        ProbeStatus::Skipped
    );
    assert_eq!(storage.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn what_depends_on_a_failed_step_is_skipped_with_the_reason() {
    let (steps, finding) = probe(&Arc::new(Memory::default()), WrongKeys).await;
    assert!(!finding.is_connected);
    let (failed, reason) = status(&steps, Step::Credentials);
    assert_eq!(
        (failed, reason),
        (ProbeStatus::Failed, "Access Denied: the keys are refused")
    );
    for step in [
        Step::RootFound,
        Step::List,
        Step::Write,
        Step::Delete,
        Step::FreeSpace,
    ] {
        let after = (ProbeStatus::Skipped, "after a failure: Credentials");
        assert_eq!(status(&steps, step), after, "{step:?}");
    }
    assert_eq!(
        status(&steps, Step::ClockSkew).1,
        "not needed for this kind of storage"
    );
}

#[tokio::test]
async fn read_only_skips_the_steps_that_write_by_name() {
    let storage = Arc::new(Memory::with(Fault::ReadOnly));
    let (steps, finding) = probe(&storage, Nowhere).await;
    assert!(finding.is_connected, "{steps:#?}");
    for step in [
        Step::Write,
        Step::ConditionalWrite,
        Step::ConditionalDelete,
        Step::Delete,
    ] {
        assert_eq!(
            status(&steps, step),
            (ProbeStatus::Skipped, "read-only"),
            "{step:?}"
        );
    }
    assert_eq!(storage.calls("write") + storage.calls("delete"), 0);
}

#[tokio::test]
async fn a_write_that_is_denied_fails_that_step_and_says_what_to_do() {
    let storage = Arc::new(Memory::with(Fault::Fails(
        "write",
        ErrorKind::Denied,
        usize::MAX,
    )));
    let (steps, finding) = probe(&storage, Nowhere).await;
    assert!(!finding.is_connected);
    let failed = steps
        .iter()
        .find(|found| found.status == ProbeStatus::Failed)
        .unwrap();
    assert_eq!(failed.step, Step::Write);
    assert_eq!(
        failed.remedy.as_deref(),
        Some("Check the credentials and their permissions.")
    );
    assert_eq!(
        status(&steps, Step::Delete).1,
        "after a failure: Write a probe"
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_storage_costs_ten_seconds_a_step() {
    let storage = Arc::new(Memory::with(Fault::Hangs("identify")));
    let (steps, finding) = probe(&storage, Nowhere).await;
    assert!(!finding.is_connected);
    let silent = steps
        .iter()
        .find(|found| found.step == Step::RootFound)
        .unwrap();
    assert!(silent.duration >= STEP_LIMIT && silent.duration < STEP_LIMIT * 2);
    assert!(silent.reason.as_deref().unwrap().starts_with("Timeout: "));
}
