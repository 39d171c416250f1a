//! Ways from the connected root to a folder or file, one component at a time.
//!
//! Every component is opened relative to the descriptor of the one before it and never through a
//! symbolic link, so that a link swapped in meanwhile leads nowhere.

use std::{
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, fsync, mkdirat, openat, statat},
    io::Errno,
};
use stowage_domain::Timestamp;
use stowage_storage::{ErrorKind, Object, ObjectPath, StorageError};

use crate::error::{failed, root_failed};

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Opens the connected root. It may itself be reached through links: the operator chose it.
///
/// Opened anew for each call: a descriptor that is kept would hold a mount that should go.
pub(crate) fn open_root(root: &Path) -> Result<OwnedFd, StorageError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(CWD, root, flags, Mode::empty()).map_err(|errno| root_failed(root, errno))
}

/// Opens a folder directly below another.
pub(crate) fn open_child(parent: impl AsFd, name: &str) -> Result<OwnedFd, Errno> {
    openat(parent, name, FOLDER, Mode::empty())
}

/// Opens a chain of folders below `root`.
pub(crate) fn descend(root: OwnedFd, folders: &[&str]) -> Result<OwnedFd, Errno> {
    let mut folder = root;
    for name in folders {
        folder = open_child(&folder, name)?;
    }
    Ok(folder)
}

/// Writes the entries of a chain of folders to the disk, from `root` down. All of them: one that was
/// there already may have been made a moment ago by somebody who does not wait for the disk.
pub(crate) fn sync_chain(root: OwnedFd, folders: &[&str]) -> Result<(), Errno> {
    let mut folder = root;
    fsync(&folder)?;
    for name in folders {
        folder = open_child(&folder, name)?;
        fsync(&folder)?;
    }
    Ok(())
}

/// A folder that `create_folders` had to make, to be undone when nothing came of it.
pub(crate) struct Made {
    pub(crate) parent: OwnedFd,
    pub(crate) name: String,
}

/// Opens a chain of folders below `root`, making those that are missing.
pub(crate) fn create_folders(
    root: OwnedFd,
    folders: &[&str],
) -> Result<(OwnedFd, Vec<Made>), Errno> {
    let mut folder = root;
    let mut made = Vec::new();
    for name in folders {
        let next = match open_child(&folder, name) {
            Err(Errno::NOENT) => {
                let is_ours = match mkdirat(&folder, *name, Mode::from_raw_mode(0o777)) {
                    Ok(()) => true,
                    Err(Errno::EXIST) => false,
                    Err(errno) => return Err(errno),
                };
                let next = open_child(&folder, name)?;
                if is_ours {
                    made.push(Made {
                        parent: folder,
                        name: (*name).to_owned(),
                    });
                }
                next
            }
            other => other?,
        };
        folder = next;
    }
    Ok((folder, made))
}

/// A path split into folders and a name, all of which a file system can hold.
pub(crate) struct Split<'a> {
    pub(crate) folders: Vec<&'a str>,
    pub(crate) name: &'a str,
}

/// Splits a path, or refuses one that cannot exist in a folder.
pub(crate) fn split(path: &ObjectPath) -> Result<Split<'_>, StorageError> {
    let mut folders: Vec<&str> = path.as_str().split('/').collect();
    let is_possible = folders
        .iter()
        .all(|segment| !segment.is_empty() && segment.len() <= 255);
    match folders.pop() {
        Some(name) if is_possible => Ok(Split { folders, name }),
        _ => Err(StorageError::new(
            ErrorKind::Unsupported,
            format!("a folder cannot hold the path {:?}", path.as_str()),
        )),
    }
}

/// Looks at a name in a folder, without following it.
pub(crate) fn look(folder: impl AsFd, name: &str) -> Result<Stat, Errno> {
    statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
}

pub(crate) fn is_file(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

/// Returns whether two answers are about the same file with the same content.
pub(crate) fn is_same(one: &Stat, other: &Stat) -> bool {
    let place = |stat: &Stat| (stat.st_dev, stat.st_ino);
    place(one) == place(other) && revision(one) == revision(other)
}

/// What changes with the content: size and modification time. Not the inode, which does not
/// survive a restore, nor the change time, which a `chmod` moves.
pub(crate) fn revision(stat: &Stat) -> String {
    let nanos = i128::from(stat.st_mtime) * 1_000_000_000 + i128::from(stat.st_mtime_nsec);
    format!("{}-{nanos}", stat.st_size)
}

pub(crate) fn object(path: String, stat: &Stat) -> Object {
    let micros = stat.st_mtime.saturating_mul(1_000_000) + stat.st_mtime_nsec as i64 / 1_000;
    Object {
        remote_id: path.clone(),
        path,
        size: stat.st_size as u64,
        modified_at: Some(Timestamp::from_micros(micros)),
        revision: revision(stat),
    }
}

/// Fails unless `root` still is the folder that `opened` stands for.
pub(crate) fn check_root(root: &Path, opened: impl AsFd) -> Result<(), StorageError> {
    let now = open_root(root)?;
    let look = |fd: std::os::fd::BorrowedFd<'_>| {
        fstat(fd).map_err(|errno| failed("look at folder", &root.display().to_string(), errno))
    };
    let (was, is) = (look(opened.as_fd())?, look(now.as_fd())?);
    if (was.st_dev, was.st_ino) == (is.st_dev, is.st_ino) {
        return Ok(());
    }
    Err(StorageError::new(
        ErrorKind::RootNotFound,
        format!(
            "the folder {} was replaced while it was listed",
            root.display()
        ),
    ))
}
