//! Asking about one file, and being sure that one is not there.

use stowage_storage::{ErrorKind, Object, ObjectPath, StorageError};
use suppaftp::Status;

use crate::{
    config::{is_sendable, may_be_cut},
    entry::{EntryKind, Modified, object, parse_facts, time_of},
    error::{Failure, Refusal},
    list,
    pool::Lease,
};

/// Refuses a path that cannot be said to a server.
pub(crate) fn check_name(path: &ObjectPath) -> Result<(), StorageError> {
    if is_sendable(path.as_str()) {
        return Ok(());
    }
    let what = format!("an FTP server cannot hold the path {:?}", path.as_str());
    Err(StorageError::new(ErrorKind::Unsupported, what))
}

/// Returns a file's facts, none when it certainly is not there.
pub(crate) async fn find(lease: &mut Lease, path: &str) -> Result<Option<Object>, Failure> {
    match find_now(lease, path).await {
        // A folder that was made between two of the questions looks like one that may not be entered.
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => find_now(lease, path).await,
        other => other,
    }
}

async fn find_now(lease: &mut Lease, path: &str) -> Result<Option<Object>, Failure> {
    if lease.knows_mlst {
        match by_mlst(lease, path).await {
            Err(Failure::Refused(refusal)) if refusal.is_unknown() => lease.knows_mlst = false,
            Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
                return confirm_missing(lease, path, refusal).await;
            }
            other => return other,
        }
    }
    match by_size_and_time(lease, path).await {
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
            confirm_missing(lease, path, refusal).await
        }
        other => other,
    }
}

async fn by_mlst(lease: &mut Lease, path: &str) -> Result<Option<Object>, Failure> {
    let told = lease
        .ask("MLST", path, &[Status::RequestedFileActionOk])
        .await?;
    // One of the lines holds the facts, behind a blank that some servers leave out.
    let entry = told
        .body
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_prefix(b" ").unwrap_or(line))
        .filter(|line| line.contains(&b';') && !line.starts_with(b"250"))
        .find_map(|line| parse_facts(line.strip_suffix(b"\r").unwrap_or(line)));
    let Some(entry) = entry else {
        let why = "the server's answer about a file is not understood";
        return Err(Failure::broken(ErrorKind::Unexpected, why));
    };
    let size = entry.size.unwrap_or_default();
    // A server that cuts the blank off tells the name of the file that it means.
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_meant = !may_be_cut(path) || entry.name.ends_with(name.as_bytes());
    let is_file = entry.kind == EntryKind::File && is_meant;
    Ok(is_file.then(|| object(path.to_owned(), size, &entry.modified)))
}

/// Two questions, neither of which a server answers about a folder.
async fn by_size_and_time(lease: &mut Lease, path: &str) -> Result<Option<Object>, Failure> {
    let told = lease.ask("SIZE", path, &[Status::File]).await?;
    let size = answer_of(&told.body).and_then(|size| size.parse().ok());
    let Some(size) = size else {
        let why = "the server's answer about a file's size is not understood";
        return Err(Failure::broken(ErrorKind::Unexpected, why));
    };
    let modified = match lease.ask("MDTM", path, &[Status::File]).await {
        Ok(told) => answer_of(&told.body)
            .and_then(time_of)
            .map_or(Modified::Unknown, Modified::Exact),
        Err(Failure::Refused(refusal)) if refusal.is_unknown() => Modified::Unknown,
        Err(failure) => return Err(failure),
    };
    Ok(Some(object(path.to_owned(), size, &modified)))
}

/// Takes the value out of `213 15`.
fn answer_of(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok()?.split_whitespace().nth(1)
}

/// Finds out whether a refusal means that nothing is there: the code for it also means that
/// something may not be seen. Nothing is there when its folder can be entered, or when a folder
/// that can be entered does not list the next one on the way.
async fn confirm_missing(
    lease: &mut Lease,
    path: &str,
    refusal: Refusal,
) -> Result<Option<Object>, Failure> {
    lease.check_root().await.map_err(Failure::Broken)?;
    let mut below = path;
    while let Some((parent, _)) = below.rsplit_once('/') {
        match lease.change_below(parent).await {
            Ok(()) if below == path => return Ok(None),
            Ok(()) => return lists(lease, parent, below, refusal).await,
            Err(Failure::Refused(refusal)) if refusal.is_about_file() => below = parent,
            Err(failure) => return Err(failure),
        }
    }
    if below == path {
        return Ok(None);
    }
    lists(lease, "", below, refusal).await
}

/// Looks for the folder `below` in the listing of its parent.
async fn lists(
    lease: &mut Lease,
    parent: &str,
    below: &str,
    refusal: Refusal,
) -> Result<Option<Object>, Failure> {
    let name = below.rsplit('/').next().unwrap_or(below);
    let mut reader = list::Reader::begin(lease, parent).await?;
    while let Some(entries) = reader.next(lease).await? {
        let found = entries.iter().find(|entry| entry.name == name.as_bytes());
        if found.is_some_and(|entry| entry.kind == EntryKind::Folder) {
            return Err(Failure::Refused(refusal));
        }
    }
    Ok(None)
}
