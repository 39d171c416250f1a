//! The kernel's answers in the words of the port.

use std::path::Path;

use rustix::io::Errno;
use stowage_storage::{ErrorKind, StorageError};

/// Classifies a failure whose meaning does not depend on what was tried.
pub(crate) fn failed(tried: &str, path: &str, errno: Errno) -> StorageError {
    let (kind, why) = classify(errno);
    StorageError::new(kind, format!("could not {tried} {path:?}: {why}")).with_source(errno)
}

fn classify(errno: Errno) -> (ErrorKind, &'static str) {
    match errno {
        Errno::NOENT => (ErrorKind::NotFound, "it is not there"),
        Errno::ACCESS | Errno::PERM => (
            ErrorKind::Denied,
            "the server's user may not; change the folder's permissions",
        ),
        Errno::ROFS => (ErrorKind::Denied, "the file system is mounted read-only"),
        Errno::NOSPC => (ErrorKind::Full, "the disk is full"),
        Errno::DQUOT => (ErrorKind::Full, "the quota is used up"),
        Errno::FBIG => (
            ErrorKind::TooLarge,
            "the file system takes no file of this size",
        ),
        Errno::NAMETOOLONG => (
            ErrorKind::Unsupported,
            "the name is too long for this file system",
        ),
        Errno::ILSEQ | Errno::INVAL => {
            (ErrorKind::Unsupported, "this file system does not take it")
        }
        Errno::EXIST => (ErrorKind::AlreadyExists, "it is there already"),
        Errno::ISDIR => (ErrorKind::Conflict, "a folder has this name"),
        Errno::NOTDIR => (
            ErrorKind::Conflict,
            "a file has the name of one of its folders",
        ),
        Errno::LOOP => (ErrorKind::Conflict, "a symbolic link is in the way"),
        Errno::IO
        | Errno::STALE
        | Errno::NOTCONN
        | Errno::HOSTDOWN
        | Errno::HOSTUNREACH
        | Errno::TIMEDOUT
        | Errno::NXIO
        | Errno::NODEV
        | Errno::REMOTEIO => (
            ErrorKind::Unreachable,
            "the disk or the network share does not answer",
        ),
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::AGAIN | Errno::BUSY => {
            (ErrorKind::Unreachable, "the server is short of resources")
        }
        _ => (
            ErrorKind::Unexpected,
            "the system gave an unexpected answer",
        ),
    }
}

/// The error of a connected root that cannot be opened.
pub(crate) fn root_failed(root: &Path, errno: Errno) -> StorageError {
    let shown = root.display();
    match errno {
        Errno::NOENT => StorageError::new(
            ErrorKind::RootNotFound,
            format!("the folder {shown} is not there"),
        ),
        Errno::NOTDIR => {
            StorageError::new(ErrorKind::RootNotFound, format!("{shown} is not a folder"))
        }
        other => return failed("open folder", &shown.to_string(), other),
    }
    .with_source(errno)
}

/// Whether the answer says that there certainly is no regular file at the path.
pub(crate) fn means_absent(errno: Errno) -> bool {
    // A link in the way, or a file where a folder should be: nothing that we would list.
    matches!(
        errno,
        Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG | Errno::ISDIR
    )
}
