//! Copying an object of another bucket: the service does it, pinned to one content.

use aws_sdk_s3::{
    Client,
    operation::copy_object::CopyObjectOutput,
    types::{ChecksumAlgorithm, ChecksumType, CompletedPart},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use stowage_storage::{Copied, ErrorKind, Origin, Pinned, StorageError, WriteMode};

use crate::{
    error::{About, failed},
    keys::encode,
    parts::{Upload, begin},
    read::{e_tag_of, revision, stat},
    write::Target,
};

/// Where copies are cut, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyLimits {
    /// Up to here an object is copied in one request; S3 itself takes no more than 5 GiB.
    pub whole: u64,
    /// The smallest part of a larger one.
    pub part: u64,
}

impl Default for CopyLimits {
    fn default() -> Self {
        const GIBI: u64 = 1024 * 1024 * 1024;
        Self {
            whole: 5 * GIBI,
            part: GIBI / 2,
        }
    }
}

/// S3's own limit on the parts of an object.
const PARTS: u64 = 10_000;

/// A copy that is to be made.
pub(crate) struct Copy<'a> {
    pub(crate) target: Target<'a>,
    /// Asks short questions.
    pub(crate) control: &'a Client,
    pub(crate) from: &'a Origin,
    pub(crate) pinned: &'a Pinned,
    pub(crate) limits: CopyLimits,
    /// Whether the service computes a digest of what it wrote, and its word counts.
    pub(crate) is_trusted: bool,
}

impl Copy<'_> {
    pub(crate) async fn run(&self) -> Result<Copied, StorageError> {
        let sha256 = if self.pinned.size <= self.limits.whole {
            self.whole().await?
        } else {
            self.in_parts().await?;
            None
        };
        let target = &self.target;
        let look = || stat(self.control, target.bucket, target.key, target.path);
        let seen = match look().await {
            // The copy is there; what is asked twice is only how it looks.
            Err(error) if error.is_temporary() => look().await?,
            other => other?,
        };
        if seen.size != self.pinned.size {
            let (path, size) = (target.path.as_str(), self.pinned.size);
            return Err(StorageError::wrong_length(path, size, seen.size));
        }
        Ok(Copied {
            object: seen,
            sha256,
        })
    }

    /// Returns the source as the service wants it: bucket and key, encoded.
    fn source(&self) -> String {
        format!("{}/{}", self.from.root, encode(&self.from.path))
    }

    async fn whole(&self) -> Result<Option<[u8; 32]>, StorageError> {
        let target = &self.target;
        let asked = target
            .client
            .copy_object()
            .bucket(target.bucket)
            .key(target.key)
            .copy_source(self.source())
            .copy_source_if_match(e_tag_of(&self.pinned.revision))
            .set_if_none_match(target.if_none_match())
            .set_checksum_algorithm(self.is_trusted.then_some(ChecksumAlgorithm::Sha256))
            .send()
            .await;
        match asked {
            Ok(answer) => Ok(digest_of(&answer).filter(|_| self.is_trusted)),
            Err(error) => {
                let error = failed(&target.tried(), About::Object, error);
                Err(self.judge(error, target.mode).await)
            }
        }
    }

    async fn in_parts(&self) -> Result<(), StorageError> {
        let Some(id) = begin(&self.target).await? else {
            return Err(cannot("the storage does not know uploads in parts", None));
        };
        let upload = Upload {
            target: &self.target,
            id: &id,
        };
        match self.parts(&upload).await {
            Ok(()) => Ok(()),
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    async fn parts(&self, upload: &Upload<'_>) -> Result<(), StorageError> {
        let size = self.pinned.size;
        let part = self.limits.part.max(size.div_ceil(PARTS));
        let mut completed = Vec::new();
        for (number, start) in (1..).zip((0..size).step_by(part as usize)) {
            let end = (start + part).min(size) - 1;
            completed.push(self.part(upload, number, (start, end)).await?);
        }
        match upload.complete(completed).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.judge(error, self.target.mode).await),
        }
    }

    async fn part(
        &self,
        upload: &Upload<'_>,
        number: i32,
        (first, last): (u64, u64),
    ) -> Result<CompletedPart, StorageError> {
        let target = &self.target;
        let asked = target
            .client
            .upload_part_copy()
            .bucket(target.bucket)
            .key(target.key)
            .upload_id(upload.id)
            .part_number(number)
            .copy_source(self.source())
            .copy_source_range(format!("bytes={first}-{last}"))
            .copy_source_if_match(e_tag_of(&self.pinned.revision))
            .send()
            .await;
        let answer = match asked {
            Ok(answer) => answer,
            Err(error) => {
                let error = failed(&target.tried(), About::Object, error);
                // A part has no name that could be taken.
                return Err(self.judge(error, WriteMode::Replace).await);
            }
        };
        let copied = answer.copy_part_result;
        let e_tag = copied.and_then(|copied| copied.e_tag);
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(e_tag)
            .build())
    }

    /// Says what a refusal was about. A failed condition may be that of the source or that of the
    /// name, and the answers are alike: the source tells. What the keys may not do or the service
    /// does not know is left to reading and writing.
    async fn judge(&self, error: StorageError, mode: WriteMode) -> StorageError {
        match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::Conflict => {
                if mode == WriteMode::CreateOnly && self.is_source_as_pinned().await {
                    let there = format!("could not {}: it is there already", self.target.tried());
                    return StorageError::new(ErrorKind::AlreadyExists, there).with_source(error);
                }
                let what = format!("object {:?} is not what was to be copied", self.from.path);
                StorageError::new(ErrorKind::Conflict, what).with_source(error)
            }
            ErrorKind::NotFound
            | ErrorKind::Full
            | ErrorKind::Throttled
            | ErrorKind::Timeout
            | ErrorKind::Unreachable => error,
            _ => cannot("the storage does not copy this by itself", Some(error)),
        }
    }

    async fn is_source_as_pinned(&self) -> bool {
        let source = self
            .control
            .head_object()
            .bucket(&self.from.root)
            .key(&self.from.path)
            .send()
            .await;
        source.is_ok_and(|head| {
            let size = head.content_length().unwrap_or_default();
            let now = revision(head.e_tag().unwrap_or_default(), size as u64);
            now == self.pinned.revision
        })
    }
}

fn cannot(what: &str, source: Option<StorageError>) -> StorageError {
    let error = StorageError::new(ErrorKind::Unsupported, what);
    match source {
        Some(source) => error.with_source(source),
        None => error,
    }
}

/// Returns the SHA-256 of a whole copy, where the answer has one: that of a copy in parts is one of
/// parts.
fn digest_of(answer: &CopyObjectOutput) -> Option<[u8; 32]> {
    let result = answer.copy_object_result()?;
    if result.checksum_type() == Some(&ChecksumType::Composite) {
        return None;
    }
    let digest = BASE64_STANDARD.decode(result.checksum_sha256()?).ok()?;
    digest.try_into().ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::CopyObjectResult;

    use super::*;

    fn told(digest: &str, kind: Option<ChecksumType>) -> Option<[u8; 32]> {
        let result = CopyObjectResult::builder()
            .checksum_sha256(digest)
            .set_checksum_type(kind)
            .build();
        digest_of(
            &CopyObjectOutput::builder()
                .copy_object_result(result)
                .build(),
        )
    }

    #[test]
    fn only_a_digest_of_the_whole_counts() {
        let digest = BASE64_STANDARD.encode([7; 32]);
        assert_eq!(told(&digest, None), Some([7; 32]));
        assert_eq!(told(&digest, Some(ChecksumType::FullObject)), Some([7; 32]));
        assert_eq!(told(&digest, Some(ChecksumType::Composite)), None);
        assert_eq!(told(&format!("{digest}-3"), None), None);
        assert_eq!(told(&BASE64_STANDARD.encode([7; 16]), None), None);
        assert_eq!(digest_of(&CopyObjectOutput::builder().build()), None);
    }
}
