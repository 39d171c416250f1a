//! Writing: in one request where the object is small, in parts where it is not.

use aws_sdk_s3::{Client, error::SdkError, primitives::SdkBody};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use md5::{Digest, Md5};
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, StorageError, WriteMode};

use crate::{
    error::{About, failed},
    read::object,
};

/// Up to here an object goes in one request, from memory.
pub(crate) const SINGLE: u64 = 16 * 1024 * 1024;

/// Where a write goes.
pub(crate) struct Target<'a> {
    pub(crate) client: &'a Client,
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    pub(crate) path: &'a ObjectPath,
    pub(crate) mode: WriteMode,
    /// Whether a digest goes along: where the SDK does not compute a checksum of its own.
    pub(crate) with_md5: bool,
}

impl Target<'_> {
    pub(crate) fn tried(&self) -> String {
        format!("write {:?}", self.path.as_str())
    }

    pub(crate) fn if_none_match(&self) -> Option<String> {
        (self.mode == WriteMode::CreateOnly).then(|| "*".to_owned())
    }

    /// Classifies a failed request that would have put the object in place.
    pub(crate) fn failed<E>(
        &self,
        error: SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
    ) -> StorageError
    where
        E: aws_sdk_s3::error::ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let failed = failed(&self.tried(), About::Object, error);
        if self.mode == WriteMode::CreateOnly && failed.kind() == ErrorKind::Conflict {
            let there = format!("could not {}: it is there already", self.tried());
            return StorageError::new(ErrorKind::AlreadyExists, there).with_source(failed);
        }
        failed
    }
}

/// Takes exactly `wanted` bytes of a body, and with the last ones makes sure that it ends there.
pub(crate) struct Intake {
    body: ByteStream,
    announced: u64,
    came: u64,
    rest: Bytes,
    path: String,
}

impl Intake {
    pub(crate) fn new(body: ByteStream, announced: u64, path: &ObjectPath) -> Self {
        Self {
            // Asked again after its end by whoever holds a chunk back.
            body: body.fuse().boxed(),
            announced,
            came: 0,
            rest: Bytes::new(),
            path: path.to_string(),
        }
    }

    /// Returns the next chunk as it comes.
    async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        loop {
            let Some(chunk) = self.body.next().await else {
                if self.came == self.announced {
                    return Ok(None);
                }
                return Err(self.wrong_length());
            };
            let chunk = chunk?;
            self.came += chunk.len() as u64;
            if self.came > self.announced {
                return Err(self.wrong_length());
            }
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
    }

    /// Returns the next chunk, holding one back until more has come or the body has ended well: the
    /// receiver, who counts, never has all of a body that is not as announced.
    pub(crate) async fn next_held(&mut self) -> Result<Option<Bytes>, StorageError> {
        loop {
            let held = std::mem::take(&mut self.rest);
            let next = self.next().await?;
            let is_end = next.is_none();
            self.rest = next.unwrap_or_default();
            if !held.is_empty() || is_end {
                return Ok((!held.is_empty()).then_some(held));
            }
        }
    }

    fn wrong_length(&self) -> StorageError {
        StorageError::wrong_length(&self.path, self.announced, self.came)
    }

    /// Gathers `size` bytes with their digest; fewer only at the end of the body.
    pub(crate) async fn gather(&mut self, size: usize) -> Result<Part, StorageError> {
        let mut gathered = BytesMut::with_capacity(size);
        let mut digest = Md5::new();
        while gathered.len() < size {
            if self.rest.is_empty() {
                match self.next().await? {
                    Some(chunk) => self.rest = chunk,
                    None => break,
                }
            }
            let room = (size - gathered.len()).min(self.rest.len());
            let taken = self.rest.split_to(room);
            digest.update(&taken);
            gathered.extend_from_slice(&taken);
        }
        let md5 = BASE64_STANDARD.encode(digest.finalize());
        Ok(Part {
            bytes: gathered.freeze(),
            md5,
        })
    }

    /// Makes sure that nothing comes after what was gathered.
    pub(crate) async fn end(&mut self) -> Result<(), StorageError> {
        match self.next().await? {
            None => Ok(()),
            Some(_) => Err(self.wrong_length()),
        }
    }
}

/// A stretch of content in memory.
pub(crate) struct Part {
    pub(crate) bytes: Bytes,
    pub(crate) md5: String,
}

/// Writes an object in one request. It is in memory whole before the first byte is sent, so that
/// a source that fails leaves no trace.
pub(crate) async fn single(
    target: &Target<'_>,
    size: u64,
    mut intake: Intake,
) -> Result<Object, StorageError> {
    let part = intake.gather(size as usize).await?;
    intake.end().await?;
    let answer = target
        .client
        .put_object()
        .bucket(target.bucket)
        .key(target.key)
        .content_length(size as i64)
        .set_content_md5(target.with_md5.then_some(part.md5))
        .set_if_none_match(target.if_none_match())
        .body(SdkBody::from(part.bytes).into())
        .send()
        .await
        .map_err(|error| target.failed(error))?;
    Ok(object(target.path, size, answer.e_tag(), None))
}
