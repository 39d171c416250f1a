//! A disk that is soon full: a small file system of its own, which takes root.

use std::{fs, io::Write, path::Path, process::Command};

use tempfile::TempDir;

/// A disk of 32 MB, as long as this lives.
#[derive(Debug)]
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where nobody may make one.
    pub fn new() -> Option<Self> {
        let place = tempfile::tempdir().expect("a temporary folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"])
            .arg(place.path())
            .output();
        let is_there = mounted.is_ok_and(|output| output.status.success());
        if is_there {
            return Some(Self(place));
        }
        let is_required = stowage_config::env("STOWAGE_REQUIRE_ALL_BACKENDS");
        assert!(
            is_required.as_deref() != Some("1"),
            "a disk of its own takes root, and mount"
        );
        eprintln!("skipped: a disk of its own takes root, and mount");
        None
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes until nothing more goes on it.
    pub fn fill(&self) {
        let mut file = fs::File::create(self.ballast()).expect("a file can be made");
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    /// Takes away what filled it.
    pub fn make_room(&self) {
        fs::remove_file(self.ballast()).expect("it was filled before");
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(
            gone.is_ok_and(|status| status.success()),
            "it stays mounted"
        );
    }
}
