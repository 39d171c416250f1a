//! The port, over a folder on an FTP server.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use stowage_domain::StorageKind;
use stowage_storage::{
    ByteStream, Capability, DeleteCondition, ErrorKind, Identity, Listing, Object, ObjectPath,
    Read, Storage, StorageError, WriteMode,
};

use crate::{
    client::{Dialer, FtpNet},
    config::FtpSettings,
    credentials::FtpCredentials,
    delete, list, own,
    pool::Pool,
    read, write,
};

/// What a probe found out, and how the connection may be used.
#[derive(Debug, Clone, Copy, Default)]
pub struct FtpOptions {
    /// Refuse every write and delete.
    pub read_only: bool,
    /// What the server honours, as a probe found it.
    pub capability: Capability,
}

/// A folder on an FTP server as a storage.
#[derive(Debug)]
pub struct FtpStorage {
    pool: Arc<Pool>,
    identity: Identity,
    options: FtpOptions,
}

impl FtpStorage {
    /// Makes a storage of checked settings. Asks the network nothing: [`Storage::identify`] does.
    pub fn connect(
        settings: &FtpSettings,
        credentials: &FtpCredentials,
        net: &FtpNet,
        options: FtpOptions,
    ) -> Result<Self, StorageError> {
        let dialer = Dialer::new(settings, credentials, net)?;
        let identity = Identity(format!(
            "ftp:{}:{}/{}/{}",
            dialer.settings.host.to_ascii_lowercase(),
            dialer.settings.port,
            credentials.user,
            dialer.settings.folder.as_deref().unwrap_or_default()
        ));
        Ok(Self {
            pool: Pool::new(dialer),
            identity,
            options,
        })
    }

    fn check_writable(&self) -> Result<(), StorageError> {
        if self.options.read_only {
            Err(StorageError::read_only())
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Storage for FtpStorage {
    fn capability(&self) -> Capability {
        let write = !self.options.read_only;
        Capability {
            write,
            write_create_only: false,
            copy: false,
            delete_if_unchanged: write && self.options.capability.delete_if_unchanged,
            sorted_listing: false,
            stable_ids: false,
            exact_listing: !self.pool.is_vague(),
            reports_free_space: false,
            settle_seconds: StorageKind::Ftp.settle().as_secs() as u32,
            recoverable_delete: false,
        }
    }

    /// Where it was asked, and as whom: FTP has nothing to tell one folder from another by. That a
    /// disk behind the folder is not mounted shows in how much is missing.
    async fn identify(&self) -> Result<Identity, StorageError> {
        let mut lease = self.pool.lend().await?;
        lease.check_root().await?;
        lease.give_back();
        Ok(self.identity.clone())
    }

    fn list(&self, folder: Option<&ObjectPath>) -> Listing {
        list::list(Arc::clone(&self.pool), folder)
    }

    async fn folders(&self, folder: Option<&ObjectPath>) -> Result<Vec<String>, StorageError> {
        list::folders(&self.pool, folder).await
    }

    async fn own_files(&self) -> Result<Vec<Object>, StorageError> {
        own::own_files(&self.pool).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Object, StorageError> {
        read::stat(&self.pool, path).await
    }

    async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Read, StorageError> {
        read::read(&self.pool, path, range).await
    }

    async fn write(
        &self,
        path: &ObjectPath,
        size: u64,
        body: ByteStream,
        mode: WriteMode,
    ) -> Result<Object, StorageError> {
        self.check_writable()?;
        if mode == WriteMode::CreateOnly {
            return Err(StorageError::new(
                ErrorKind::Unsupported,
                "an FTP server cannot write on condition that nothing is there",
            ));
        }
        write::write(&self.pool, path, size, body).await
    }

    async fn delete(
        &self,
        path: &ObjectPath,
        condition: DeleteCondition,
    ) -> Result<(), StorageError> {
        self.check_writable()?;
        let is_conditional = matches!(condition, DeleteCondition::Unchanged(_));
        if is_conditional && !self.options.capability.delete_if_unchanged {
            return Err(StorageError::new(
                ErrorKind::Unsupported,
                "this storage cannot delete on condition that nothing has changed",
            ));
        }
        delete::delete(&self.pool, path, &condition).await
    }
}
