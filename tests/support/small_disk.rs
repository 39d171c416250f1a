//! A disk that is soon full: a small file system of its own, which takes root.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A disk of few megabytes, as long as this lives.
#[derive(Debug)]
pub struct SmallDisk {
    place: PathBuf,
    /// Where the disk has a place of its own.
    folder: Option<TempDir>,
}

impl SmallDisk {
    /// A disk of 32 MB. None where nobody may make one.
    pub fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut disk = Self::over(folder.path(), 32)?;
        disk.folder = Some(folder);
        Some(disk)
    }

    /// A disk of so many megabytes over a folder that is there. None where nobody may make one.
    pub fn over(folder: &Path, megabytes: u32) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self {
                place: folder.to_path_buf(),
                folder: None,
            });
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
        &self.place
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
        // A name that scans pass over, where somebody's files lie.
        self.path().join(".Trash-ballast")
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
