//! Large objects: uploads in parts, and in one long request where a server does not know parts.

use std::{
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll},
};

use aws_sdk_s3::{
    primitives::SdkBody,
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use hyper::body::{Body, Frame, SizeHint};
use stowage_storage::{ErrorKind, Object, StorageError, WriteMode};

use crate::{
    error::{About, failed},
    read::{object, stat},
    write::{Intake, Part, Target},
};

/// Smallest part that we send; S3 takes at most 10,000 parts.
const PART: u64 = 8 * 1024 * 1024;
const PARTS: u64 = 10_000;

/// How an attempt to upload in parts went.
pub(crate) enum InParts {
    Done(Object),
    /// The server does not know how; nothing of the body was taken.
    NotSpoken(Intake),
}

pub(crate) async fn in_parts(
    target: &Target<'_>,
    size: u64,
    mut intake: Intake,
) -> Result<InParts, StorageError> {
    let Some(upload) = begin(target).await? else {
        return Ok(InParts::NotSpoken(intake));
    };
    let guard = Upload {
        target,
        id: &upload,
    };
    match guard.run(size, &mut intake).await {
        Ok(object) => Ok(InParts::Done(object)),
        Err(error) => {
            guard.abort().await;
            Err(error)
        }
    }
}

/// Begins an upload in parts. Returns its id; none where the server does not know how.
pub(crate) async fn begin(target: &Target<'_>) -> Result<Option<String>, StorageError> {
    let created = target
        .client
        .create_multipart_upload()
        .bucket(target.bucket)
        .key(target.key)
        .send()
        .await;
    match created {
        Ok(created) => Ok(created.upload_id.filter(|id| !id.is_empty())),
        Err(error) => {
            let status = error
                .raw_response()
                .map(|response| response.status().as_u16());
            // An answer of success that cannot be understood is some other protocol's.
            if status != Some(200) && status != Some(501) {
                return Err(failed(&target.tried(), About::Object, error));
            }
            Ok(None)
        }
    }
}

/// An upload in parts that was begun.
pub(crate) struct Upload<'a> {
    pub(crate) target: &'a Target<'a>,
    pub(crate) id: &'a str,
}

impl Upload<'_> {
    async fn run(&self, size: u64, intake: &mut Intake) -> Result<Object, StorageError> {
        let part_size = PART.max(size.div_ceil(PARTS));
        let count = size.div_ceil(part_size);
        let mut completed = Vec::with_capacity(count as usize);
        for number in 1..=count {
            let left = size - (number - 1) * part_size;
            let part = intake.gather(left.min(part_size) as usize).await?;
            completed.push(self.send(number as i32, part).await?);
        }
        intake.end().await?;
        let e_tag = self.complete(completed).await?;
        Ok(object(self.target.path, size, e_tag.as_deref(), None))
    }

    /// Makes an object of the parts. Returns its tag.
    pub(crate) async fn complete(
        &self,
        completed: Vec<CompletedPart>,
    ) -> Result<Option<String>, StorageError> {
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(completed))
            .build();
        let answer = self
            .target
            .client
            .complete_multipart_upload()
            .bucket(self.target.bucket)
            .key(self.target.key)
            .upload_id(self.id)
            .set_if_none_match(self.target.if_none_match())
            .multipart_upload(parts)
            .send()
            .await
            .map_err(|error| self.target.failed(error))?;
        Ok(answer.e_tag)
    }

    async fn send(&self, number: i32, part: Part) -> Result<CompletedPart, StorageError> {
        let sent = self
            .target
            .client
            .upload_part()
            .bucket(self.target.bucket)
            .key(self.target.key)
            .upload_id(self.id)
            .part_number(number)
            .content_length(part.bytes.len() as i64)
            .set_content_md5(self.target.with_md5.then_some(part.md5))
            .body(SdkBody::from(part.bytes).into())
            .send()
            .await
            .map_err(|error| self.target.failed(error))?;
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32)
            .set_checksum_crc64_nvme(sent.checksum_crc64_nvme)
            .build())
    }

    /// Gives the parts back. What an abort that fails leaves behind costs space, nothing else, and
    /// is what a bucket's rule for unfinished uploads is for.
    pub(crate) async fn abort(&self) {
        let aborted = self
            .target
            .client
            .abort_multipart_upload()
            .bucket(self.target.bucket)
            .key(self.target.key)
            .upload_id(self.id)
            .send()
            .await;
        if let Err(error) = aborted {
            let error = failed("abort an upload", About::Object, error);
            tracing::warn!(%error, "parts of an upload that failed remain in the bucket");
        }
    }
}

/// Writes a large object in one long request, for servers that do not know parts.
pub(crate) async fn in_one_stream(
    target: &Target<'_>,
    size: u64,
    intake: Intake,
) -> Result<Object, StorageError> {
    if target.mode == WriteMode::CreateOnly {
        // The whole would be sent before the answer; better to look first. The condition decides.
        let seen = stat(target.client, target.bucket, target.key, target.path).await;
        if seen.is_ok() {
            let there = format!("could not {}: it is there already", target.tried());
            return Err(StorageError::new(ErrorKind::AlreadyExists, there));
        }
    }
    let chunks = stream::try_unfold(intake, |mut intake| async move {
        Ok::<_, StorageError>(intake.next_held().await?.map(|chunk| (chunk, intake)))
    });
    let body = Outgoing {
        chunks: Mutex::new(chunks.boxed()),
        left: size,
    };
    let answer = target
        .client
        .put_object()
        .bucket(target.bucket)
        .key(target.key)
        .content_length(size as i64)
        .set_if_none_match(target.if_none_match())
        .body(SdkBody::from_body_1_x(body).into())
        .send()
        .await
        .map_err(|error| target.failed(error))?;
    let look = || stat(target.client, target.bucket, target.key, target.path);
    let seen = match look().await {
        // Some servers close the connection behind a long request; the next one is a new one.
        Err(error) if error.is_temporary() => look().await?,
        other => other?,
    };
    if seen.size != size {
        return Err(StorageError::wrong_length(
            target.path.as_str(),
            size,
            seen.size,
        ));
    }
    Ok(object(target.path, size, answer.e_tag(), None))
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, StorageError>> + Send>>;

/// A body of known length on its way out. The mutex is never locked: it makes the stream `Sync`,
/// which the SDK asks for.
struct Outgoing {
    chunks: Mutex<Chunks>,
    left: u64,
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = StorageError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StorageError>>> {
        let this = &mut *self;
        let chunks = match this.chunks.get_mut() {
            Ok(chunks) => chunks,
            Err(poisoned) => poisoned.into_inner(),
        };
        chunks.as_mut().poll_next(context).map(|next| {
            next.map(|chunk| {
                let chunk = chunk?;
                this.left = this.left.saturating_sub(chunk.len() as u64);
                Ok(Frame::data(chunk))
            })
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
