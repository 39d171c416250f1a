//! `moto_server`: knows conditions and uploads in parts, takes any key.

use stowage_storage::conformance::{Setup, Subject};
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
