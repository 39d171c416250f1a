//! The words of tus 1.0: headers that come and headers that go.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use stowage_db::repo::UploadRow;
use stowage_domain::{Timestamp, clean_file_name, clean_folder};

use super::{Checksum, checksum::ALGORITHMS};
use crate::{GatewayConfig, openapi::BASE, problem::Fields};

/// The one version that there is.
const VERSION: &str = "1.0.0";

const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";

/// What a body of bytes has to call itself.
const OFFSET_STREAM: &str = "application/offset+octet-stream";

/// The most bytes of `Upload-Metadata`, which is kept.
const MOST_METADATA: usize = 8 * 1024;

pub(crate) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(crate) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(crate) const DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub(crate) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(crate) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(crate) const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(crate) const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_CHECKSUM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");

/// Headers that pages of other origins send where that is allowed.
pub(crate) const SENT: [HeaderName; 6] =
    [RESUMABLE, LENGTH, OFFSET, METADATA, CHECKSUM, DEFER_LENGTH];

/// Headers that they may read.
pub(crate) const ANSWERED: [HeaderName; 9] = [
    header::LOCATION,
    RESUMABLE,
    LENGTH,
    OFFSET,
    METADATA,
    EXPIRES,
    TUS_VERSION,
    TUS_EXTENSION,
    TUS_MAX_SIZE,
];

/// The method that a `POST` stands for, where it stands for another.
pub(crate) fn stands_for(headers: &HeaderMap) -> Option<Method> {
    const OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
    Method::from_bytes(headers.get(OVERRIDE)?.as_bytes()).ok()
}

/// Puts the version on every answer below `/uploads`, and the ones we know on the refusal of
/// another.
pub(crate) async fn answers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_refused = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, HeaderValue::from_static(VERSION));
    if is_refused {
        headers.insert(TUS_VERSION, HeaderValue::from_static(VERSION));
    }
    response
}

/// Says what this server can do.
pub(crate) fn abilities(config: &GatewayConfig) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([
        (TUS_VERSION, HeaderValue::from_static(VERSION)),
        (TUS_EXTENSION, HeaderValue::from_static(EXTENSIONS)),
        (TUS_CHECKSUM, HeaderValue::from_static(ALGORITHMS)),
    ]);
    if config.upload_max_bytes > 0 {
        headers.insert(TUS_MAX_SIZE, HeaderValue::from(config.upload_max_bytes));
    }
    headers
}

/// Returns whether the caller speaks our version.
pub(crate) fn is_spoken(headers: &HeaderMap) -> bool {
    headers
        .get(RESUMABLE)
        .is_some_and(|value| value.as_bytes() == VERSION.as_bytes())
}

/// Returns whether the body is bytes of an upload.
pub(crate) fn is_offset_stream(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        value
            .as_bytes()
            .eq_ignore_ascii_case(OFFSET_STREAM.as_bytes())
    })
}

/// Reads a header that is a number, or says what is wrong with it.
pub(crate) fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Fields> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let digits = value.to_str().unwrap_or_default().trim();
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // What the database cannot count is no size of a file.
    let number = digits
        .parse()
        .ok()
        .filter(|number| i64::try_from(*number).is_ok());
    match number {
        Some(number) if is_plain => Ok(Some(number)),
        _ => Err(Fields::one(name.as_str(), "must be a number of bytes")),
    }
}

/// Reads a header that is a number, which has to be there.
pub(crate) fn number_of(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Fields> {
    let missing = || Fields::one(name.as_str(), "is missing");
    number(headers, name)?.ok_or_else(missing)
}

/// Reads the checksum of a request, where it has one.
pub(crate) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Fields> {
    let Some(value) = headers.get(CHECKSUM) else {
        return Ok(None);
    };
    let parsed = Checksum::parse(value.to_str().unwrap_or_default());
    let wrong = |error: super::ChecksumError| Fields::one(CHECKSUM.as_str(), error.to_string());
    parsed.map(Some).map_err(wrong)
}

/// What a caller says about a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    pub(crate) folder: String,
    pub(crate) media_type: Option<String>,
    pub(crate) modified_at: Option<Timestamp>,
    /// The header as it came.
    pub(crate) sent: String,
}

/// Reads `Upload-Metadata`. What we do not know is kept and told again, and means nothing.
pub(crate) fn metadata(headers: &HeaderMap) -> Result<Metadata, Fields> {
    let wrong = |why: &str| Fields::one(METADATA.as_str(), why);
    let sent = headers.get(METADATA).map_or(Ok(""), |value| value.to_str());
    let sent = sent.map_err(|_| wrong("must be plain ASCII"))?;
    if sent.len() > MOST_METADATA {
        return Err(wrong("must have at most 8192 bytes"));
    }
    let mut known = Metadata {
        sent: sent.to_owned(),
        ..Metadata::default()
    };
    let mut name = String::new();
    for pair in sent
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim());
        let value = value.map_err(|_| wrong("must be pairs of a key and a value in base64"))?;
        let value = String::from_utf8_lossy(&value);
        match key {
            "filename" | "name" => name = value.into_owned(),
            "filetype" | "type" => known.media_type = media_type_of(&value),
            "relativePath" => known.folder = clean_folder(&value),
            "lastModified" => known.modified_at = millis_of(&value),
            _ => {}
        }
    }
    known.name = clean_file_name(&name);
    Ok(known)
}

/// What browsers say of a file. It is shown to nobody and decides nothing: the content does.
fn media_type_of(text: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte);
    let is_type = text.len() <= 100 && text.contains('/') && text.bytes().all(is_plain);
    is_type.then(|| text.to_ascii_lowercase())
}

/// Reads `File.lastModified`: milliseconds since 1970. A time that no file can have is none.
pub(crate) fn millis_of(text: &str) -> Option<Timestamp> {
    const YEAR_3000: i64 = 32_503_680_000_000;
    let millis: i64 = text.trim().parse().ok()?;
    (1..YEAR_3000)
        .contains(&millis)
        .then(|| Timestamp::from_micros(millis * 1_000))
}

/// Returns where an upload is found, relative to this server.
pub(crate) fn location(upload: &UploadRow) -> HeaderValue {
    let path = format!(
        "{BASE}/workspaces/{}/uploads/{}",
        upload.workspace, upload.id
    );
    HeaderValue::from_str(&path).expect("made of ids")
}

/// Says how far an upload is, and until when it can be gone on with.
pub(crate) fn progress(upload: &UploadRow) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(OFFSET, HeaderValue::from(upload.offset))]);
    if upload.offset < upload.size {
        let expires = upload.expires_at.to_utc();
        let expires = expires.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let expires = HeaderValue::from_str(&expires).expect("a date is ASCII");
        headers.insert(EXPIRES, expires);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn metadata_may_be_missing_or_empty() {
        let nothing = metadata(&HeaderMap::new()).unwrap();
        assert_eq!(nothing.name, "unnamed");
        assert_eq!(metadata(&with(METADATA, "")).unwrap(), nothing);
        let empty = metadata(&with(METADATA, "filename,is_confidential")).unwrap();
        assert_eq!(empty.name, "unnamed");
    }

    #[test]
    fn metadata_says_what_the_file_was_called_and_where_it_lay() {
        // 2024/Rome/Überblick.jpg, image/jpeg, 1714737600000
        let sent = "filename w5xiZXJibGljay5qcGc=, filetype aW1hZ2UvanBlZw==,\
                    relativePath MjAyNC9Sb21lL8OcYmVyYmxpY2suanBn,lastModified MTcxNDczNzYwMDAwMA==";
        let known = metadata(&with(METADATA, sent)).unwrap();
        assert_eq!(known.name, "Überblick.jpg");
        assert_eq!(known.folder, "2024/Rome");
        assert_eq!(known.media_type.as_deref(), Some("image/jpeg"));
        assert_eq!(
            known.modified_at,
            Some(Timestamp::from_seconds(1_714_737_600))
        );
        assert_eq!(known.sent, sent);
    }

    #[test]
    fn metadata_that_is_no_base64_is_refused() {
        assert!(metadata(&with(METADATA, "filename !!")).is_err());
        let long = format!("a {}", "QUJD".repeat(3_000));
        assert!(metadata(&with(METADATA, &long)).is_err());
    }

    #[test]
    fn a_number_of_bytes_is_digits_and_nothing_else() {
        for (text, good) in [
            ("0", true),
            ("9223372036854775807", true),
            ("9223372036854775808", false),
            ("-1", false),
            ("+1", false),
            ("1e3", false),
            ("", false),
        ] {
            assert_eq!(number(&with(LENGTH, text), &LENGTH).is_ok(), good, "{text}");
        }
        assert!(number_of(&HeaderMap::new(), &OFFSET).is_err());
    }

    #[test]
    fn a_time_that_no_file_can_have_is_none() {
        for text in ["", "null", "-1", "0", "99999999999999999999", "1e300"] {
            assert_eq!(millis_of(text), None, "{text}");
        }
    }
}
