//! Writing a file in one step: a temporary file beside it, then a rename.

use std::{fmt::Write, sync::Arc};

use futures::StreamExt;
use sha2::{Digest, Sha256};
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, StorageError, names::OWN_PREFIX};
use suppaftp::Status;
use tokio::{io::AsyncWriteExt, time::timeout};

use crate::{
    config::may_be_cut,
    error::Failure,
    facts::{check_name, find},
    pool::{Lease, Pool},
    session::Transfer,
};

/// How often a folder that vanished under a writer is made again.
const ATTEMPTS: u32 = 3;

/// A file that nobody sees yet. Dropped before it was put in place, it leaves nothing behind.
struct Draft {
    pool: Arc<Pool>,
    temporary: String,
    /// Folders that were made for it, outermost first.
    made: Vec<String>,
    is_done: bool,
}

impl Draft {
    fn new(pool: &Arc<Pool>, path: &ObjectPath) -> Self {
        Self {
            pool: Arc::clone(pool),
            temporary: draft_of(path.as_str()),
            made: Vec::new(),
            is_done: false,
        }
    }

    /// Takes everything back.
    async fn discard(mut self) {
        self.is_done = true;
        let made = std::mem::take(&mut self.made);
        take_back(Arc::clone(&self.pool), self.temporary.clone(), made).await;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let (temporary, made) = (self.temporary.clone(), std::mem::take(&mut self.made));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(take_back(Arc::clone(&self.pool), temporary, made));
        }
    }
}

/// Returns the path of the temporary file that a file is written to first. It follows from the file's
/// own, so that whoever writes or deletes that file finds what a writer left that was killed. Two
/// writers of one path write the same, or what the last of them wrote is compared.
pub(crate) fn draft_of(path: &str) -> String {
    let mut name = format!("{OWN_PREFIX}-tmp-");
    for byte in &Sha256::digest(path)[..16] {
        let _ = write!(name, "{byte:02x}");
    }
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name,
    }
}

/// Removes a temporary file and the folders that were made for it. What cannot be removed has a
/// name that no listing shows.
async fn take_back(pool: Arc<Pool>, temporary: String, made: Vec<String>) {
    let Ok(mut lease) = pool.lend().await else {
        return;
    };
    let done = [Status::RequestedFileActionOk, Status::CommandOk];
    let mut answer = lease.ask("DELE", &temporary, &done).await;
    for folder in made.iter().rev() {
        if matches!(answer, Err(Failure::Broken(_))) {
            break;
        }
        // One that somebody else uses by now is not empty and stays.
        answer = lease.ask("RMD", folder, &done).await;
    }
    let _ = lease.end(answer);
}

pub(crate) async fn write(
    pool: &Arc<Pool>,
    path: &ObjectPath,
    size: u64,
    body: ByteStream,
) -> Result<Object, StorageError> {
    check_name(path)?;
    if may_be_cut(path.as_str()) {
        let path = path.as_str();
        let what = format!("{path:?} has a blank at an end, which some servers cut off");
        return Err(StorageError::new(ErrorKind::Unsupported, what));
    }
    let mut draft = Draft::new(pool, path);
    let written = fill(&mut draft, path, size, body).await;
    match written {
        Ok(object) => {
            draft.is_done = true;
            Ok(object)
        }
        Err(error) => {
            draft.discard().await;
            Err(error)
        }
    }
}

async fn fill(
    draft: &mut Draft,
    path: &ObjectPath,
    size: u64,
    body: ByteStream,
) -> Result<Object, StorageError> {
    let failed = |failure: Failure| failure.into_error(&format!("write {:?}", path.as_str()));
    let mut lease = draft.pool.lend().await?;
    let transfer = match begin(&mut lease, draft).await {
        Ok(transfer) => transfer,
        Err(failure) => return Err(failed(in_the_way(&mut lease, path, failure).await)),
    };
    send(&mut lease, transfer, path, size, body).await?;
    let placed = place(&mut lease, draft, path, size).await;
    let placed = lease.end(placed);
    placed.map_err(failed)
}

/// Starts to write the temporary file, and makes the folders that it lacks.
async fn begin(lease: &mut Lease, draft: &mut Draft) -> Result<Transfer, Failure> {
    let mut attempt = 1;
    loop {
        let refusal = match lease.begin_write(&draft.temporary).await {
            Err(Failure::Refused(refusal)) if refusal.is_about_file() => refusal,
            other => return other,
        };
        let is_in_folder = draft.temporary.contains('/');
        if !is_in_folder || attempt == ATTEMPTS {
            return Err(Failure::Refused(refusal));
        }
        attempt += 1;
        let places: Vec<usize> = draft
            .temporary
            .match_indices('/')
            .map(|(at, _)| at)
            .collect();
        for at in places {
            let folder = draft.temporary[..at].to_owned();
            let created = [Status::PathCreated, Status::CommandOk];
            match lease.ask("MKD", &folder, &created).await {
                Ok(_) if draft.made.contains(&folder) => {}
                Ok(_) => draft.made.push(folder),
                // Most are there already, and servers say that in words of their own.
                Err(Failure::Refused(_)) => {}
                Err(broken) => return Err(broken),
            }
        }
    }
}

/// Tells a name that cannot be from a server that refuses: a file cannot be a folder as well.
async fn in_the_way(lease: &mut Lease, path: &ObjectPath, failure: Failure) -> Failure {
    let Failure::Refused(refusal) = failure else {
        return failure;
    };
    let above = path.as_str().match_indices('/').map(|(at, _)| at);
    for at in above {
        if let Ok(Some(_)) = find(lease, &path.as_str()[..at]).await {
            let why = "a file has the name of one of its folders";
            return Failure::judged(ErrorKind::Conflict, why);
        }
    }
    Failure::Refused(refusal)
}

/// Sends the body, and makes sure that it is as long as it was announced.
async fn send(
    lease: &mut Lease,
    mut transfer: Transfer,
    path: &ObjectPath,
    size: u64,
    mut body: ByteStream,
) -> Result<(), StorageError> {
    let tried = format!("write {:?}", path.as_str());
    let limit = lease.pool().dialer.net.timeouts.stall;
    let mut written = 0;
    let mut broken = None;
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        written += chunk.len() as u64;
        if written > size {
            return Err(StorageError::wrong_length(path.as_str(), size, written));
        }
        let sent = timeout(limit, transfer.write_all(&chunk)).await;
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                broken = Some(Failure::from(error));
                break;
            }
            Err(_) => return Err(Failure::silent(limit).into_error(&tried)),
        }
    }
    if broken.is_none() && written != size {
        return Err(StorageError::wrong_length(path.as_str(), size, written));
    }
    // A full disk shows as a connection that breaks, and in the answer as what it is.
    let ended = lease.finish(transfer).await;
    match (ended, broken) {
        (Ok(()), None) => Ok(()),
        (Err(failure @ Failure::Refused(_)), _) | (Err(failure), None) => {
            Err(failure.into_error(&tried))
        }
        (_, Some(broken)) => Err(broken.into_error(&tried)),
    }
}

/// Makes sure that all of it arrived, and gives it its name.
async fn place(
    lease: &mut Lease,
    draft: &Draft,
    path: &ObjectPath,
    size: u64,
) -> Result<Object, Failure> {
    let arrived = find(lease, &draft.temporary).await?;
    if arrived.is_none_or(|object| object.size != size) {
        let why = "the server did not keep all of it";
        return Err(Failure::judged(ErrorKind::Unreachable, why));
    }
    match lease.rename(&draft.temporary, path.as_str()).await {
        Ok(()) => {}
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
            return Err(refused_name(lease, path, refusal).await);
        }
        Err(failure) => return Err(failure),
    }
    find(lease, path.as_str()).await?.ok_or_else(|| {
        let why = "it vanished as soon as it was written";
        Failure::judged(ErrorKind::Conflict, why)
    })
}

/// A name that a server refuses while it took the temporary one beside it.
async fn refused_name(
    lease: &mut Lease,
    path: &ObjectPath,
    refusal: crate::error::Refusal,
) -> Failure {
    match lease.change_below(path.as_str()).await {
        Ok(()) => Failure::judged(ErrorKind::Conflict, "a folder has this name"),
        Err(Failure::Refused(_)) => match find(lease, path.as_str()).await {
            // It is there and stays: a server that does not replace by renaming.
            Ok(Some(_)) => Failure::judged(
                ErrorKind::Unsupported,
                "the server does not replace a file by renaming another",
            ),
            Ok(None) => Failure::judged(ErrorKind::Unsupported, "the server refuses the name"),
            Err(_) => Failure::Refused(refusal),
        },
        Err(broken) => broken,
    }
}
