//! Where an original is read from: a connected storage through the connector, or central storage.

use stowage_db::{DbError, repo::ObjectRow};
use stowage_domain::StorageId;
use stowage_storage::{ErrorKind, Object, ObjectPath, Read, StorageError};
use stowage_storage_client::{Purpose, Target};

use crate::{Deps, IngestConfig, intake::Limits};

/// Returns whether the original lies in central storage, which no connector is asked about.
fn is_central(object: &ObjectRow) -> bool {
    object.storage == StorageId::central_of(object.workspace)
}

/// Returns where to stop holding and reading an original. What lies in central storage is ours to
/// know whole.
pub(crate) fn limits(config: &IngestConfig, object: &ObjectRow) -> Limits {
    let unsupported_read_bytes = if is_central(object) {
        u64::MAX
    } else {
        config.unsupported_read_bytes
    };
    Limits {
        memory_bytes: config.memory_bytes,
        unsupported_read_bytes,
    }
}

/// Opens an original. One in central storage keeps its asset's name and the time of its row: its
/// key and the time of its writing say nothing about the file.
pub(crate) async fn open(
    deps: &Deps,
    object: &ObjectRow,
    purpose: Purpose,
) -> Result<Read, StorageError> {
    if !is_central(object) {
        let target = Target {
            workspace: object.workspace,
            storage: object.storage,
        };
        let path = &object.path;
        return deps.storage.read(target, path, None, purpose).await;
    }
    let name = name_of(deps, object).await.map_err(|error| {
        let what = "could not look up the name of an original";
        StorageError::new(ErrorKind::Unreachable, what).with_source(error)
    })?;
    let key =
        ObjectPath::new(object.path.clone()).map_err(|_| StorageError::not_found(&object.path))?;
    let read = deps.central.read(&key, None).await?;
    Ok(Read {
        object: Object {
            remote_id: object.remote_id.clone(),
            path: name,
            size: read.object.size,
            modified_at: object.modified_at,
            revision: object.revision.clone(),
        },
        body: read.body,
    })
}

async fn name_of(deps: &Deps, object: &ObjectRow) -> Result<String, DbError> {
    let Some(asset) = object.asset else {
        return Ok(String::new());
    };
    let tx = deps.db.read_in(object.workspace).await?;
    Ok(tx.assets().name(asset).await?.unwrap_or_default())
}
