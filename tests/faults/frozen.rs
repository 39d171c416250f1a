//! Processes that stand still for longer than their leases last, and then go on as if nothing had
//! happened: by then the work is somebody else's, or must be done once more, but never twice.

use std::time::{Duration, Instant};

use stowage_tests::{Mode, Stowage, eventually};

use crate::round::{Moment, survives};

/// Twice the leases of tests.
const LONG: Duration = Duration::from_secs(6);

async fn freeze(stowage: &mut Stowage, name: &str) {
    let since = Instant::now();
    stowage.process(name).freeze();
    eventually("the leases are over", LONG * 2, async || {
        let left = LONG.saturating_sub(since.elapsed());
        if left.is_zero() {
            Ok(())
        } else {
            Err(format!("{left:?} are left"))
        }
    })
    .await;
    stowage.process(name).thaw();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ingest_stands_still() {
    survives(Mode::Distributed, Moment::Import, |stowage| {
        Box::pin(freeze(stowage, "ingest"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_thumbnailer_stands_still() {
    survives(Mode::Distributed, Moment::Import, |stowage| {
        Box::pin(freeze(stowage, "thumbnailer"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sync_scanner_stands_still() {
    survives(Mode::Distributed, Moment::Scan, |stowage| {
        Box::pin(freeze(stowage, "sync-scanner"))
    })
    .await;
}
