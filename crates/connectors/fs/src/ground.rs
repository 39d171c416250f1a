//! What the connection test says about a folder.

use stowage_storage::{
    ErrorKind,
    probe::{Ground, words},
};

/// A folder has no name to resolve, no keys and no clock of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct FsGround;

impl Ground for FsGround {
    fn words(&self, kind: ErrorKind) -> (&'static str, &'static str) {
        match kind {
            ErrorKind::Denied | ErrorKind::Unauthenticated => (
                "Access Denied",
                "Let the server's user read the folder, and write to it.",
            ),
            ErrorKind::RootNotFound => (
                "Folder Not Found",
                "Check the path, and that its disk or share is mounted.",
            ),
            ErrorKind::InvalidSettings => ("Invalid Folder", "Correct the path."),
            ErrorKind::Timeout | ErrorKind::Unreachable => (
                "Not Reachable",
                "Check the disk or the network share behind the folder.",
            ),
            other => words(other),
        }
    }
}
