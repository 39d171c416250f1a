//! A bucket on moto, whose server deletes on condition and keeps everything in its memory: looked at
//! and changed behind the application's back, by requests with a signature that it does not check.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use url::Url;

use crate::servers;

/// moto wants to see who asks, and believes everybody.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=none";

/// What the storage is connected to; other objects of the bucket are nobody's business.
pub(crate) const FOLDER: &str = "photos";

/// Returns the key of a path below the connected folder.
pub(crate) fn key(path: &str) -> String {
    format!("{FOLDER}/{path}")
}

fn address(key: &str) -> String {
    format!("/{}", encoded(key))
}

fn encoded(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let mut text = String::new();
    for byte in key.bytes() {
        match plain(byte) {
            true => text.push(byte.into()),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// A bucket of one's own.
#[derive(Debug, Clone)]
pub struct Moto {
    port: u16,
    bucket: String,
}

impl Moto {
    /// Makes an empty bucket, none where the server is missing.
    pub fn new() -> Option<Self> {
        let url: Url = servers::variable("STOWAGE_TEST_MOTO_S3_URL")?
            .parse()
            .expect("the variable holds an address");
        let moto = Self {
            port: url.port().expect("a test server has a port of its own"),
            bucket: format!("test-{}", uuid::Uuid::new_v4().simple()),
        };
        moto.must("PUT", "", &[]);
        Some(moto)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Returns an object's bytes.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let (status, body) = self.ask("GET", &address(key), &[]);
        (status == 200).then_some(body)
    }

    pub fn put(&self, key: &str, bytes: &[u8]) {
        self.must("PUT", &address(key), bytes);
    }

    pub fn delete(&self, key: &str) {
        self.must("DELETE", &address(key), &[]);
    }

    /// Has the bucket keep what is deleted and overwritten.
    pub fn keep_versions(&self) {
        let body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        self.must("PUT", "?versioning", body.as_bytes());
    }

    /// Returns the contents that a path of the connected folder ever had, as far as they are kept.
    pub fn versions(&self, path: &str) -> Vec<Vec<u8>> {
        let key = key(path);
        let body = self.must("GET", &format!("?versions&prefix={}", encoded(&key)), &[]);
        let text = String::from_utf8_lossy(&body);
        let versions = text.split("<Version>").skip(1);
        let ids = versions.filter_map(|rest| {
            let (_, rest) = rest.split_once("<VersionId>")?;
            Some(rest.split_once("</VersionId>")?.0)
        });
        ids.map(|id| self.must("GET", &format!("{}?versionId={id}", address(&key)), &[]))
            .collect()
    }

    /// Lists all keys; those of tests need no escape.
    pub fn keys(&self) -> Vec<String> {
        let body = self.must("GET", "?list-type=2", &[]);
        let text = String::from_utf8_lossy(&body);
        assert!(
            text.contains("<IsTruncated>false</IsTruncated>"),
            "more objects than a page has"
        );
        let keys = text.split("<Key>").skip(1);
        keys.filter_map(|rest| rest.split_once("</Key>"))
            .map(|(key, _)| key.to_owned())
            .collect()
    }

    fn must(&self, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let (status, answer) = self.ask(method, path, body);
        let text = String::from_utf8_lossy(&answer);
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status}: {text}"
        );
        answer
    }

    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("moto answers");
        let head = format!(
            "{method} /{}{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n\
             Content-Type: application/octet-stream\r\nAuthorization: {SIGNED}\r\n\
             Connection: close\r\n\r\n",
            self.bucket,
            self.port,
            body.len()
        );
        let mut answer = Vec::new();
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body))
            .and_then(|()| stream.read_to_end(&mut answer))
            .expect("moto answers");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("an answer has a head");
        let status = String::from_utf8_lossy(&answer[..end])
            .split_whitespace()
            .nth(1)
            .and_then(|status| status.parse().ok());
        (
            status.expect("an answer has a status"),
            answer.split_off(end + 4),
        )
    }
}
