//! A folder as a storage.

use std::sync::Arc;

use stowage_connector_fs::{FsOptions, FsStorage};
use stowage_storage::conformance::{Setup, Subject};

async fn folder(read_only: bool) -> Setup {
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    let options = FsOptions {
        read_only,
        fsync: false,
        ..FsOptions::default()
    };
    let storage = FsStorage::open(root.path(), options).expect("the folder is a good one");
    let mut subject = Subject::new(Arc::new(storage), "case").keeping(root);
    for name in ["a//b".to_owned(), "x".repeat(256)] {
        subject = subject.refuses_name(name);
    }
    Setup::Ready(subject)
}

async fn setup() -> Setup {
    folder(false).await
}

fn must_run() -> bool {
    true
}

stowage_storage::conformance_tests!(setup, must_run);

#[tokio::test]
async fn a_read_only_folder_refuses_to_write() {
    use stowage_storage::conformance::{check, write::a_read_only_connection_refuses_to_write};
    check("fs, read-only", folder(true).await, true, |subject| {
        Box::pin(a_read_only_connection_refuses_to_write(subject))
    })
    .await;
}

#[tokio::test]
async fn the_probe_finds_a_folder_good_and_leaves_it_empty() {
    use stowage_connector_fs::FsGround;
    use stowage_storage::probe::{Probe, ProbeStatus, Step, to_end};
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    let storage = FsStorage::open(root.path(), FsOptions::default()).expect("a good folder");
    let (steps, finding) = to_end(Probe::new(Arc::new(storage), Arc::new(FsGround)).run()).await;
    assert!(finding.is_connected, "{steps:#?}");
    assert!(finding.capability.write_create_only && finding.capability.delete_if_unchanged);
    assert!(finding.capability.copy);
    assert!(finding.usage.free_bytes.is_some_and(|bytes| bytes > 0));
    let tls = steps
        .iter()
        .find(|step| step.step == Step::Encryption)
        .map(|step| step.status);
    assert_eq!(tls, Some(ProbeStatus::Skipped));
    let left = std::fs::read_dir(root.path())
        .expect("the folder is there")
        .count();
    assert_eq!(left, 0);
}
