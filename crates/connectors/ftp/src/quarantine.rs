//! Deleting on condition, where no command can: a file is taken away under another name, looked at
//! there, and deleted or put back.
//!
//! A connection or a process may end while a file is away. Its name in the quarantine begins with
//! what it was taken for, so that the next attempt finds it, and deletes it or puts it back.

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use rand::Rng;
use sha2::{Digest, Sha256};
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_storage::{ErrorKind, names::QUARANTINE};
use suppaftp::Status;

use crate::{
    delete::DONE,
    error::Failure,
    facts::find,
    list::Reader,
    pool::{Lease, Pool},
};

/// A file that is to be deleted if it is what it was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meant<'a> {
    pub(crate) path: &'a str,
    pub(crate) revision: &'a str,
}

/// Deletes a file, if it is the one that is meant. No command of FTP deletes on condition, but a
/// rename takes one file and no other.
pub(crate) async fn delete(lease: &mut Lease, meant: Meant<'_>) -> Result<(), Failure> {
    let found = find(lease, meant.path).await?;
    match found {
        Some(object) if object.revision == meant.revision => {}
        found => {
            settle(lease, meant).await?;
            return if found.is_none() {
                Ok(())
            } else {
                Err(changed())
            };
        }
    }
    let expected = [Status::PathCreated, Status::CommandOk];
    match lease.ask("MKD", QUARANTINE, &expected).await {
        // It is there already, or the rename says what is in the way.
        Ok(_) | Err(Failure::Refused(_)) => {}
        Err(broken) => return Err(broken),
    }
    let random = rand::rng().random::<u128>();
    let taken = format!("{QUARANTINE}/{}{random:032x}", name_of(meant));
    failpoint(Failpoint::QuarantineTaking).await?;
    lease.rename(meant.path, &taken).await?;
    failpoint(Failpoint::QuarantineTaken).await?;
    judge(lease, meant, &taken).await?;
    close(lease).await
}

/// Ends what an earlier attempt began and did not end.
async fn settle(lease: &mut Lease, meant: Meant<'_>) -> Result<(), Failure> {
    let left = left(lease, meant).await?;
    for name in &left {
        let taken = format!("{QUARANTINE}/{name}");
        judge(lease, meant, &taken).await?;
    }
    if !left.is_empty() {
        close(lease).await?;
    }
    Ok(())
}

/// Lists what was taken for this deletion and is in the quarantine still.
async fn left(lease: &mut Lease, meant: Meant<'_>) -> Result<BTreeSet<String>, Failure> {
    let begins = name_of(meant);
    let mut names = BTreeSet::new();
    let mut reader = match Reader::begin(lease, QUARANTINE).await {
        Ok(reader) => reader,
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => return Ok(names),
        Err(failure) => return Err(failure),
    };
    while let Some(entries) = reader.next(lease).await? {
        let found = entries
            .into_iter()
            .filter_map(|entry| String::from_utf8(entry.name).ok());
        names.extend(found.filter(|name| name.starts_with(&begins)));
    }
    Ok(names)
}

/// Looks at a file that was taken, and deletes it or puts it back.
async fn judge(lease: &mut Lease, meant: Meant<'_>, taken: &str) -> Result<(), Failure> {
    let is_meant = match find(lease, taken).await {
        Ok(Some(object)) => object.revision == meant.revision,
        Ok(None) => return Ok(()),
        Err(failure) => return Err(put_back(lease, meant.path, taken, failure).await),
    };
    if !is_meant {
        return Err(put_back(lease, meant.path, taken, changed()).await);
    }
    failpoint(Failpoint::QuarantineLooked).await?;
    match lease.ask("DELE", taken, &DONE).await {
        Ok(_) => failpoint(Failpoint::QuarantineDeleted)
            .await
            .map_err(Into::into),
        Err(failure) => Err(put_back(lease, meant.path, taken, failure).await),
    }
}

/// Takes the quarantine away with the last file in it.
async fn close(lease: &mut Lease) -> Result<(), Failure> {
    match lease.ask("RMD", QUARANTINE, &DONE).await {
        Err(broken @ Failure::Broken(_)) => Err(broken),
        Ok(_) | Err(Failure::Refused(_) | Failure::Judged(_)) => Ok(()),
    }
}

/// Gives a file back its name, on another connection where this one broke. Where another file has
/// the name by now, it stays where it is.
async fn put_back(lease: &mut Lease, path: &str, taken: &str, failure: Failure) -> Failure {
    if rename_back(lease, path, taken).await.is_ok() {
        return failure;
    }
    let pool: Arc<Pool> = Arc::clone(lease.pool());
    if let Ok(mut other) = pool.lend().await {
        let renamed = rename_back(&mut other, path, taken).await;
        if other.end(renamed).is_ok() {
            return failure;
        }
    }
    let error = failure.into_error("delete it");
    let what = format!("{error}; it was left in {taken:?} and has to be moved back by hand");
    // Whatever it was, it is not over: the ledger keeps it in sight.
    let kind = match error.kind() {
        ErrorKind::Conflict => ErrorKind::Unexpected,
        kind => kind,
    };
    Failure::broken(kind, what)
}

async fn rename_back(lease: &mut Lease, path: &str, taken: &str) -> Result<(), Failure> {
    if find(lease, path).await?.is_some() {
        return Err(changed());
    }
    lease.rename(taken, path).await?;
    close(lease).await
}

/// Returns how the names of files begin that are taken for this deletion.
fn name_of(meant: Meant<'_>) -> String {
    let mut hash = Sha256::new();
    for part in [meant.path, meant.revision] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let mut name = String::with_capacity(33);
    for byte in &hash.finalize()[..16] {
        let _ = write!(name, "{byte:02x}");
    }
    name.push('-');
    name
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
