//! Facts and content of one object.

use std::ops::Range;

use aws_sdk_s3::{Client, primitives::DateTime};
use bytes::Bytes;
use futures::{StreamExt, stream};
use stowage_domain::Timestamp;
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, Read, StorageError};

use crate::error::{About, failed};

/// What changes with the content, from the ETag as a server gives it. Quotes differ between
/// listings and answers; the size is there because some servers make up their ETags.
pub(crate) fn revision(e_tag: &str, size: u64) -> String {
    format!("{}:{size}", e_tag.trim_matches('"'))
}

/// Returns the ETag of a revision, as conditions are written.
pub(crate) fn e_tag_of(revision: &str) -> String {
    let e_tag = revision
        .rsplit_once(':')
        .map_or(revision, |(e_tag, _)| e_tag);
    if e_tag.starts_with("W/") {
        e_tag.to_owned()
    } else {
        format!("\"{e_tag}\"")
    }
}

pub(crate) fn timestamp(time: &DateTime) -> Timestamp {
    let micros = time.as_nanos() / 1_000;
    Timestamp::from_micros(i64::try_from(micros).unwrap_or_default())
}

/// Makes the facts of an object from the parts that every answer has.
pub(crate) fn object(
    path: &ObjectPath,
    size: u64,
    e_tag: Option<&str>,
    modified: Option<&DateTime>,
) -> Object {
    Object {
        remote_id: path.to_string(),
        path: path.to_string(),
        size,
        modified_at: modified.map(timestamp),
        revision: revision(e_tag.unwrap_or_default(), size),
    }
}

pub(crate) fn length(content_length: Option<i64>) -> Result<u64, StorageError> {
    content_length
        .and_then(|length| u64::try_from(length).ok())
        .ok_or_else(|| {
            StorageError::new(
                ErrorKind::Unexpected,
                "the storage does not say how large an object is",
            )
        })
}

pub(crate) async fn stat(
    client: &Client,
    bucket: &str,
    key: &str,
    path: &ObjectPath,
) -> Result<Object, StorageError> {
    let tried = format!("look at {:?}", path.as_str());
    let head = client.head_object().bucket(bucket).key(key).send().await;
    let head = head.map_err(|error| failed(&tried, About::Object, error))?;
    let size = length(head.content_length())?;
    Ok(object(path, size, head.e_tag(), head.last_modified()))
}

pub(crate) async fn read(
    client: &Client,
    bucket: &str,
    key: &str,
    path: &ObjectPath,
    range: Option<Range<u64>>,
) -> Result<Read, StorageError> {
    let tried = format!("read {:?}", path.as_str());
    if let Some(range) = range.as_ref().filter(|range| range.start >= range.end) {
        tracing::debug!(
            range.start,
            range.end,
            "an empty range is answered without content"
        );
        return nothing(client, bucket, key, path).await;
    }
    let header = range
        .as_ref()
        .map(|range| format!("bytes={}-{}", range.start, range.end - 1));
    let answer = client
        .get_object()
        .bucket(bucket)
        .key(key)
        .set_range(header)
        .send()
        .await;
    let got = match answer {
        Err(error) if is_past_the_end(&error) => return nothing(client, bucket, key, path).await,
        other => other.map_err(|error| failed(&tried, About::Object, error))?,
    };
    let sent = length(got.content_length())?;
    let part = got.content_range().map(parse_content_range);
    let (offset, size) = match part {
        None => (0, sent),
        Some(Some((offset, size))) => (offset, size),
        Some(None) => {
            let what = format!("could not {tried}: the answer's range makes no sense");
            return Err(StorageError::new(ErrorKind::Unexpected, what));
        }
    };
    let object = object(path, size, got.e_tag(), got.last_modified());
    let wanted = range.unwrap_or(0..size);
    let wanted = wanted.start..wanted.end.min(size);
    let body = Incoming {
        body: got.body,
        // A server that does not know ranges sends the whole; what was not asked for is dropped.
        skip: wanted.start.saturating_sub(offset),
        left: wanted.end.saturating_sub(wanted.start),
        tried,
    };
    Ok(Read {
        object,
        body: body.into_stream(),
    })
}

fn is_past_the_end<E>(error: &aws_sdk_s3::error::SdkError<E>) -> bool {
    error
        .raw_response()
        .is_some_and(|response| response.status().as_u16() == 416)
}

async fn nothing(
    client: &Client,
    bucket: &str,
    key: &str,
    path: &ObjectPath,
) -> Result<Read, StorageError> {
    let object = stat(client, bucket, key, path).await?;
    Ok(Read {
        object,
        body: stream::empty().boxed(),
    })
}

/// Reads `bytes 5-9/100` as the first byte's place and the whole size.
fn parse_content_range(header: &str) -> Option<(u64, u64)> {
    let (part, size) = header
        .trim()
        .strip_prefix("bytes")?
        .trim()
        .split_once('/')?;
    let (first, _) = part.split_once('-')?;
    Some((first.trim().parse().ok()?, size.trim().parse().ok()?))
}

/// A body on its way in, of which exactly `left` bytes after `skip` are wanted.
struct Incoming {
    body: aws_sdk_s3::primitives::ByteStream,
    skip: u64,
    left: u64,
    tried: String,
}

impl Incoming {
    fn into_stream(self) -> ByteStream {
        stream::try_unfold(self, |mut incoming| async move {
            Ok(incoming.next().await?.map(|chunk| (chunk, incoming)))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        while self.left > 0 {
            let Some(chunk) = self.body.next().await else {
                return Err(self.broken("the content ended early", None));
            };
            let mut chunk =
                chunk.map_err(|error| self.broken("the connection broke", Some(error.into())))?;
            let skipped = self.skip.min(chunk.len() as u64);
            self.skip -= skipped;
            chunk = chunk.slice(skipped as usize..);
            chunk.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left -= chunk.len() as u64;
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    fn broken(
        &self,
        why: &str,
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StorageError {
        let error = StorageError::new(
            ErrorKind::Unreachable,
            format!("could not {}: {why}", self.tried),
        );
        match source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_gives_back_the_tag_that_it_was_made_from() {
        for (given, tag) in [
            ("\"abc\"", "\"abc\""),
            ("abc", "\"abc\""),
            ("\"abc-12\"", "\"abc-12\""),
            ("\"a:b\"", "\"a:b\""),
            ("W/\"abc", "W/\"abc"),
        ] {
            assert_eq!(e_tag_of(&revision(given, 5)), tag, "{given}");
        }
        assert_eq!(revision("\"abc\"", 5), revision("abc", 5));
        assert_ne!(revision("abc", 5), revision("abc", 6));
    }

    #[test]
    fn reads_the_range_of_an_answer() {
        assert_eq!(parse_content_range("bytes 5-9/100"), Some((5, 100)));
        assert_eq!(parse_content_range("bytes 0-0/1"), Some((0, 1)));
        for odd in ["", "bytes */100", "bytes 5-9/*", "5-9/100x"] {
            assert_eq!(parse_content_range(odd), None, "{odd}");
        }
    }
}
