//! Uploads: tus 1.0 by its specification, forms, and everything that is refused.

mod full_disk;
mod limits;
mod tus;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::Value;

use crate::person::{Answer, Person};

pub(crate) const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
pub(crate) const CSRF: (&str, &str) = ("x-stowage", "1");
pub(crate) const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// Announces a file of so many bytes.
pub(crate) async fn announce(person: &Person, size: u64, more: &[(&str, &str)]) -> Answer {
    let size = size.to_string();
    let mut headers = vec![TUS, CSRF, ("upload-length", size.as_str())];
    headers.extend(more);
    let path = person.path("/uploads");
    person.send(Method::POST, &path, &headers, None).await
}

/// Begins an upload and returns its id.
pub(crate) async fn begin(person: &Person, size: u64) -> String {
    let answer = announce(person, size, &[]).await;
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let location = answer.header("location");
    let (path, id) = location.rsplit_once('/').unwrap();
    assert_eq!(path, person.path("/uploads"));
    id.to_owned()
}

/// Sends bytes that begin at `at`.
pub(crate) async fn append(
    person: &Person,
    id: &str,
    at: u64,
    bytes: impl Into<reqwest::Body>,
    more: &[(&str, &str)],
) -> Answer {
    let at = at.to_string();
    let mut headers = vec![TUS, CSRF, BYTES, ("upload-offset", at.as_str())];
    headers.extend(more);
    let path = person.path(&format!("/uploads/{id}"));
    person
        .send_bytes(Method::PATCH, &path, &headers, bytes)
        .await
}

/// Asks how far an upload is.
pub(crate) async fn ask(person: &Person, id: &str) -> Answer {
    let path = person.path(&format!("/uploads/{id}"));
    person.send(Method::HEAD, &path, &[TUS], None).await
}

pub(crate) async fn offset(person: &Person, id: &str) -> u64 {
    let answer = ask(person, id).await;
    assert_eq!(answer.status, 200);
    answer.header("upload-offset").parse().unwrap()
}

pub(crate) async fn cancel(person: &Person, id: &str) -> Answer {
    let path = person.path(&format!("/uploads/{id}"));
    person.send(Method::DELETE, &path, &[TUS, CSRF], None).await
}

pub(crate) async fn show(person: &Person, id: &str) -> Value {
    person.get(&format!("/uploads/{id}")).await.with(200)
}

/// Writes `Upload-Metadata`.
pub(crate) fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}
