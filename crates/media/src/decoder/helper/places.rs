//! The names that the helper writes to. It asks for a name that ends in its format; these are
//! links to its pipe, in a folder where it can make nothing else.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The descriptor of the pipe in the helper; higher than what a parent may have left open.
pub(super) const OUTPUT: i32 = 200;

static MADE: AtomicU64 = AtomicU64::new(0);

/// A private folder of links, gone when dropped.
#[derive(Debug)]
pub(in crate::decoder) struct Places(PathBuf);

impl Places {
    pub(in crate::decoder) fn make() -> io::Result<Self> {
        loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let name = format!("stowage-heif-{}-{number}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            match DirBuilder::new().mode(0o700).create(&folder) {
                // Left over by a process of the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                other => other?,
            }
            let places = Self(folder);
            // Of several pictures the first is written under a name with a number.
            for name in ["out.jpg", "out-1.jpg", "out.png", "out-1.png"] {
                symlink(format!("/proc/self/fd/{OUTPUT}"), places.0.join(name))?;
            }
            return Ok(places);
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        // A few links in a folder for temporary files do no harm when this fails.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
