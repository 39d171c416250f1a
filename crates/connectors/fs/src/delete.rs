//! Deleting a file, on condition that it is the one that was meant.

use std::{os::fd::OwnedFd, path::Path};

use rustix::{
    fs::{AtFlags, fstat, unlinkat},
    io::Errno,
};
use stowage_storage::{DeleteCondition, ErrorKind, ObjectPath, StorageError};

use crate::{
    config::FsOptions,
    error::{failed, means_absent},
    read::{open_file, open_parent},
    tree::{is_file, is_same, look, open_child, open_root, revision},
};

/// Deletes a file if the condition holds.
///
/// What remains possible: a file that replaces this one in the microseconds between the last look
/// and the unlink is deleted in its place, since no kernel offers to unlink by descriptor. Taking
/// the file away under another name first would close that gap and open a worse one: a crash would
/// leave the customer's file hidden.
pub(crate) fn delete(
    root: &Path,
    options: FsOptions,
    path: &ObjectPath,
    condition: &DeleteCondition,
) -> Result<(), StorageError> {
    let folder = match condition {
        DeleteCondition::Unchanged(expected) => match open_file(root, path) {
            Ok((file, stat, folder)) => {
                if revision(&stat) != *expected {
                    return Err(conflict(path));
                }
                let opened =
                    fstat(&file).map_err(|errno| failed("delete", path.as_str(), errno))?;
                match look(&folder, path.name()) {
                    Ok(named) if is_same(&named, &opened) => folder,
                    Ok(_) => return Err(conflict(path)),
                    Err(errno) if means_absent(errno) => return Ok(()),
                    Err(errno) => return Err(failed("delete", path.as_str(), errno)),
                }
            }
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) => return Err(error),
        },
        DeleteCondition::OwnKey => match open_parent(root, path)? {
            Some((folder, name)) => match look(&folder, name) {
                Ok(stat) if is_file(&stat) => folder,
                // A folder, a link or nothing: no object of that name.
                Ok(_) => return Ok(()),
                Err(errno) if means_absent(errno) => return Ok(()),
                Err(errno) => return Err(failed("delete", path.as_str(), errno)),
            },
            None => return Ok(()),
        },
    };
    match unlinkat(&folder, path.name(), AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(errno) => return Err(failed("delete", path.as_str(), errno)),
    }
    if options.prune_empty_folders {
        prune(open_root(root)?, path);
    }
    Ok(())
}

fn conflict(path: &ObjectPath) -> StorageError {
    StorageError::new(
        ErrorKind::Conflict,
        format!(
            "object {:?} is not what it was; it was not deleted",
            path.as_str()
        ),
    )
}

/// Removes the folders of a path, from the innermost out, as long as they are empty.
fn prune(root: OwnedFd, path: &ObjectPath) {
    let mut chain = vec![root];
    let mut names: Vec<&str> = path.as_str().split('/').collect();
    names.pop();
    for name in &names {
        let next = chain.last().map(|folder| open_child(folder, name));
        let Some(Ok(folder)) = next else { break };
        chain.push(folder);
    }
    chain.pop();
    while let Some(parent) = chain.pop() {
        let name = names[chain.len()];
        if unlinkat(&parent, name, AtFlags::REMOVEDIR).is_err() {
            break;
        }
    }
}
