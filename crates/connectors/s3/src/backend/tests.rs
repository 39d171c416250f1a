//! Against answers that no good server gives.

use std::time::Duration;

use futures::TryStreamExt;
use stowage_egress::{Egress, EgressConfig};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};

use super::*;
use crate::{Provider, S3Timeouts};

/// Answers each request with the next of the answers, and the last one for ever after; nothing,
/// where there is none.
struct Server {
    url: String,
    asked: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.asked.abort();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test server that its test aborts"
)]
async fn server(answers: Vec<String>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let mut held = Vec::new();
        let mut turn = 0;
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 64 * 1024];
            let _ = connection.read(&mut request).await;
            if let Some(answer) = answers.get(turn.min(answers.len().saturating_sub(1))) {
                let _ = connection.write_all(answer.as_bytes()).await;
                let _ = connection.shutdown().await;
            } else {
                held.push(connection);
            }
            turn += 1;
        }
    });
    Server { url, asked }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

fn listing(inside: &str) -> String {
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name>{inside}</ListBucketResult>"#
    );
    answer("200 OK", "Content-Type: application/xml\r\n", &body)
}

fn keys(keys: &[&str]) -> String {
    let listed = |key: &&str| {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>\
             <ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>"
        )
    };
    keys.iter().map(listed).collect::<Vec<_>>().concat()
}

fn storage_at(url: &str, prefix: &str) -> S3Storage {
    let policy = EgressConfig {
        allow_private: true,
        allow: Vec::new(),
    };
    let timeouts = S3Timeouts {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(500),
        ..S3Timeouts::default()
    };
    let http = S3Http::new(Egress::new(&policy).unwrap(), timeouts);
    let settings = S3Settings {
        provider: Provider::Custom,
        bucket: "photos".into(),
        region: None,
        endpoint: Some(url.to_owned()),
        public_endpoint: None,
        path_prefix: Some(prefix.to_owned()),
        path_style: None,
    };
    let credentials = S3Credentials {
        access_key: "a".into(),
        secret_key: "s".into(),
    };
    S3Storage::connect(&settings, &credentials, &http, S3Options::default()).unwrap()
}

async fn list(storage: &S3Storage) -> Result<Vec<String>, ErrorKind> {
    let pages: Result<Vec<_>, _> = storage.list(None).try_collect().await;
    let pages = pages.map_err(|error| error.kind())?;
    Ok(pages
        .into_iter()
        .flat_map(|page| page.objects)
        .map(|object| object.path)
        .collect())
}

#[tokio::test]
async fn a_listing_never_ends_short_without_an_error() {
    let more = listing(&format!("<IsTruncated>true</IsTruncated>{}", keys(&["a"])));
    let server = server(vec![more]).await;
    assert_eq!(
        list(&storage_at(&server.url, "")).await,
        Err(ErrorKind::Unexpected)
    );
}

#[tokio::test]
async fn a_second_page_that_fails_fails_the_listing() {
    let token = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
    let server = server(vec![
        listing(&format!("{token}{}", keys(&["a", "b"]))),
        answer("503 Slow Down", "Retry-After: 7\r\n", ""),
    ])
    .await;
    let mut pages = storage_at(&server.url, "").list(None);
    assert_eq!(pages.try_next().await.unwrap().unwrap().objects.len(), 2);
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_key_outside_of_the_prefix_is_an_error() {
    let server = server(vec![listing(&keys(&["holidays/a", "holidays2/b"]))]).await;
    assert_eq!(
        list(&storage_at(&server.url, "holidays")).await,
        Err(ErrorKind::Unexpected)
    );
}

#[tokio::test]
async fn keys_out_of_order_fail_once_and_are_left_to_the_sorter_from_then_on() {
    let server = server(vec![listing(&keys(&["b", "a"]))]).await;
    let storage = storage_at(&server.url, "");
    assert!(storage.capability().sorted_listing);
    assert_eq!(list(&storage).await, Err(ErrorKind::Unexpected));
    assert!(!storage.capability().sorted_listing);
    assert_eq!(
        list(&storage).await,
        Ok(vec!["b".to_owned(), "a".to_owned()])
    );
    assert!(storage.list_after(None, "a").is_none());
}

#[tokio::test]
async fn folder_markers_and_impossible_paths_are_no_objects() {
    let marker = "<Contents><Key>f/</Key><ETag>&quot;e&quot;</ETag><Size>0</Size></Contents>";
    let body = format!("{marker}{}", keys(&["f/../g", "f//h", "f/i/"]));
    let server = server(vec![listing(&body)]).await;
    let pages: Vec<_> = storage_at(&server.url, "")
        .list(None)
        .try_collect()
        .await
        .unwrap();
    let objects: Vec<_> = pages[0]
        .objects
        .iter()
        .map(|object| &*object.path)
        .collect();
    assert_eq!(objects, ["f//h", "f/i/"]);
    assert_eq!(pages[0].skipped.len(), 1);
    assert_eq!(pages[0].skipped[0].path, "f/../g");
}

#[tokio::test]
async fn a_silent_server_is_a_timeout() {
    let server = server(Vec::new()).await;
    let started = Instant::now();
    assert_eq!(
        list(&storage_at(&server.url, "")).await,
        Err(ErrorKind::Timeout)
    );
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_server_of_another_kind_is_told_from_a_storage() {
    let page = answer(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<html><body>Hello</body></html>",
    );
    let server = server(vec![page]).await;
    let error = storage_at(&server.url, "").identify().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected, "{error}");
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let target = server(vec![listing(&keys(&["stolen"]))]).await;
    for status in [
        "301 Moved",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let header = format!("Location: {}/photos?list-type=2\r\n", target.url);
        let server = server(vec![answer(status, &header, "")]).await;
        let listed = list(&storage_at(&server.url, "")).await;
        assert_eq!(listed, Err(ErrorKind::InvalidSettings), "{status}");
    }
}

#[tokio::test]
async fn https_to_a_server_without_it_is_a_wrong_setting() {
    let server = server(vec![answer("400 Bad Request", "", "")]).await;
    let url = server.url.replace("http://", "https://");
    let error = storage_at(&url, "").identify().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error:?}");
}

#[tokio::test]
async fn content_that_ends_early_is_an_error() {
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: \"e\"\r\n\r\nonly this".to_owned();
    let server = server(vec![short]).await;
    let path = ObjectPath::new("a.jpg").unwrap();
    let read = storage_at(&server.url, "").read(&path, None).await.unwrap();
    assert_eq!(read.object.size, 100);
    assert_eq!(
        read.into_bytes(1_000).await.unwrap_err().kind(),
        ErrorKind::Unreachable
    );
}

#[tokio::test]
async fn a_server_without_ranges_gives_the_range_nevertheless() {
    let whole = answer("200 OK", "ETag: \"e\"\r\n", "0123456789");
    let server = server(vec![whole]).await;
    let path = ObjectPath::new("a.jpg").unwrap();
    for (range, part) in [(2..5, "234"), (8..20, "89"), (0..1, "0")] {
        let read = storage_at(&server.url, "")
            .read(&path, Some(range))
            .await
            .unwrap();
        assert_eq!(read.object.size, 10);
        assert_eq!(read.into_bytes(100).await.unwrap(), part);
    }
}

#[tokio::test]
async fn a_missing_object_in_a_missing_bucket_is_a_missing_bucket() {
    let body = "<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>";
    let server = server(vec![
        answer("404 Not Found", "", ""),
        answer("404 Not Found", "Content-Type: application/xml\r\n", body),
    ])
    .await;
    let path = ObjectPath::new("a.jpg").unwrap();
    let error = storage_at(&server.url, "").stat(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RootNotFound);
}
