//! `rclone serve s3`: checks signatures, knows neither conditions nor uploads in parts.

use std::path::{Path, PathBuf};

use stowage_storage::conformance::{Setup, Subject};

use super::*;
use crate::storage::all_backends_are_required as must_run;

const BUCKET: &str = "stowage-conformance";

/// The server's folders are its buckets.
fn place() -> Option<Place> {
    let folder = variable("STOWAGE_TEST_RCLONE_S3_FOLDER")?;
    std::fs::create_dir_all(Path::new(&folder).join(BUCKET)).expect("a bucket can be made");
    Some(Place {
        url: variable("STOWAGE_TEST_RCLONE_S3_URL")?,
        bucket: BUCKET.to_owned(),
        prefix: unique("rclone"),
        credentials: S3Credentials {
            access_key: variable("STOWAGE_TEST_RCLONE_S3_ACCESS_KEY")?,
            secret_key: variable("STOWAGE_TEST_RCLONE_S3_SECRET_KEY")?,
        },
    })
}

impl Place {
    /// Where the server keeps the objects of this place.
    fn folder(&self) -> PathBuf {
        let root = variable("STOWAGE_TEST_RCLONE_S3_FOLDER").unwrap_or_default();
        Path::new(&root).join(&self.bucket).join(&self.prefix)
    }
}

async fn setup() -> Setup {
    let Some(place) = place() else {
        return Setup::Absent(ABSENT.into());
    };
    let mut subject = Subject::new(place.connect_as_probed().await, "case")
        .cannot(
            "a_folder_is_no_object",
            "rclone answers 500 to the delete of a folder's name",
        )
        .cannot(
            "deletes_nothing_but_the_object",
            "rclone answers 500 to the delete of a folder's name",
        )
        .cannot(
            "a_large_body_that_fails_leaves_everything_as_it_was",
            "rclone keeps the folder that it made for an upload that broke off",
        );
    for name in CHANGED {
        subject = subject.mangles_name(name);
    }
    // It refuses this one, and shows a file of that name for a while nevertheless.
    let too_long = "x".repeat(256);
    Setup::Ready(subject.refuses_name("a//b").mangles_name(too_long))
}

const ABSENT: &str = "STOWAGE_TEST_RCLONE_S3_URL and its companions are not set";

/// Control characters, which rclone lists as the pictures of them.
const CHANGED: [&str; 7] = [
    "tab\there",
    "line\nbreak",
    "return\rhere",
    "bell\u{7}",
    "escape\u{1b}[31m",
    "\u{1}first control",
    "delete\u{7f}",
];

stowage_storage::conformance_tests!(setup, must_run);

/// Returns where to test, or says that nothing is there.
fn place_or_skip(test: &str) -> Option<Place> {
    let place = place();
    if place.is_none() {
        assert!(!must_run(), "{test} cannot run: {ABSENT}");
        println!("skipped {test}: {ABSENT}");
    }
    place
}

#[tokio::test]
async fn the_probe_finds_out_that_conditions_are_ignored() {
    let Some(place) = place_or_skip("the_probe_finds_out_that_conditions_are_ignored") else {
        return;
    };
    let (steps, finding) = place.probe(false).await;
    assert_eq!(failure(&steps), None);
    assert!(!finding.capability.write_create_only);
    assert!(!finding.capability.delete_if_unchanged);
    assert!(!finding.capability.copy, "it copies what has changed since");
    let left = std::fs::read_dir(place.folder()).map_or(0, Iterator::count);
    assert_eq!(left, 0, "the probe left something behind");
}

#[tokio::test]
async fn a_read_only_probe_writes_nothing() {
    let Some(place) = place_or_skip("a_read_only_probe_writes_nothing") else {
        return;
    };
    let (steps, finding) = place.probe(true).await;
    assert_eq!(failure(&steps), None);
    assert!(!finding.capability.write);
    assert_eq!(status(&steps, Step::Write), ProbeStatus::Skipped);
    assert!(!place.folder().exists(), "something was written");
}

#[tokio::test]
async fn wrong_keys_are_told_from_a_missing_bucket() {
    let Some(place) = place_or_skip("wrong_keys_are_told_from_a_missing_bucket") else {
        return;
    };
    let mut unknown = place.clone();
    unknown.credentials.access_key = "somebody".into();
    let mut wrong = place.clone();
    wrong.credentials.secret_key = "wrong".into();
    for place in [unknown, wrong] {
        let error = identify(&place).await.expect_err("the keys are wrong");
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}");
        let (steps, _) = place.probe(false).await;
        let (step, reason) = failure(&steps).expect("a step fails");
        assert_eq!(step, Step::Credentials);
        assert!(reason.starts_with("Access Denied: "), "{reason}");
    }
    let missing = Place {
        bucket: "no-such-bucket".into(),
        ..place
    };
    let error = identify(&missing).await.expect_err("the bucket is missing");
    assert_eq!(error.kind(), ErrorKind::RootNotFound, "{error}");
    let (steps, _) = missing.probe(false).await;
    let (step, reason) = failure(&steps).expect("a step fails");
    assert_eq!(step, Step::RootFound);
    assert!(reason.starts_with("Bucket Not Found: "), "{reason}");
}

/// A bucket that goes away must never look like one that is empty, nor its objects like deleted.
#[tokio::test]
async fn a_removed_bucket_is_an_error_and_not_an_empty_one() {
    use futures::TryStreamExt;
    use stowage_storage::{DeleteCondition, ObjectPath};
    let Some(place) = place_or_skip("a_removed_bucket_is_an_error_and_not_an_empty_one") else {
        return;
    };
    let missing = Place {
        bucket: unique("gone"),
        ..place
    };
    let storage = missing.connect(false, Capability::default());
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let listed: Result<Vec<_>, _> = storage.list(None).try_collect().await;
    let kinds = [
        listed.map(drop),
        storage.stat(&path).await.map(drop),
        storage.read(&path, None).await.map(drop),
        storage.delete(&path, DeleteCondition::OwnKey).await,
    ]
    .map(|answer| answer.expect_err("there is no bucket").kind());
    assert_eq!(kinds, [ErrorKind::RootNotFound; 4]);
}

#[tokio::test]
async fn nothing_beside_the_folder_is_seen() {
    let Some(place) = place_or_skip("nothing_beside_the_folder_is_seen") else {
        return;
    };
    sees_nothing_beside_the_folder(&place).await;
}
