//! `moto_server`: knows conditions and uploads in parts, takes any key.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use stowage_connector_s3::CopyLimits;
use stowage_storage::{
    ObjectPath, Pinned, WriteMode, bytes_of,
    conformance::{Setup, Subject, pattern},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::storage::all_backends_are_required as must_run;

async fn place() -> Option<Place> {
    let url = variable("STOWAGE_TEST_MOTO_S3_URL")?;
    // A bucket for each test: moto stumbles over changes to a bucket that it lists.
    let bucket = unique("moto");
    make_bucket(&url, &bucket)
        .await
        .expect("a bucket can be made");
    Some(Place {
        url,
        bucket,
        prefix: "folder".to_owned(),
        credentials: S3Credentials {
            access_key: "test".into(),
            secret_key: "test".into(),
        },
    })
}

/// The server asks for no signature, so that a request is a few lines of text.
async fn make_bucket(url: &str, bucket: &str) -> std::io::Result<()> {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = tokio::net::TcpStream::connect(host).await?;
    let request = format!(
        "PUT /{bucket} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    stream.read_to_string(&mut String::new()).await?;
    Ok(())
}

async fn setup() -> Setup {
    let Some(place) = place().await else {
        return Setup::Absent(ABSENT.into());
    };
    let mut subject = Subject::new(place.connect_as_probed().await, "case");
    for name in ["line\nbreak", "return\rhere"] {
        subject = subject.refuses_name(name);
    }
    Setup::Ready(subject)
}

const ABSENT: &str = "STOWAGE_TEST_MOTO_S3_URL is not set";

stowage_storage::conformance_tests!(setup, must_run);

#[tokio::test]
async fn the_probe_finds_out_which_conditions_are_honoured() {
    let Some(place) = place().await else {
        assert!(!must_run(), "the probe cannot run: {ABSENT}");
        println!("skipped the_probe_finds_out_which_conditions_are_honoured: {ABSENT}");
        return;
    };
    let (steps, finding) = place.probe(false).await;
    assert_eq!(failure(&steps), None);
    assert!(finding.capability.write_create_only);
    assert!(finding.capability.copy);
    assert_eq!(status(&steps, Step::ConditionalWrite), ProbeStatus::Ok);
    for step in &steps {
        println!(
            "{:<26} {:?} {}",
            step.title,
            step.status,
            step.reason.as_deref().unwrap_or("-")
        );
    }
}

#[tokio::test]
async fn nothing_beside_the_folder_is_seen() {
    let Some(place) = place().await else {
        assert!(!must_run(), "cannot run: {ABSENT}");
        println!("skipped nothing_beside_the_folder_is_seen: {ABSENT}");
        return;
    };
    sees_nothing_beside_the_folder(&place).await;
}

/// Connects with what the server honours, cutting copies small.
fn connect_cutting(place: &Place, provider: Provider, capability: Capability) -> S3Storage {
    let settings = S3Settings {
        provider,
        ..place.settings()
    };
    let options = S3Options {
        capability,
        copy_limits: CopyLimits {
            whole: 4 * MEBI,
            part: 5 * MEBI,
        },
        ..S3Options::default()
    };
    S3Storage::connect(&settings, &place.credentials, &http(), options).expect("good settings")
}

const MEBI: u64 = 1024 * 1024;

async fn put(storage: &S3Storage, path: &ObjectPath, content: &Bytes) -> Pinned {
    let (size, body) = (content.len() as u64, bytes_of(content.clone()));
    let written = storage.write(path, size, body, WriteMode::Replace).await;
    Pinned {
        revision: written.expect("it can be written").revision,
        size,
    }
}

/// A large object is copied in parts, to another bucket too, on the same conditions.
#[tokio::test]
async fn a_large_object_is_copied_in_parts() {
    let (Some(from), Some(to)) = (place().await, place().await) else {
        assert!(!must_run(), "cannot run: {ABSENT}");
        println!("skipped a_large_object_is_copied_in_parts: {ABSENT}");
        return;
    };
    let capability = to.probe(false).await.1.capability;
    assert!(capability.copy && capability.write_create_only);
    let source = connect_cutting(&from, Provider::Minio, capability);
    let target = connect_cutting(&to, Provider::Minio, capability);
    let path = ObjectPath::new("video.mov").expect("a good path");
    let content = pattern(7, 12 * MEBI as usize);
    let pinned = put(&source, &path, &content).await;
    let origin = source.origin(&path).expect("it can be copied from");
    let mode = WriteMode::CreateOnly;
    let copied = target.copy(&origin, &pinned, &path, mode).await;
    let copied = copied.expect("it is copied");
    assert_eq!((copied.object.size, copied.sha256), (12 * MEBI, None));
    let read = target.read(&path, None).await.expect("it is there");
    assert!(read.into_bytes(u64::MAX).await.expect("it is read") == content);

    let again = target.copy(&origin, &pinned, &path, mode).await;
    let kind = again.expect_err("the name is taken").kind();
    assert_eq!(kind, ErrorKind::AlreadyExists);
    put(&source, &path, &pattern(8, 12 * MEBI as usize)).await;
    let free = ObjectPath::new("free.mov").expect("a good path");
    let changed = target.copy(&origin, &pinned, &free, mode).await;
    let kind = changed.expect_err("the source changed").kind();
    assert_eq!(kind, ErrorKind::Conflict);
    let left = target.stat(&free).await;
    assert!(left.is_err_and(|error| error.is_not_found()));
}

/// Amazon tells the SHA-256 that it computed of a whole copy; nobody else's word counts.
#[tokio::test]
async fn only_amazons_digest_of_a_copy_is_taken() {
    let Some(place) = place().await else {
        assert!(!must_run(), "cannot run: {ABSENT}");
        println!("skipped only_amazons_digest_of_a_copy_is_taken: {ABSENT}");
        return;
    };
    let capability = place.probe(false).await.1.capability;
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let content = pattern(9, 50_000);
    let hash: [u8; 32] = Sha256::digest(&content).into();
    for (provider, name, told) in [
        (Provider::Aws, "amazon.jpg", Some(hash)),
        (Provider::Minio, "other.jpg", None),
    ] {
        let storage = connect_cutting(&place, provider, capability);
        let pinned = put(&storage, &path, &content).await;
        let origin = storage.origin(&path).expect("it can be copied from");
        let copy = ObjectPath::new(name).expect("a good path");
        let copied = storage.copy(&origin, &pinned, &copy, WriteMode::CreateOnly);
        assert_eq!(copied.await.expect("it is copied").sha256, told, "{name}");
    }
}

/// Who asks with other keys, or another region, reads and writes.
#[tokio::test]
async fn other_keys_copy_nothing() {
    let Some(place) = place().await else {
        assert!(!must_run(), "cannot run: {ABSENT}");
        println!("skipped other_keys_copy_nothing: {ABSENT}");
        return;
    };
    let capability = place.probe(false).await.1.capability;
    let mut other = place.clone();
    other.credentials.secret_key = "another".into();
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let source = connect_cutting(&other, Provider::Minio, capability);
    let pinned = put(&source, &path, &pattern(1, 100)).await;
    let origin = source.origin(&path).expect("it can be copied from");
    assert!(!format!("{origin:?}").contains("another"), "{origin:?}");
    let target = connect_cutting(&place, Provider::Minio, capability);
    let copy = ObjectPath::new("copy.jpg").expect("a good path");
    let refused = target.copy(&origin, &pinned, &copy, WriteMode::CreateOnly);
    let kind = refused.await.expect_err("the keys are others").kind();
    assert_eq!(kind, ErrorKind::Unsupported);
}
