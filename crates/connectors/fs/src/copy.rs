//! Copying a file from another folder of the server: the kernel does it, and it gets its name in one
//! step, as in a write.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Stat, fstat},
    io::Errno,
};
use stowage_storage::{Copied, ErrorKind, ObjectPath, Origin, Pinned, StorageError, WriteMode};

use crate::{
    backend::blocking,
    config::FsOptions,
    error::failed,
    read::{changed, open_file},
    tree::{is_same, revision},
    write::{Draft, begin, finish},
};

/// How much is copied at once, in bytes: a copy that nobody waits for any more ends behind it, and
/// leaves nothing.
const STRETCH: u64 = 64 * 1024 * 1024;

/// A copy on its way.
struct Copying {
    source: File,
    stat: Stat,
    draft: Draft,
    copy: File,
    left: u64,
}

pub(crate) async fn copy(
    root: PathBuf,
    options: FsOptions,
    (from, pinned): (&Origin, &Pinned),
    path: ObjectPath,
    mode: WriteMode,
) -> Result<Copied, StorageError> {
    let (from, pinned) = (from.clone(), pinned.clone());
    let (folder, target) = (root.clone(), path.clone());
    let mut copying = blocking(move || open(&folder, &from, &pinned, &target, mode)).await?;
    while copying.left > 0 {
        let target = path.clone();
        copying = blocking(move || stretch(copying, &target)).await?;
    }
    blocking(move || end(&root, copying, options, &path, mode)).await
}

/// Tells what is certain about the source. Of anything else, whoever asked learns by reading and
/// writing instead, and whose fault it is.
fn of_source(error: StorageError) -> StorageError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::Conflict => error,
        _ => cannot(error),
    }
}

/// The same about where the copy goes.
fn of_target(error: StorageError) -> StorageError {
    match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::Full => error,
        _ => cannot(error),
    }
}

fn cannot(error: StorageError) -> StorageError {
    StorageError::new(ErrorKind::Unsupported, error.to_string()).with_source(error)
}

fn open(
    root: &Path,
    from: &Origin,
    pinned: &Pinned,
    path: &ObjectPath,
    mode: WriteMode,
) -> Result<Copying, StorageError> {
    let named = ObjectPath::new(from.path.clone());
    let named = named.map_err(|_| StorageError::not_found(&from.path))?;
    let opened = open_file(Path::new(&from.root), &named);
    let (source, stat, _folder) = opened.map_err(of_source)?;
    if revision(&stat) != pinned.revision {
        return Err(changed(&from.path));
    }
    let (draft, copy) = begin(root, path, mode).map_err(of_target)?;
    Ok(Copying {
        source,
        left: stat.st_size as u64,
        stat,
        draft,
        copy,
    })
}

fn stretch(mut copying: Copying, path: &ObjectPath) -> Result<Copying, StorageError> {
    let wanted = copying.left.min(STRETCH);
    // Asks the kernel to copy, in whichever way these two file systems allow.
    let moved = io::copy(&mut (&copying.source).take(wanted), &mut &copying.copy);
    let moved = moved.map_err(|error| match Errno::from_io_error(&error) {
        Some(errno) => of_target(failed("write", path.as_str(), errno)),
        None => StorageError::new(ErrorKind::Unsupported, "the copy broke off").with_source(error),
    })?;
    if moved < wanted {
        return Err(changed(path.as_str()));
    }
    copying.left -= moved;
    Ok(copying)
}

/// Makes sure that the source is what it was at the start, and gives the copy its name.
fn end(
    root: &Path,
    copying: Copying,
    options: FsOptions,
    path: &ObjectPath,
    mode: WriteMode,
) -> Result<Copied, StorageError> {
    let after =
        fstat(&copying.source).map_err(|errno| cannot(failed("look at", path.as_str(), errno)))?;
    if !is_same(&copying.stat, &after) {
        return Err(changed(path.as_str()));
    }
    let Copying { draft, copy, .. } = copying;
    let object = finish(root, draft, copy, options, path, mode).map_err(of_target)?;
    Ok(Copied {
        object,
        sha256: None,
    })
}
