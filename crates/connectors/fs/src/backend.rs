//! The port, over a folder.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use rustix::fs::{fstat, fstatfs, fstatvfs};
use stowage_storage::{
    ByteStream, Capability, Copied, DeleteCondition, ErrorKind, Identity, Listing, Object,
    ObjectPath, Origin, Pinned, Read, Storage, StorageError, Usage, WriteMode,
};

use crate::{
    config::{FsOptions, FsSettings},
    copy, delete,
    error::failed,
    list::{self, Walk},
    read,
    tree::open_root,
    write,
};

/// Who keeps all folders of this server.
const KEEPER: &str = "fs";

/// A folder as a storage.
#[derive(Debug, Clone)]
pub struct FsStorage {
    root: PathBuf,
    options: FsOptions,
}

impl FsStorage {
    /// Makes a storage of the folder `root`. Whether the folder is there is asked by each call:
    /// [`ErrorKind::RootNotFound`] says that it is not.
    pub fn open(root: impl Into<PathBuf>, options: FsOptions) -> Result<Self, StorageError> {
        let root = root.into();
        let Some(folder) = root.to_str() else {
            return Err(StorageError::new(
                ErrorKind::InvalidSettings,
                format!(
                    "the path of folder {} is not UTF-8; rename it",
                    root.display()
                ),
            ));
        };
        FsSettings {
            folder: folder.to_owned(),
        }
        .validate()?;
        Ok(Self { root, options })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    fn check_writable(&self) -> Result<(), StorageError> {
        if self.options.read_only {
            Err(StorageError::read_only())
        } else {
            Ok(())
        }
    }
}

/// Runs file work where it may block.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, StorageError>
where
    F: FnOnce() -> Result<T, StorageError> + Send + 'static,
    T: Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(StorageError::new(
            ErrorKind::Unreachable,
            "the process is shutting down",
        )
        .with_source(error)),
    }
}

#[async_trait]
impl Storage for FsStorage {
    fn capability(&self) -> Capability {
        let write = !self.options.read_only;
        Capability {
            write,
            write_create_only: write,
            copy: write,
            delete_if_unchanged: write,
            sorted_listing: true,
            stable_ids: false,
            exact_listing: true,
            reports_free_space: true,
            settle_seconds: self.options.settle_seconds,
            recoverable_delete: false,
        }
    }

    /// The file system's type and id with the root's inode: an unmounted mount point is another
    /// place, a file system that is mounted again is the same.
    async fn identify(&self) -> Result<Identity, StorageError> {
        let root = self.root.clone();
        blocking(move || {
            let opened = open_root(&root)?;
            let fail = |errno| failed("look at folder", &root.display().to_string(), errno);
            let inode = fstat(&opened).map_err(fail)?.st_ino;
            let kind = fstatfs(&opened).map_err(fail)?.f_type;
            let id = fstatvfs(&opened).map_err(fail)?.f_fsid;
            Ok(Identity(format!("fs:{kind:x}:{id:x}:{inode}")))
        })
        .await
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        let walk = Walk::new(self.root.clone(), folder);
        stream::try_unfold(walk, |mut walk| {
            blocking(move || Ok(walk.next_page()?.map(|page| (page, walk))))
        })
        .boxed()
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        let root = self.root.clone();
        let folder = folder.cloned();
        blocking(move || {
            let names = folder
                .as_ref()
                .map(|path| path.as_str().split('/').collect());
            list::folders(&root, &names.unwrap_or_else(Vec::new))
        })
        .await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        let root = self.root.clone();
        blocking(move || list::own_files(&root)).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        let (root, path) = (self.root.clone(), path.clone());
        blocking(move || read::stat(&root, &path)).await
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        let (root, path) = (self.root.clone(), path.clone());
        blocking(move || read::read(&root, &path, range)).await
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        self.check_writable()?;
        write::write(
            self.root.clone(),
            self.options,
            path.clone(),
            size,
            body,
            mode,
        )
        .await
    }

    fn origin(&self, path: &ObjectPath) -> Option<Origin> {
        Some(Origin {
            keeper: KEEPER.to_owned(),
            root: self.root.to_str()?.to_owned(),
            path: path.to_string(),
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
        if from.keeper != KEEPER {
            let what = "a folder of this server copies from other folders of it only";
            return Err(StorageError::new(ErrorKind::Unsupported, what));
        }
        let (root, options) = (self.root.clone(), self.options);
        copy::copy(root, options, (from, pinned), path.clone(), mode).await
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.check_writable()?;
        let (root, options, path) = (self.root.clone(), self.options, path.clone());
        blocking(move || delete::delete(&root, options, &path, &condition)).await
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        let root = self.root.clone();
        blocking(move || {
            let space = fstatvfs(&open_root(&root)?)
                .map_err(|errno| failed("look at folder", &root.display().to_string(), errno))?;
            Ok(Usage {
                free_bytes: Some(space.f_bavail.saturating_mul(space.f_frsize)),
                total_bytes: Some(space.f_blocks.saturating_mul(space.f_frsize)),
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests;
