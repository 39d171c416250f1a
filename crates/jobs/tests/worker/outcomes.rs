use std::time::Duration;

use stowage_jobs::{Bus, JobError};
use stowage_proto::job::ReapOrphans;
use tokio::time::Instant;

use crate::{
    fixture::{Fixture, TIMEOUT},
    table::{State, envelope},
};

const JOB: ReapOrphans = ReapOrphans {};

#[tokio::test(start_paused = true)]
async fn a_job_that_works_is_done_once() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(2, async |context| {
        assert_eq!((context.attempt, context.fence), (1, 1));
        Ok(())
    });

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    fixture.bus.drain().await;
    assert_eq!(fixture.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_tried_again_later() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |context| match context.attempt {
        1 => Err(JobError::Retry(
            anyhow::anyhow!("not yet").context("could not render"),
        )),
        _ => Ok(()),
    });

    let waiting = fixture.table.until(id, |row| row.note.is_some()).await;
    let since = Instant::now();
    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!(waiting.note.as_deref(), Some("could not render: not yet"));
    assert!(
        since.elapsed() >= Duration::from_secs(4),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(fixture.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_that_is_tried_again() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |context| {
        assert!(context.attempt > 1, "on purpose");
        Ok(())
    });

    let waiting = fixture.table.until(id, |row| row.note.is_some()).await;
    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!(waiting.note.as_deref(), Some("panicked: on purpose"));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_always_fails_is_parked() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |_| Err(JobError::Retry(anyhow::anyhow!("never"))));

    let row = fixture
        .table
        .until(id, |row| matches!(row.state, State::Dead(_)))
        .await;

    assert_eq!(row.state, State::Dead("never".to_owned()));
    assert_eq!((row.attempts, fixture.runs()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_kills_its_worker_is_parked_without_another_run() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.table.change(id, |row| row.attempts = 4);
    fixture.relay();
    fixture.work(1, async |_| Ok(()));

    fixture
        .table
        .until(id, |row| matches!(row.state, State::Dead(_)))
        .await;

    assert_eq!(fixture.runs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_job_is_parked_at_once() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |_| {
        Err(JobError::Reject(anyhow::anyhow!("no such picture")))
    });

    let row = fixture
        .table
        .until(id, |row| matches!(row.state, State::Dead(_)))
        .await;

    assert_eq!(row.state, State::Dead("no such picture".to_owned()));
    assert_eq!(fixture.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_read_is_parked() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.table.change(id, |row| row.job.payload = vec![0xff]);
    fixture.relay();
    fixture.work(1, async |_| Ok(()));

    fixture
        .table
        .until(id, |row| matches!(row.state, State::Dead(_)))
        .await;

    assert_eq!(fixture.runs(), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_when_told_to_does_not_count() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    let told_until = Instant::now() + Duration::from_hours(2);
    fixture.work(1, move |context| async move {
        assert_eq!(context.attempt, 1);
        if Instant::now() >= told_until {
            return Ok(());
        }
        let reason = "the storage says slow down".to_owned();
        Err(JobError::Snooze {
            after: Duration::from_mins(10),
            reason,
        })
    });

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;

    assert_eq!(fixture.runs(), 13);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_takes_too_long_is_cancelled_and_tried_again() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |context| match context.attempt {
        1 => {
            context.cancelled.cancelled().await;
            Ok(())
        }
        _ => Ok(()),
    });

    let since = Instant::now();
    let waiting = fixture.table.until(id, |row| row.note.is_some()).await;

    assert_eq!(since.elapsed().as_secs(), TIMEOUT.as_secs());
    assert!(waiting.note.unwrap().contains("did not end within"));
    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_ring_that_comes_twice_runs_once() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    let ring = envelope(id, &fixture.table.row(id));
    fixture.work(4, async |_| {
        tokio::time::sleep(Duration::from_secs(20)).await;
        Ok(())
    });

    for result in fixture.bus.ring(&[ring.clone(), ring.clone(), ring]).await {
        result.unwrap();
    }

    fixture
        .table
        .until(id, |row| row.state == State::Done)
        .await;
    fixture.bus.drain().await;
    assert_eq!(fixture.runs(), 1);
}
