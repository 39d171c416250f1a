//! Central storage as the target of a transfer: originals that come home, or out of a collector while
//! there is no other main storage.

use stowage_storage::{Object, ObjectPath, StorageError, WriteMode};

use super::{Begun, Failure};
use crate::{Deps, intake::Whole};

impl Begun {
    /// Returns the key of an original: named by its content and by its transfer, so that no two
    /// assets share an object and a repeat writes the same bytes.
    pub(super) fn central_key(&self, whole: &Whole) -> String {
        let workspace = self.target.workspace;
        let content = hex::encode(&whole.sha256);
        format!("w/{workspace}/originals/{content}/{}", self.row.id)
    }

    /// Writes an original that survives the loss of power.
    pub(super) async fn keep(
        &self,
        deps: &Deps,
        key: &str,
        whole: &Whole,
    ) -> Result<Object, Failure> {
        let body = whole.body().map_err(|error| Failure::of_source(&error))?;
        let written = async {
            let path = path_of(key)?;
            let mode = WriteMode::Replace;
            deps.durable.write(&path, whole.size, body, mode).await
        };
        let written: Result<Object, StorageError> = written.await;
        written.map_err(|error| Failure::of_target(&error))?;
        Ok(Object {
            remote_id: key.to_owned(),
            path: key.to_owned(),
            size: whole.size,
            modified_at: self.source.modified_at,
            revision: hex::encode(&whole.sha256),
        })
    }

    /// Returns the hash of what central storage has under a key.
    pub(super) async fn hash_of_kept(
        &self,
        deps: &Deps,
        key: &str,
    ) -> Result<[u8; 32], StorageError> {
        let read = deps.central.read(&path_of(key)?, None).await?;
        read.sha256().await
    }
}

fn path_of(key: &str) -> Result<ObjectPath, StorageError> {
    ObjectPath::new(key).map_err(|_| StorageError::not_found(key))
}
