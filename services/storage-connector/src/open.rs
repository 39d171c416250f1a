//! From a storage's settings and credentials to something that can be called.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use serde::de::DeserializeOwned;
use stowage_connector_fs::{FsGround, FsOptions, FsSettings, FsStorage};
use stowage_connector_ftp::{
    FtpCredentials, FtpGround, FtpNet, FtpOptions, FtpSettings, FtpStorage, FtpTimeouts,
};
use stowage_connector_s3::{
    CopyLimits, S3Credentials, S3Ground, S3Http, S3Options, S3Settings, S3Storage, S3Timeouts,
};
use stowage_db::{
    Database, DbError,
    repo::{SealedCredential, StorageRow},
};
use stowage_domain::{Access, StorageId, StorageKind, WorkspaceId};
use stowage_egress::Egress;
use stowage_secrets::{Belongs, KeyRing};
use stowage_storage::{
    Capability, ErrorKind, Storage, StorageError,
    decorate::{Decoration, decorate},
    probe::Ground,
};

/// All that opening a storage takes, saved or not.
pub(crate) struct Connection {
    pub(crate) kind: StorageKind,
    /// JSON of the kind's settings.
    pub(crate) settings: String,
    /// JSON of the kind's credentials; empty when it needs none.
    pub(crate) credentials: String,
    pub(crate) access: Access,
    /// What a test found it to be able to do.
    pub(crate) capability: Option<Capability>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Opens storages, and keeps saved ones open until something about them changes.
pub(crate) struct Opener {
    db: Database,
    http: S3Http,
    ftp: FtpNet,
    keys: Arc<KeyRing>,
    folders: Vec<PathBuf>,
    open: Mutex<HashMap<StorageId, Opened>>,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener")
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Opened {
    settings: String,
    access: Access,
    credential_version: i32,
    capability: Option<String>,
    storage: Arc<dyn Storage>,
}

impl Opener {
    pub(crate) fn new(
        db: Database,
        egress: Egress,
        keys: Arc<KeyRing>,
        folders: Vec<PathBuf>,
    ) -> Self {
        let ftp = FtpNet::new(egress.clone(), FtpTimeouts::default());
        let http = S3Http::new(egress, S3Timeouts::default());
        Self {
            db,
            http,
            ftp,
            keys,
            folders,
            open: Mutex::default(),
        }
    }

    /// Returns the folders of this server that may be connected.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Opens a storage of the workspace.
    pub(crate) async fn open(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
    ) -> Result<(StorageRow, Arc<dyn Storage>), OpenError> {
        let tx = self.db.read_in(workspace).await?;
        let row = tx.storages().get(id).await?;
        let capability = tx.storages().capability(id).await?;
        let sealed = tx.credentials().find(id).await?;
        drop(tx);

        let credential_version = sealed.as_ref().map_or(0, |sealed| sealed.version);
        let is_same = |opened: &Opened| {
            opened.settings == row.settings
                && opened.access == row.access
                && opened.credential_version == credential_version
                && opened.capability == capability
        };
        if let Some(opened) = self.kept().get(&id).filter(|opened| is_same(opened)) {
            return Ok((row, Arc::clone(&opened.storage)));
        }

        let storage = self.connect(&self.unseal(&row, sealed, capability.as_deref())?)?;
        let opened = Opened {
            settings: row.settings.clone(),
            access: row.access,
            credential_version,
            capability,
            storage: Arc::clone(&storage),
        };
        self.kept().insert(id, opened);
        Ok((row, storage))
    }

    /// Returns what a storage of the workspace is opened with.
    pub(crate) async fn connection(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
    ) -> Result<Connection, OpenError> {
        let tx = self.db.read_in(workspace).await?;
        let row = tx.storages().get(id).await?;
        let sealed = tx.credentials().find(id).await?;
        Ok(self.unseal(&row, sealed, None)?)
    }

    fn unseal(
        &self,
        row: &StorageRow,
        sealed: Option<SealedCredential>,
        capability: Option<&str>,
    ) -> Result<Connection, StorageError> {
        let credentials = match sealed {
            Some(sealed) => {
                let belongs = belongs(row.workspace, row.id, sealed.version);
                let open = self.keys.open(&sealed.key_id, &belongs, &sealed.sealed);
                let bytes = open.map_err(|error| {
                    StorageError::new(
                        ErrorKind::Unauthenticated,
                        "the stored credentials do not open; enter them again",
                    )
                    .with_source(error)
                })?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            None => String::new(),
        };
        Ok(Connection {
            kind: row.kind,
            settings: row.settings.clone(),
            credentials,
            access: row.access,
            capability: capability.and_then(|json| serde_json::from_str(json).ok()),
        })
    }

    /// Returns what a connection test asks about this kind of place.
    pub(crate) fn ground(&self, connection: &Connection) -> Result<Arc<dyn Ground>, StorageError> {
        match connection.kind {
            StorageKind::S3 => {
                let settings: S3Settings = parse("settings", &connection.settings)?;
                let credentials: S3Credentials = parse("credentials", &connection.credentials)?;
                Ok(Arc::new(S3Ground::new(
                    &settings,
                    &credentials,
                    &self.http,
                )?))
            }
            StorageKind::Ftp => {
                let settings: FtpSettings = parse("settings", &connection.settings)?;
                let credentials: FtpCredentials = parse("credentials", &connection.credentials)?;
                Ok(Arc::new(FtpGround::new(
                    &settings,
                    &credentials,
                    &self.ftp,
                )?))
            }
            _ => Ok(Arc::new(FsGround)),
        }
    }

    /// Opens a connection, wrapped in timeouts, retries and metrics. Nothing is sent yet.
    pub(crate) fn connect(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn Storage>, StorageError> {
        let storage = self.bare(connection)?;
        Ok(decorate(
            storage,
            Decoration::new(connection.kind.as_str(), "library"),
        ))
    }

    /// Opens a connection as it is, for tests that want to see every failure at once.
    pub(crate) fn bare(&self, connection: &Connection) -> Result<Arc<dyn Storage>, StorageError> {
        let read_only = connection.access == Access::ReadOnly;
        match connection.kind {
            StorageKind::Fs => {
                let settings: FsSettings = parse("settings", &connection.settings)?;
                let folder = settings.validate()?;
                self.check_allowed(folder)?;
                let options = FsOptions {
                    read_only,
                    ..FsOptions::default()
                };
                Ok(Arc::new(FsStorage::open(folder, options)?))
            }
            StorageKind::S3 => {
                let settings: S3Settings = parse("settings", &connection.settings)?;
                let credentials: S3Credentials = parse("credentials", &connection.credentials)?;
                let options = S3Options {
                    read_only,
                    capability: connection.capability.unwrap_or_default(),
                    copy_limits: CopyLimits::default(),
                };
                Ok(Arc::new(S3Storage::connect(
                    &settings,
                    &credentials,
                    &self.http,
                    options,
                )?))
            }
            StorageKind::Ftp => {
                let settings: FtpSettings = parse("settings", &connection.settings)?;
                let credentials: FtpCredentials = parse("credentials", &connection.credentials)?;
                let options = FtpOptions {
                    read_only,
                    capability: connection.capability.unwrap_or_default(),
                };
                Ok(Arc::new(FtpStorage::connect(
                    &settings,
                    &credentials,
                    &self.ftp,
                    options,
                )?))
            }
            other => Err(StorageError::new(
                ErrorKind::Unsupported,
                format!("storages of kind {other} cannot be connected by this version"),
            )),
        }
    }

    /// Refuses folders outside the operator's list, links resolved.
    fn check_allowed(&self, folder: &Path) -> Result<(), StorageError> {
        let real = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        let is_allowed = self
            .folders
            .iter()
            .any(|allowed| real.starts_with(allowed.canonicalize().as_deref().unwrap_or(allowed)));
        if is_allowed {
            return Ok(());
        }
        Err(StorageError::new(
            ErrorKind::Denied,
            format!(
                "folder {} is not on the operator's list; add it to connector.folders",
                folder.display()
            ),
        ))
    }

    pub(crate) fn forget(&self, id: StorageId) {
        self.kept().remove(&id);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<StorageId, Opened>> {
        self.open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What a credential's seal covers besides the credential.
pub(crate) fn belongs(workspace: WorkspaceId, storage: StorageId, version: i32) -> Belongs {
    Belongs {
        workspace: workspace.to_string(),
        storage: storage.to_string(),
        version,
    }
}

fn parse<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, StorageError> {
    let json = if json.is_empty() { "{}" } else { json };
    serde_json::from_str(json).map_err(|error| {
        StorageError::new(
            ErrorKind::InvalidSettings,
            format!("the storage's {what} are not right: {error}"),
        )
    })
}
