//! The data folder: locked by one process, with the keys in it.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use stowage_secrets::create_key_file;

/// The file in `keys/` that opens the operator's door.
pub(crate) const OPERATOR_TOKEN: &str = "operator-token";

/// How long the lock of a process that was killed may outlive it: a program that it was just
/// starting shares its open files until it runs.
const LOCK_OUTLIVES: Duration = Duration::from_secs(2);

/// A data folder that is ours until this is dropped.
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
    was_stopped_cleanly: bool,
}

impl DataFolder {
    /// Takes the folder, and makes what is missing in it.
    pub(crate) fn take(path: &Path) -> anyhow::Result<Self> {
        let keys = path.join("keys");
        fs::create_dir_all(&keys)
            .with_context(|| format!("could not make the data folder {}", path.display()))?;
        let lock = File::create(path.join("lock"))
            .with_context(|| format!("could not write to the data folder {}", path.display()))?;
        if !wait_for_lock(&lock).context("could not lock the data folder")? {
            bail!(
                "the data folder {} is in use by another stowage; stop that one, or name another \
                 folder with --data",
                path.display()
            );
        }
        create_key_file(&keys.join("key-encryption.key"))?;
        // Drawn like a key, and readable by whoever runs the server alone.
        create_key_file(&keys.join(OPERATOR_TOKEN))?;
        let clean = path.join("stopped-cleanly");
        let is_new = !path.join("stowage.db").exists();
        let was_stopped_cleanly = is_new || clean.exists();
        // Gone from here on, so that whatever ends this process leaves its sign.
        let _ = fs::remove_file(clean);
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
            was_stopped_cleanly,
        })
    }

    pub(crate) fn was_stopped_cleanly(&self) -> bool {
        self.was_stopped_cleanly
    }

    /// Notes that everything was ended in order.
    pub(crate) fn close(self) {
        let _ = fs::write(self.path.join("stopped-cleanly"), []);
    }
}

/// Locks a file, if nobody else has it for long.
fn wait_for_lock(lock: &File) -> std::io::Result<bool> {
    let end = Instant::now() + LOCK_OUTLIVES;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if Instant::now() < end => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}
