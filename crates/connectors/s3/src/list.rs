//! Listings: page by page, in the order of keys, nothing outside of the prefix.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_sdk_s3::{
    Client,
    operation::list_objects_v2::ListObjectsV2Output,
    types::{EncodingType, Object as Listed},
};
use futures::{StreamExt, stream};
use stowage_storage::{
    ErrorKind, ListPage, Listing, Object, ObjectPath, Skipped, StorageError,
    names::{self, Verdict},
};

use crate::{
    error::{About, failed},
    keys::{Keys, decode},
    read::{revision, timestamp},
};

/// A listing that stands between two pages.
pub(crate) struct Pages {
    pub(crate) client: Client,
    pub(crate) bucket: String,
    pub(crate) keys: Keys,
    pub(crate) below: String,
    pub(crate) token: Option<String>,
    /// Where to begin, for a listing that goes on.
    pub(crate) after: Option<String>,
    /// The last key that was seen; keys arrive in byte order or the listing fails.
    pub(crate) last: Option<String>,
    pub(crate) is_done: bool,
    /// Set, for this listing and all later ones, when keys are seen out of order.
    pub(crate) is_unsorted: Arc<AtomicBool>,
    /// Whether keys must arrive in order, or somebody sorts them behind us.
    pub(crate) must_be_sorted: bool,
}

impl Pages {
    pub(crate) fn into_listing(self) -> Listing {
        stream::try_unfold(self, |mut pages| async move {
            while !pages.is_done {
                let page = pages.next().await?;
                let is_empty = page.objects.is_empty() && page.skipped.is_empty();
                if !is_empty {
                    return Ok(Some((page, pages)));
                }
            }
            Ok(None)
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<ListPage, StorageError> {
        let answer = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(&self.below)
            // Without it a control character in one key makes the whole page invalid XML.
            .encoding_type(EncodingType::Url)
            .max_keys(1_000)
            .set_start_after(self.after.take())
            .set_continuation_token(self.token.take())
            .send()
            .await
            .map_err(|error| failed("list", About::Bucket, error))?;
        let mut page = ListPage::default();
        let is_encoded = answer.encoding_type() == Some(&EncodingType::Url);
        for listed in answer.contents() {
            self.take(listed, is_encoded, &mut page)?;
        }
        self.turn(answer)?;
        Ok(page)
    }

    /// Prepares the next request, or ends. A listing never ends short without an error.
    fn turn(&mut self, answer: ListObjectsV2Output) -> Result<(), StorageError> {
        if !answer.is_truncated().unwrap_or(false) {
            self.is_done = true;
            return Ok(());
        }
        match answer.next_continuation_token {
            Some(token) if !token.is_empty() => {
                self.token = Some(token);
                Ok(())
            }
            _ => Err(odd("the listing says that there is more, but not where")),
        }
    }

    fn take(
        &mut self,
        listed: &Listed,
        is_encoded: bool,
        page: &mut ListPage,
    ) -> Result<(), StorageError> {
        let raw = listed
            .key()
            .ok_or_else(|| odd("the listing has an object without a key"))?;
        let key = if is_encoded {
            decode(raw).ok_or_else(|| odd("the listing has a key that is not encoded well"))?
        } else {
            raw.to_owned()
        };
        let is_in_order = self
            .last
            .as_ref()
            .is_none_or(|last| last.as_bytes() < key.as_bytes());
        if !is_in_order {
            self.is_unsorted.store(true, Ordering::Relaxed);
        }
        if self.must_be_sorted && !is_in_order {
            return Err(StorageError::new(
                ErrorKind::Unexpected,
                "could not list: the storage does not list in the byte order of keys",
            ));
        }
        let relative = self.keys.relative(&key)?.to_owned();
        let size = u64::try_from(listed.size().unwrap_or_default())
            .map_err(|_| odd("the listing has an object of negative size"))?;
        self.last = Some(key);
        let is_folder_marker = relative.is_empty() || (relative.ends_with('/') && size == 0);
        if is_folder_marker {
            return Ok(());
        }
        let path = match ObjectPath::new(relative.as_str()) {
            Ok(path) => path,
            Err(error) => {
                page.skipped.push(Skipped {
                    path: relative,
                    reason: error.to_string(),
                });
                return Ok(());
            }
        };
        match names::judge(&path) {
            Verdict::Hide => {}
            Verdict::Skip => {
                let reason = names::SYSTEM_REASON.to_owned();
                page.skipped.push(Skipped {
                    path: relative,
                    reason,
                });
            }
            Verdict::Take => page.objects.push(Object {
                remote_id: relative.clone(),
                path: relative,
                size,
                modified_at: listed.last_modified().map(timestamp),
                revision: revision(listed.e_tag().unwrap_or_default(), size),
            }),
        }
        Ok(())
    }
}

fn odd(what: &str) -> StorageError {
    StorageError::new(ErrorKind::Unexpected, format!("could not list: {what}"))
}

/// Returns the names directly below `below` that have something below themselves, sorted.
pub(crate) async fn folders(
    client: &Client,
    bucket: &str,
    below: &str,
) -> Result<Vec<String>, StorageError> {
    let mut names = Vec::new();
    let mut token = None;
    loop {
        let answer = client
            .list_objects_v2()
            .bucket(bucket)
            .prefix(below)
            .delimiter("/")
            .encoding_type(EncodingType::Url)
            .set_continuation_token(token)
            .send()
            .await
            .map_err(|error| failed("list folders", About::Bucket, error))?;
        let is_encoded = answer.encoding_type() == Some(&EncodingType::Url);
        for group in answer.common_prefixes() {
            let raw = group.prefix().unwrap_or_default();
            let key = if is_encoded {
                decode(raw)
            } else {
                Some(raw.to_owned())
            };
            let key =
                key.ok_or_else(|| odd("the listing has a folder that is not encoded well"))?;
            let name = key
                .strip_prefix(below)
                .map(|name| name.trim_end_matches('/'));
            let name = name.ok_or_else(|| odd("the listing has a folder outside of the prefix"))?;
            if !name.is_empty() && !names::is_own(name) && !names::is_system(name) {
                names.push(name.to_owned());
            }
        }
        match (
            answer.is_truncated().unwrap_or(false),
            answer.next_continuation_token,
        ) {
            (false, _) => break,
            (true, Some(next)) => token = Some(next),
            (true, None) => return Err(odd("the listing says that there is more, but not where")),
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// Lists Stowage's own objects directly below the prefix, as many as a page has.
pub(crate) async fn own_files(
    client: &Client,
    bucket: &str,
    keys: &Keys,
) -> Result<Vec<Object>, StorageError> {
    let answer = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix(format!("{}{}-", keys.prefix(), names::OWN_PREFIX))
        .send()
        .await
        .map_err(|error| failed("list our own objects", About::Bucket, error))?;
    let mut files = Vec::new();
    for listed in answer.contents() {
        let path = keys.relative(listed.key().unwrap_or_default())?.to_owned();
        let size = listed.size().and_then(|size| u64::try_from(size).ok());
        let size = size.unwrap_or_default();
        if !path.contains('/') {
            files.push(Object {
                remote_id: path.clone(),
                path,
                size,
                modified_at: listed.last_modified().map(timestamp),
                revision: revision(listed.e_tag().unwrap_or_default(), size),
            });
        }
    }
    Ok(files)
}
