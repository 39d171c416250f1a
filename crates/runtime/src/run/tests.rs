use std::sync::{Arc, Mutex};

use super::*;

type Journal = Arc<Mutex<Vec<&'static str>>>;

/// A service that works until it is asked to stop and notes when it ended.
fn obedient(name: &'static str, journal: &Journal) -> Service {
    let journal = journal.clone();
    Service::new(name, async move |shutdown| {
        shutdown.soft.cancelled().await;
        journal.lock().unwrap().push(name);
        Ok(())
    })
}

const GRACE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn stops_in_reverse_order() {
    let journal = Journal::default();
    let services = vec![obedient("first", &journal), obedient("second", &journal)];
    let stop = CancellationToken::new();
    stop.cancel();

    run(services, stop, GRACE).await.unwrap();

    assert_eq!(*journal.lock().unwrap(), ["second", "first"]);
}

#[tokio::test]
async fn an_early_end_stops_the_others_and_is_told() {
    let journal = Journal::default();
    let early = Service::new("early", async |_| Ok(()));

    let ended = run(
        vec![obedient("other", &journal), early],
        CancellationToken::new(),
        GRACE,
    )
    .await;

    assert!(
        matches!(ended, Err(RunError::Ended { name: "early" })),
        "{ended:?}"
    );
    assert_eq!(*journal.lock().unwrap(), ["other"]);
}

#[tokio::test]
async fn a_panic_is_a_crash() {
    let service = Service::new("panics", async |_| panic!("on purpose"));

    let ended = run(vec![service], CancellationToken::new(), GRACE).await;

    assert!(
        matches!(ended, Err(RunError::Panicked { name: "panics" })),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_failure_carries_its_cause() {
    let service = Service::new("fails", async |_| anyhow::bail!("no database"));

    let ended = run(vec![service], CancellationToken::new(), GRACE).await;

    let Err(RunError::Failed {
        name: "fails",
        source,
    }) = ended
    else {
        panic!("{ended:?}")
    };
    assert_eq!(source.to_string(), "no database");
}

#[tokio::test(start_paused = true)]
async fn the_hard_token_fires_when_the_grace_is_over() {
    let journal = Journal::default();
    let slow = Service::new("slow", async |shutdown| {
        shutdown.hard.cancelled().await;
        Ok(())
    });
    let stop = CancellationToken::new();
    stop.cancel();
    let since = Instant::now();

    run(vec![obedient("other", &journal), slow], stop, GRACE)
        .await
        .unwrap();

    assert_eq!(since.elapsed(), GRACE);
    assert_eq!(*journal.lock().unwrap(), ["other"]);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_lets_go_is_cut_off() {
    let stuck = Service::new("stuck", async |_| std::future::pending().await);
    let stop = CancellationToken::new();
    stop.cancel();

    let ended = run(vec![stuck], stop, GRACE).await;

    assert!(
        matches!(ended, Err(RunError::CutOff { name: "stuck" })),
        "{ended:?}"
    );
}

#[tokio::test]
async fn stopping_waits_for_the_tasks_of_a_service() {
    let journal = Journal::default();
    let notes = journal.clone();
    let service = Service::new("with a task", async move |shutdown| {
        let soft = shutdown.soft.clone();
        shutdown.spawn("a task", async move {
            soft.cancelled().await;
            tokio::task::yield_now().await;
            notes.lock().unwrap().push("task");
        });
        shutdown.soft.cancelled().await;
        Ok(())
    });
    let stop = CancellationToken::new();
    stop.cancel();

    run(vec![service], stop, GRACE).await.unwrap();

    assert_eq!(*journal.lock().unwrap(), ["task"]);
}
