//! Waiting for something, and for nothing longer.

use std::time::{Duration, Instant};

/// How often to look again.
const PAUSE: Duration = Duration::from_millis(100);

/// How often to look for what passes quickly.
const SHORT_PAUSE: Duration = Duration::from_millis(3);

/// Asks `check` again and again until it answers `Ok`, and fails with its last words when that took
/// longer than `within`.
pub async fn eventually<T>(
    what: &str,
    within: Duration,
    check: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    ask(what, within, PAUSE, check).await
}

/// Does the same for something that is soon over.
pub async fn promptly<T>(
    what: &str,
    within: Duration,
    check: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    ask(what, within, SHORT_PAUSE, check).await
}

async fn ask<T>(
    what: &str,
    within: Duration,
    pause: Duration,
    mut check: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let since = Instant::now();
    loop {
        let why = match check().await {
            Ok(answer) => return answer,
            Err(why) => why,
        };
        assert!(
            since.elapsed() < within,
            "not within {within:?}: {what}; at last: {why}"
        );
        tokio::time::sleep(pause).await;
    }
}
