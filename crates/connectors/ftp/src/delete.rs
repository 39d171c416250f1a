//! Deleting a file, outright or on condition that it is the one that was meant.

use std::sync::Arc;

use stowage_storage::{DeleteCondition, ErrorKind, ObjectPath, StorageError};
use suppaftp::Status;

use crate::{
    config::may_be_cut,
    error::Failure,
    facts::{check_name, find},
    pool::{Lease, Pool},
    quarantine::{self, Meant},
    write::draft_of,
};

pub(crate) const DONE: [Status; 2] = [Status::RequestedFileActionOk, Status::CommandOk];

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
            let path = path.as_str();
            let deleted = quarantine::delete(&mut lease, Meant { path, revision }).await;
            match deleted {
                Ok(()) => outright(&mut lease, &draft_of(path)).await,
                failed => failed,
            }
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
