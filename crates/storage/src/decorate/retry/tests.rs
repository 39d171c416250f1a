use tokio::time::Instant;

use super::*;
use crate::test_storage::{Fault, Memory, body};

const PATH: &str = "a.jpg";

fn retried(fault: Fault) -> (Arc<Memory>, Retry) {
    with_policy(fault, RetryPolicy::default())
}

fn with_policy(fault: Fault, policy: RetryPolicy) -> (Arc<Memory>, Retry) {
    let memory = Arc::new(Memory::with(fault).holding(&[PATH, "b.jpg", "c.jpg"]));
    (Arc::clone(&memory), Retry::new(memory, policy))
}

fn path() -> ObjectPath {
    ObjectPath::new(PATH).unwrap()
}

#[tokio::test(start_paused = true)]
async fn temporary_errors_are_tried_again_and_waits_are_honoured() {
    let (memory, storage) = retried(Fault::Fails("stat", ErrorKind::Throttled, 3));
    let started = Instant::now();
    storage.stat(&path()).await.unwrap();
    assert_eq!(memory.calls("stat"), 4);
    // The storage asked for a second each time.
    assert!(
        started.elapsed() >= Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn it_gives_up_after_its_attempts() {
    let (memory, storage) = retried(Fault::Fails("stat", ErrorKind::Unreachable, usize::MAX));
    let error = storage.stat(&path()).await.unwrap_err();
    assert_eq!(
        (error.kind(), memory.calls("stat")),
        (ErrorKind::Unreachable, 4)
    );
}

#[tokio::test(start_paused = true)]
async fn other_errors_are_not_tried_again() {
    for kind in [
        ErrorKind::Denied,
        ErrorKind::Conflict,
        ErrorKind::Full,
        ErrorKind::Unexpected,
    ] {
        let (memory, storage) = retried(Fault::Fails("stat", kind, usize::MAX));
        assert_eq!(storage.stat(&path()).await.unwrap_err().kind(), kind);
        assert_eq!(memory.calls("stat"), 1, "{kind:?}");
    }
}

#[test]
fn a_wait_that_is_longer_than_ours_is_left_to_the_caller() {
    let policy = RetryPolicy::default();
    let throttled = |seconds| {
        StorageError::new(ErrorKind::Throttled, "").with_retry_after(Duration::from_secs(seconds))
    };
    assert_eq!(
        policy.wait(1, &throttled(10)),
        Some(Duration::from_secs(10))
    );
    assert_eq!(policy.wait(1, &throttled(11)), None);
    let unreachable = StorageError::new(ErrorKind::Unreachable, "");
    for (attempt, least, most) in [(1, 100, 200), (2, 200, 400), (3, 400, 800)] {
        let wait = policy.wait(attempt, &unreachable).unwrap().as_millis();
        assert!(
            (least..=most).contains(&wait),
            "{wait} ms before attempt {}",
            attempt + 1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_tried_again_before_its_first_byte_and_never_after() {
    let (memory, storage) = retried(Fault::Fails("read", ErrorKind::Timeout, 1));
    let content = storage
        .read(&path(), None)
        .await
        .unwrap()
        .into_bytes(100)
        .await
        .unwrap();
    assert_eq!((content, memory.calls("read")), (PATH.into(), 2));

    let (memory, storage) = retried(Fault::BreaksOff(1));
    let read = storage.read(&path(), None).await.unwrap();
    assert_eq!(
        read.into_bytes(100).await.unwrap_err().kind(),
        ErrorKind::Unreachable
    );
    assert_eq!(memory.calls("read"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_listing_goes_on_behind_what_was_seen() {
    let (memory, storage) = retried(Fault::BreaksOff(2));
    let pages: Vec<_> = storage.list(None).try_collect().await.unwrap();
    let listed: Vec<String> = pages
        .into_iter()
        .flat_map(|page| page.objects)
        .map(|object| object.path)
        .collect();
    assert_eq!(listed, [PATH, "b.jpg", "c.jpg"]);
    assert_eq!(memory.calls("list"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_small_write_is_tried_again_after_its_body_was_taken() {
    let (memory, storage) = retried(Fault::Fails("commit", ErrorKind::Unreachable, 2));
    let (size, body) = body();
    storage
        .write(&path(), size, body, WriteMode::Replace)
        .await
        .unwrap();
    assert_eq!(memory.calls("write"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_create_only_write_is_never_answered_by_its_own_first_attempt() {
    let (memory, storage) = retried(Fault::Fails("commit", ErrorKind::Unreachable, 2));
    let (size, body) = body();
    let new = ObjectPath::new("new.jpg").unwrap();
    let error = storage
        .write(&new, size, body, WriteMode::CreateOnly)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), memory.calls("write")),
        (ErrorKind::Unreachable, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_large_write_is_tried_again_only_while_its_body_is_untouched() {
    let policy = RetryPolicy {
        replayed_bytes: 0,
        ..RetryPolicy::default()
    };
    let (memory, storage) = with_policy(Fault::Fails("write", ErrorKind::Timeout, 2), policy);
    let (size, content) = body();
    storage
        .write(&path(), size, content, WriteMode::Replace)
        .await
        .unwrap();
    assert_eq!(memory.calls("write"), 3);

    let (memory, storage) = with_policy(Fault::Fails("commit", ErrorKind::Timeout, 2), policy);
    let (size, content) = body();
    let error = storage
        .write(&path(), size, content, WriteMode::Replace)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), memory.calls("write")),
        (ErrorKind::Timeout, 1)
    );
}

#[tokio::test]
async fn a_small_body_of_another_length_is_refused_before_anything_is_sent() {
    let (memory, storage) = retried(Fault::None);
    let (size, body) = body();
    assert!(
        storage
            .write(&path(), size - 1, body, WriteMode::Replace)
            .await
            .is_err()
    );
    assert_eq!(memory.calls("write"), 0);
}

#[tokio::test]
async fn an_empty_body_is_asked_for_its_end_only_once() {
    let (_, storage) = retried(Fault::None);
    let empty = ObjectPath::new("empty").unwrap();
    storage
        .write(&empty, 0, stream::empty().boxed(), WriteMode::Replace)
        .await
        .unwrap();
    let read = storage.read(&empty, None).await.unwrap();
    assert_eq!(read.into_bytes(1).await.unwrap(), Bytes::new());
}

#[tokio::test(start_paused = true)]
async fn a_copy_to_a_free_name_is_not_made_twice() {
    let target = ObjectPath::new("copy.jpg").unwrap();
    let pinned = Pinned {
        revision: "1".to_owned(),
        size: 5,
    };
    for (mode, calls) in [(WriteMode::Replace, 2), (WriteMode::CreateOnly, 1)] {
        let (memory, storage) = retried(Fault::Fails("copy", ErrorKind::Timeout, 1));
        let origin = storage.origin(&path()).unwrap();
        let copied = storage.copy(&origin, &pinned, &target, mode).await;
        assert_eq!(copied.is_ok(), calls == 2, "{mode:?}");
        assert_eq!(memory.calls("copy"), calls, "{mode:?}");
    }
}
