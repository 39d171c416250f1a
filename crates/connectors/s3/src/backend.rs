//! The port, over a bucket.

use std::{
    fmt,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use aws_sdk_s3::Client;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use stowage_storage::{
    ByteStream, Capability, Copied, DeleteCondition, ErrorKind, Identity, Listing, Object,
    ObjectPath, Origin, Pinned, Read, Storage, StorageError, WriteMode,
};

use crate::{
    client::S3Http,
    config::{Provider, S3Settings},
    copy::{Copy, CopyLimits},
    credentials::S3Credentials,
    endpoint::Endpoint,
    error::{About, failed},
    keys::Keys,
    list::{self, Pages},
    parts::{InParts, in_one_stream, in_parts},
    read::{self, e_tag_of},
    write::{Intake, SINGLE, Target, single},
};

/// What a probe found out, and how the connection may be used.
#[derive(Debug, Clone, Copy, Default)]
pub struct S3Options {
    /// Refuse every write and delete.
    pub read_only: bool,
    /// What the server honours, as a probe found it. Before a probe: nothing beyond plain writes.
    pub capability: Capability,
    pub copy_limits: CopyLimits,
}

/// A bucket, or a folder in it, as a storage.
pub struct S3Storage {
    client: Client,
    uploads: Client,
    bucket: String,
    keys: Keys,
    identity: Identity,
    /// Who keeps the bucket, and as whom we ask.
    keeper: String,
    /// Whether it is Amazon, whose digests of copies count as read back.
    is_amazon: bool,
    /// Whether we send digests of our own: everywhere but at Amazon, where the SDK does.
    with_md5: bool,
    options: S3Options,
    /// Learned from the first large upload that the server does not know parts.
    knows_no_parts: AtomicBool,
    /// Learned from a listing, if the probe did not see it.
    is_unsorted: Arc<AtomicBool>,
}

impl S3Storage {
    /// Makes a storage of checked settings. Asks the network nothing: [`Storage::identify`] does.
    pub fn connect(
        settings: &S3Settings,
        credentials: &S3Credentials,
        http: &S3Http,
        options: S3Options,
    ) -> Result<Self, StorageError> {
        credentials.validate()?;
        let is_amazon = settings.provider == Provider::Aws;
        let settings = settings.check()?;
        let (client, uploads) = http.clients(&settings, credentials)?;
        let place = settings
            .endpoint
            .as_ref()
            .map_or_else(|| "aws".to_owned(), Endpoint::authority);
        let identity = Identity(format!(
            "s3:{place}/{}/{}",
            settings.bucket, settings.prefix
        ));
        let keeper = format!(
            "s3:{place}/{}/{}",
            settings.region,
            fingerprint(credentials)
        );
        Ok(Self {
            client,
            uploads,
            keeper,
            is_amazon,
            bucket: settings.bucket,
            with_md5: settings.endpoint.is_some(),
            keys: Keys::below(settings.prefix),
            identity,
            options,
            knows_no_parts: AtomicBool::new(false),
            is_unsorted: Arc::new(AtomicBool::new(!options.capability.sorted_listing)),
        })
    }

    fn pages(&self, folder: Option<&ObjectPath>, after: Option<String>) -> Pages {
        Pages {
            client: self.client.clone(),
            bucket: self.bucket.clone(),
            keys: self.keys.clone(),
            below: self.keys.folder(folder),
            token: None,
            last: after.clone(),
            after,
            is_done: false,
            is_unsorted: Arc::clone(&self.is_unsorted),
            must_be_sorted: self.capability().sorted_listing,
        }
    }
    /// Returns where a write goes.
    fn target<'a>(&'a self, key: &'a str, path: &'a ObjectPath, mode: WriteMode) -> Target<'a> {
        Target {
            client: &self.uploads,
            bucket: &self.bucket,
            key,
            path,
            mode,
            with_md5: self.with_md5,
        }
    }

    fn check_writable(&self) -> Result<(), StorageError> {
        if self.options.read_only {
            Err(StorageError::read_only())
        } else {
            Ok(())
        }
    }

    /// Asks for one key below the prefix. Unlike HEAD it says why it fails, and it needs no more
    /// than the right to list that prefix.
    async fn check_bucket(&self) -> Result<(), StorageError> {
        let asked = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(self.keys.prefix())
            .max_keys(1)
            .send()
            .await;
        asked
            .map(drop)
            .map_err(|error| failed("find the bucket", About::Bucket, error))
    }

    /// Makes sure that an object that was not found is missing from a bucket that is there: a HEAD
    /// answers both alike.
    async fn confirm_missing(&self, error: StorageError) -> StorageError {
        if !error.is_not_found() {
            return error;
        }
        match self.check_bucket().await {
            Ok(()) => error,
            Err(bucket) => bucket,
        }
    }
}

/// Tells credentials apart without telling them.
fn fingerprint(credentials: &S3Credentials) -> String {
    let mut hash = Sha256::new();
    hash.update(&credentials.access_key);
    hash.update([0]);
    hash.update(&credentials.secret_key);
    BASE64_STANDARD.encode(hash.finalize())
}

impl fmt::Debug for S3Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Storage")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Storage for S3Storage {
    fn capability(&self) -> Capability {
        let sorted_listing = !self.is_unsorted.load(Ordering::Relaxed);
        let probed = Capability {
            sorted_listing,
            ..self.options.capability
        };
        if self.options.read_only {
            return Capability {
                write: false,
                write_create_only: false,
                copy: false,
                delete_if_unchanged: false,
                ..probed
            };
        }
        probed
    }

    async fn identify(&self) -> Result<Identity, StorageError> {
        self.check_bucket().await?;
        Ok(self.identity.clone())
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        self.pages(folder, None).into_listing()
    }

    fn list_after(&self, folder: Option<&ObjectPath>, after: &str) -> Option<Listing> {
        let is_sorted = self.capability().sorted_listing;
        let after = format!("{}{after}", self.keys.prefix());
        is_sorted.then(|| self.pages(folder, Some(after)).into_listing())
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        list::folders(&self.client, &self.bucket, &self.keys.folder(folder)).await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        list::own_files(&self.client, &self.bucket, &self.keys).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        let key = self.keys.key(path)?;
        match read::stat(&self.client, &self.bucket, &key, path).await {
            Ok(object) => Ok(object),
            Err(error) => Err(self.confirm_missing(error).await),
        }
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        let key = self.keys.key(path)?;
        read::read(&self.client, &self.bucket, &key, path, range).await
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        self.check_writable()?;
        if mode == WriteMode::CreateOnly && !self.options.capability.write_create_only {
            return Err(StorageError::new(
                ErrorKind::Unsupported,
                "this storage cannot write on condition that nothing is there",
            ));
        }
        let key = self.keys.key(path)?;
        let target = self.target(&key, path, mode);
        let mut intake = Intake::new(body, size, path);
        if size <= SINGLE {
            return single(&target, size, intake).await;
        }
        if !self.knows_no_parts.load(Ordering::Relaxed) {
            match in_parts(&target, size, intake).await? {
                InParts::Done(object) => return Ok(object),
                InParts::NotSpoken(untouched) => intake = untouched,
            }
            tracing::warn!(storage = %self.identity.0, "the server does not know uploads in parts");
            self.knows_no_parts.store(true, Ordering::Relaxed);
        }
        in_one_stream(&target, size, intake).await
    }

    fn origin(&self, path: &ObjectPath) -> Option<Origin> {
        Some(Origin {
            keeper: self.keeper.clone(),
            root: self.bucket.clone(),
            path: self.keys.key(path).ok()?,
        })
    }

    async fn copy(
        &self,
        from: &Origin,
        pinned: &Pinned,
        path: &ObjectPath,
        mode: WriteMode,
    ) -> Result<Copied, StorageError> {
        self.check_writable()?;
        let capability = &self.options.capability;
        let is_free_known = mode == WriteMode::Replace || capability.write_create_only;
        if !capability.copy || !is_free_known || from.keeper != self.keeper {
            return Err(StorageError::new(
                ErrorKind::Unsupported,
                "this storage cannot copy from there on the conditions that this takes",
            ));
        }
        let key = self.keys.key(path)?;
        let target = self.target(&key, path, mode);
        let copy = Copy {
            target,
            control: &self.client,
            from,
            pinned,
            limits: self.options.copy_limits,
            is_trusted: self.is_amazon,
        };
        copy.run().await
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.check_writable()?;
        let key = self.keys.key(path)?;
        let if_match = match &condition {
            DeleteCondition::OwnKey => None,
            DeleteCondition::Unchanged(_) if !self.options.capability.delete_if_unchanged => {
                return Err(StorageError::new(
                    ErrorKind::Unsupported,
                    "this storage cannot delete on condition that nothing has changed",
                ));
            }
            DeleteCondition::Unchanged(revision) => Some(e_tag_of(revision)),
        };
        let asked = self
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(&key)
            .set_if_match(if_match)
            .send()
            .await;
        let tried = format!("delete {:?}", path.as_str());
        match asked.map_err(|error| failed(&tried, About::Object, error)) {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => match self.confirm_missing(error).await {
                missing if missing.is_not_found() => Ok(()),
                other => Err(other),
            },
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
