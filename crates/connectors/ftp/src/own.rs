//! Files of Stowage's own, which listings leave out.

use std::sync::Arc;

use stowage_storage::{
    Object, StorageError,
    names::{QUARANTINE, is_own},
};

use crate::{
    entry::EntryKind,
    error::Failure,
    facts::find,
    list::Reader,
    pool::{Lease, Pool},
};

/// Lists them directly below the root and in the quarantine, with what the server says of each when
/// it is asked: listings tell times in whatever zone they like.
pub(crate) async fn own_files(pool: &Arc<Pool>) -> Result<Vec<Object>, StorageError> {
    let mut lease = pool.lend().await?;
    lease.check_root().await?;
    let found = look(&mut lease).await;
    let found = lease.end(found);
    found.map_err(|failure| failure.into_error("list our own files"))
}

async fn look(lease: &mut Lease) -> Result<Vec<Object>, Failure> {
    let mut paths = names_in(lease, "", is_own).await?;
    match names_in(lease, QUARANTINE, |_| true).await {
        Ok(names) => paths.extend(names.iter().map(|name| format!("{QUARANTINE}/{name}"))),
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => {}
        Err(failure) => return Err(failure),
    }
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        files.extend(find(lease, &path).await?);
    }
    Ok(files)
}

async fn names_in(
    lease: &mut Lease,
    folder: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut reader = Reader::begin(lease, folder).await?;
    while let Some(entries) = reader.next(lease).await? {
        let files = entries
            .into_iter()
            .filter(|entry| entry.kind == EntryKind::File);
        let found = files.filter_map(|entry| String::from_utf8(entry.name).ok());
        names.extend(found.filter(|name| is_wanted(name)));
    }
    Ok(names)
}
