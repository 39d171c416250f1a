//! The marker file `.stowage` of storages that Stowage may write to (SPEC D9).
//!
//! It proves the place better than anything that the place says of itself: an empty mount point has
//! none, and a copy on another disk has the same.

use stowage_db::{Database, DbError, repo::StorageRow};
use stowage_domain::{
    Access, Clock, Former, Marker, MarkerVerdict, StorageId, StorageStatus, judge_marker,
};
use stowage_storage::{
    ErrorKind, ObjectPath, Storage, StorageError, WriteMode, bytes_of, names::OWN_PREFIX,
};
use tracing::warn;

use crate::{grpc::connect::another_place, open::OpenError};

/// A marker is a few words; more is something else.
const LARGEST: u64 = 64 * 1024;

/// What was found, and what was done about it.
pub(crate) struct Marked {
    pub(crate) verdict: MarkerVerdict,
    pub(crate) found: Option<Marker>,
}

/// Has a storage prove which one it is. Returns what to expect the next time.
pub(crate) async fn prove(
    db: &Database,
    clock: &dyn Clock,
    row: &StorageRow,
    storage: &dyn Storage,
    expected: Option<&str>,
) -> Result<String, OpenError> {
    let base = storage.identify().await?.0;
    if row.access != Access::ReadWrite {
        return Ok(as_expected(base, expected)?);
    }
    let found = read(storage).await?;
    let mine = ours(db, clock, row).await?;
    match (&found, row.marked_at) {
        (Some(found), _) if found.is_of(&mine) => {
            if row.marked_at.is_none() {
                remember(db, row).await?;
            }
            Ok(proof_of(&mine))
        }
        (Some(_), _) => Err(foreign().into()),
        (None, Some(_)) => Err(lost().into()),
        (None, None) => {
            let base = as_expected(base, expected)?;
            match write(storage, &mine, false).await {
                Ok(()) => {
                    remember(db, row).await?;
                    Ok(proof_of(&mine))
                }
                // It can still be read; what it says of itself has to do.
                Err(error) => {
                    warn!(
                        storage.id = %row.id,
                        %error,
                        "could not put a marker file into storage {}", row.id
                    );
                    Ok(base)
                }
            }
        }
    }
}

/// Puts our marker into a storage that is being connected, unless somebody else's is there.
pub(crate) async fn mark(
    db: &Database,
    clock: &dyn Clock,
    row: &StorageRow,
    storage: &dyn Storage,
    take_over: bool,
) -> Result<Marked, OpenError> {
    let mine = ours(db, clock, row).await?;
    let found = read(storage).await?;
    let former = match &found {
        Some(found) => former_of(db, row, StorageId(found.storage)).await?,
        None => Former::Gone,
    };
    let verdict = judge_marker(found.as_ref(), &mine, former, take_over);
    match verdict {
        MarkerVerdict::Write => write(storage, &mine, found.is_some()).await?,
        MarkerVerdict::Keep => {}
        MarkerVerdict::Revive(_) | MarkerVerdict::InUse(_) | MarkerVerdict::Foreign => {
            return Ok(Marked { verdict, found });
        }
    }
    remember(db, row).await?;
    Ok(Marked { verdict, found })
}

fn as_expected(base: String, expected: Option<&str>) -> Result<String, StorageError> {
    match expected {
        Some(expected) if expected != base => Err(another_place()),
        _ => Ok(base),
    }
}

fn proof_of(marker: &Marker) -> String {
    format!("marker:{}/{}", marker.installation, marker.storage)
}

async fn ours(db: &Database, clock: &dyn Clock, row: &StorageRow) -> Result<Marker, DbError> {
    let tx = db.read_in(row.workspace).await?;
    let installation = tx.storages().installation().await?;
    let created = clock.now().to_rfc3339();
    Ok(Marker::new(installation, row.workspace, row.id, created))
}

async fn former_of(db: &Database, row: &StorageRow, id: StorageId) -> Result<Former, DbError> {
    let tx = db.read_in(row.workspace).await?;
    let Some(former) = tx.storages().find(id).await? else {
        return Ok(Former::Gone);
    };
    let health = tx.storages().health(id).await?;
    let is_parted = !former.is_on && health.status == StorageStatus::Disconnected;
    Ok(if is_parted {
        Former::Parted
    } else {
        Former::InUse
    })
}

async fn remember(db: &Database, row: &StorageRow) -> Result<(), DbError> {
    let tx = db.begin_in(row.workspace).await?;
    tx.storages().set_marked(row.id, true).await?;
    tx.commit().await
}

fn path() -> ObjectPath {
    ObjectPath::new(OWN_PREFIX).expect("a plain name is a path")
}

async fn read(storage: &dyn Storage) -> Result<Option<Marker>, StorageError> {
    let read = match storage.read(&path(), None).await {
        Ok(read) => read,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let bytes = read.into_bytes(LARGEST).await?;
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        StorageError::new(
            ErrorKind::RootNotFound,
            "the marker file .stowage in the folder holds something else; move it away",
        )
        .with_source(error)
    })
}

async fn write(storage: &dyn Storage, marker: &Marker, replaces: bool) -> Result<(), StorageError> {
    let text = serde_json::to_vec_pretty(marker).expect("a marker is plain data");
    let mode = if replaces || !storage.capability().write_create_only {
        WriteMode::Replace
    } else {
        WriteMode::CreateOnly
    };
    let size = text.len() as u64;
    storage.write(&path(), size, bytes_of(text), mode).await?;
    Ok(())
}

fn foreign() -> StorageError {
    StorageError::new(
        ErrorKind::RootNotFound,
        "the marker file .stowage in the folder names another library or another storage; connect \
         it anew to take it over",
    )
}

fn lost() -> StorageError {
    StorageError::new(
        ErrorKind::RootNotFound,
        "the marker file .stowage is gone from the folder, as when a disk is not mounted; if that \
         is meant, save the storage's settings once more",
    )
}
