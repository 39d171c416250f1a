//! Clearing away what an earlier connection test left behind that was killed in the middle.

use std::time::Duration;

use stowage_domain::Timestamp;
use tokio::time::timeout;
use tracing::{debug, info};

use super::run::{FIRST, SECOND};
use crate::{
    DeleteCondition, Object, ObjectPath, Storage, StorageError,
    names::{OWN_PREFIX, QUARANTINE},
};

/// What is younger, by the storage's own clock, may be of a test that runs just now: one takes a few
/// minutes at most.
const RUNS: Duration = Duration::from_mins(10);

/// Removes old files of Stowage's own that hold what connection tests write, and nothing else: a file
/// that was taken aside may be somebody's photograph. `now` is when the storage itself says that it
/// is; where it does not say, all stays.
pub(super) async fn sweep(storage: &dyn Storage, now: Option<Timestamp>, limit: Duration) {
    let Some(now) = now else { return };
    let Ok(Ok(files)) = timeout(limit, storage.own_files()).await else {
        debug!("could not look for what earlier connection tests left");
        return;
    };
    for file in files {
        match timeout(limit, clear(storage, &file, now)).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => info!("removed what a connection test left: {}", file.path),
            _ => debug!(object = %file.path, "what a connection test left could not be removed"),
        }
    }
}

/// Returns whether it was one, and is gone.
async fn clear(storage: &dyn Storage, file: &Object, now: Timestamp) -> Result<bool, StorageError> {
    if !may_be_a_probe(file, now) {
        return Ok(false);
    }
    let Ok(path) = ObjectPath::new(file.path.clone()) else {
        return Ok(false);
    };
    let content = storage.read(&path, None).await?.into_bytes(1024).await?;
    if content != FIRST && content != SECOND {
        return Ok(false);
    }
    storage.delete(&path, DeleteCondition::OwnKey).await?;
    Ok(true)
}

/// Judges by name, size and age, before a byte is read.
fn may_be_a_probe(file: &Object, now: Timestamp) -> bool {
    let begins = [
        format!("{OWN_PREFIX}-probe-"),
        format!("{OWN_PREFIX}-tmp-"),
        format!("{QUARANTINE}/"),
    ];
    let has_name = begins.iter().any(|begin| file.path.starts_with(begin));
    let has_size = [FIRST, SECOND]
        .iter()
        .any(|content| content.len() as u64 == file.size);
    let is_old = file.modified_at.is_some_and(|at| at + RUNS <= now);
    has_name && has_size && is_old
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::test_storage::Memory;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    async fn left(path: &str, content: &[u8], age: Duration) -> Vec<String> {
        let storage = Arc::new(Memory::default());
        storage.plant(path, content, NOW - age);
        sweep(&*storage, Some(NOW), Duration::from_secs(1)).await;
        storage.paths()
    }

    #[tokio::test]
    async fn an_old_probe_goes_from_wherever_a_test_leaves_one() {
        let hour = Duration::from_hours(1);
        for path in [
            ".stowage-probe-00",
            ".stowage-probe-00-3",
            ".stowage-tmp-00",
            ".stowage-quarantine/00-00",
        ] {
            for content in [FIRST, SECOND] {
                assert_eq!(left(path, content, hour).await, [""; 0], "{path}");
            }
        }
    }

    /// By name, by content and by age: each alone keeps a file.
    #[tokio::test]
    async fn what_only_looks_like_a_probe_stays() {
        let hour = Duration::from_hours(1);
        let same_size = vec![b'x'; FIRST.len()];
        for (path, content, age) in [
            ("photo.jpg", FIRST, hour),
            (".stowage", FIRST, hour),
            (".stowage-quarantine/00-00", &same_size, hour),
            (".stowage-probe-00", b"", hour),
            (".stowage-probe-00", FIRST, Duration::from_mins(9)),
        ] {
            assert_eq!(left(path, content, age).await, [path], "{path} {age:?}");
        }
    }

    #[tokio::test]
    async fn where_nobody_knows_the_time_all_stays() {
        let storage = Memory::default();
        storage.plant(".stowage-probe-00", FIRST, NOW - Duration::from_hours(1));
        sweep(&storage, None, Duration::from_secs(1)).await;
        assert_eq!(storage.paths(), [".stowage-probe-00"]);
    }
}
