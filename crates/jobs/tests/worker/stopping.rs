use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use stowage_jobs::JobError;
use stowage_proto::job::{ReapOrphans, RenderAsset};

use crate::{fixture::Fixture, table::State};

const JOB: ReapOrphans = ReapOrphans {};

#[tokio::test(start_paused = true)]
async fn stopping_softly_ends_what_runs_and_takes_nothing_new() {
    let mut fixture = Fixture::new();
    let first = fixture.table.add(&JOB);
    let second = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |_| {
        tokio::time::sleep(Duration::from_secs(20)).await;
        Ok(())
    });
    fixture
        .table
        .until(first, |row| row.lease_until.is_some())
        .await;

    fixture.soft.cancel();
    let (table, bus) = (fixture.table.clone(), fixture.bus.clone());
    fixture.ended().await;

    assert_eq!(table.row(first).state, State::Done);
    assert_eq!(
        (table.row(second).state, table.row(second).attempts),
        (State::Live, 0)
    );
    assert_eq!(bus.waiting("reap-orphans"), 1, "the ring went back");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_listens_may_end_early() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |context| {
        context.stopping.cancelled().await;
        let reason = "half way".to_owned();
        Err(JobError::Snooze {
            after: Duration::ZERO,
            reason,
        })
    });
    fixture
        .table
        .until(id, |row| row.lease_until.is_some())
        .await;

    fixture.soft.cancel();
    let table = fixture.table.clone();
    fixture.ended().await;

    assert_eq!(table.row(id).note.as_deref(), Some("half way"));
}

#[tokio::test(start_paused = true)]
async fn stopping_hard_gives_the_row_back() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |_| std::future::pending().await);
    fixture
        .table
        .until(id, |row| row.lease_until.is_some())
        .await;

    fixture.soft.cancel();
    fixture.hard.cancel();
    let table = fixture.table.clone();
    fixture.ended().await;

    let row = table.row(id);
    assert_eq!(
        (row.state, row.attempts, row.lease_until),
        (State::Live, 0, None)
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_run_at_once_than_allowed() {
    let mut fixture = Fixture::new();
    let ids: Vec<_> = (0..20).map(|_| fixture.table.add(&JOB)).collect();
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, peak) = (now.clone(), most.clone());
    fixture.relay();
    fixture.work(3, move |_| {
        let (running, peak) = (running.clone(), peak.clone());
        async move {
            peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(1)).await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    });

    for id in ids {
        fixture
            .table
            .until(id, |row| row.state == State::Done)
            .await;
    }

    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(now.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_job_of_a_kind_that_nobody_works_waits() {
    let mut fixture = Fixture::new();
    let id = fixture.table.add(&RenderAsset::default());
    let other = fixture.table.add(&JOB);
    fixture.relay();
    fixture.work(1, async |_| Ok(()));

    fixture
        .table
        .until(other, |row| row.state == State::Done)
        .await;

    assert_eq!(fixture.table.row(id).attempts, 0);
}
