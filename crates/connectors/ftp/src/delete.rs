//! Deleting a file, outright or on condition that it is the one that was meant.

use std::sync::Arc;

use rand::Rng;
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_storage::{DeleteCondition, ErrorKind, ObjectPath, StorageError, names::OWN_PREFIX};
use suppaftp::Status;

use crate::{
    config::may_be_cut,
    error::Failure,
    facts::{check_name, find},
    pool::{Lease, Pool},
};

const DONE: [Status; 2] = [Status::RequestedFileActionOk, Status::CommandOk];

pub(crate) async fn delete(
    pool: &Arc<Pool>,
    path: &ObjectPath,
    condition: &DeleteCondition,
) -> Result<(), StorageError> {
    if check_name(path).is_err() {
        return Ok(());
    }
    let mut lease = pool.lend().await?;
    if may_be_cut(path.as_str()) && !is_told(&mut lease, path).await? {
        lease.give_back();
        return Ok(());
    }
    let deleted = match condition {
        DeleteCondition::OwnKey => outright(&mut lease, path.as_str()).await,
        DeleteCondition::Unchanged(revision) => {
            through_quarantine(&mut lease, path.as_str(), revision).await
        }
    };
    let deleted = lease.end(deleted);
    deleted.map_err(|failure| failure.into_error(&format!("delete {:?}", path.as_str())))
}

/// Makes sure that a name with a blank at its end is of the file that is meant, and not of one
/// without.
async fn is_told(lease: &mut Lease, path: &ObjectPath) -> Result<bool, StorageError> {
    let tried = format!("delete {:?}", path.as_str());
    let found = find(lease, path.as_str()).await;
    let found = found.map_err(|failure| failure.into_error(&tried))?;
    if found.is_some() && !lease.knows_mlst {
        let why = "it has a blank at an end, which some servers cut off";
        let what = format!("could not {tried}: {why}");
        return Err(StorageError::new(ErrorKind::Unsupported, what));
    }
    Ok(found.is_some())
}

async fn outright(lease: &mut Lease, path: &str) -> Result<(), Failure> {
    match lease.ask("DELE", path, &DONE).await {
        Ok(_) => Ok(()),
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
            match find(lease, path).await? {
                None => Ok(()),
                Some(_) => Err(Failure::Refused(refusal)),
            }
        }
        Err(failure) => Err(failure),
    }
}

/// Takes the file away under another name, looks at what was taken, and deletes it or puts it
/// back. No command of FTP deletes on condition, but a rename takes one file and no other.
async fn through_quarantine(lease: &mut Lease, path: &str, revision: &str) -> Result<(), Failure> {
    match find(lease, path).await? {
        None => return Ok(()),
        Some(object) if object.revision != revision => return Err(changed()),
        Some(_) => {}
    }
    let folder = format!("{OWN_PREFIX}-quarantine");
    let taken = format!("{folder}/{:032x}", rand::rng().random::<u128>());
    match lease
        .ask("MKD", &folder, &[Status::PathCreated, Status::CommandOk])
        .await
    {
        // It is there already, or the rename says what is in the way.
        Ok(_) | Err(Failure::Refused(_)) => {}
        Err(broken) => return Err(broken),
    }
    failpoint(Failpoint::QuarantineTaking).await?;
    lease.rename(path, &taken).await?;
    failpoint(Failpoint::QuarantineTaken).await?;
    let is_meant = match find(lease, &taken).await {
        Ok(Some(object)) => object.revision == revision,
        Ok(None) => return Ok(()),
        Err(failure) => return Err(put_back(lease, path, &taken, failure).await),
    };
    if !is_meant {
        return Err(put_back(lease, path, &taken, changed()).await);
    }
    failpoint(Failpoint::QuarantineLooked).await?;
    match lease.ask("DELE", &taken, &DONE).await {
        Ok(_) => failpoint(Failpoint::QuarantineDeleted).await?,
        Err(failure) => return Err(put_back(lease, path, &taken, failure).await),
    }
    // Gone with the last file in it.
    match lease.ask("RMD", &folder, &DONE).await {
        Err(broken @ Failure::Broken(_)) => Err(broken),
        Ok(_) | Err(Failure::Refused(_) | Failure::Judged(_)) => Ok(()),
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        Self::broken(ErrorKind::Unreachable, failed.to_string())
    }
}

fn changed() -> Failure {
    Failure::judged(
        ErrorKind::Conflict,
        "it is not what it was; it was not deleted",
    )
}

/// Gives a file back its name, on another connection where this one broke.
async fn put_back(lease: &mut Lease, path: &str, taken: &str, failure: Failure) -> Failure {
    if lease.rename(taken, path).await.is_ok() {
        return failure;
    }
    let pool = Arc::clone(lease.pool());
    if let Ok(mut other) = pool.lend().await {
        let renamed = other.rename(taken, path).await;
        if other.end(renamed).is_ok() {
            return failure;
        }
    }
    let error = failure.into_error("delete it");
    let what = format!("{error}; it was left in {taken:?} and has to be moved back by hand");
    Failure::broken(error.kind(), what)
}
