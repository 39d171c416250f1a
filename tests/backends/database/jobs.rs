//! The job table: claims, leases, fences, order.

use std::time::Duration;

use stowage_db::Scope;
use stowage_domain::{JobId, JobState};
use stowage_jobs::{JobStore, NewJob, Outcome, Priority};
use stowage_proto::job::ImportObject;

use super::{World, on_both};

on_both!(
    a_job_is_claimed_once,
    a_lease_that_ran_out_is_claimed_again_under_a_new_fence,
    a_stale_fence_writes_nothing,
    two_queued_jobs_for_one_thing_are_one,
    a_job_enqueued_while_its_like_runs_is_not_lost,
    a_retry_gives_way_to_a_newer_job,
    a_snooze_counts_no_attempt,
    a_dead_job_waits_for_a_person,
    a_row_rings_once_until_it_is_time_again,
    a_job_whose_lease_ran_out_rings_again_although_its_ring_was_taken_back,
    nobody_waits_behind_anothers_thousands,
    interactive_work_rings_first,
    a_job_of_the_future_does_not_ring,
    a_job_that_waits_is_brought_forward_by_its_like,
    the_same_thing_twice_at_once_is_one_job,
    of_two_alike_that_a_dead_process_held_one_is_queued_again,
);

const LEASE: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_mins(1);

fn import(number: usize) -> ImportObject {
    ImportObject {
        remote_object_id: number.to_string(),
        again: false,
        scan_run_id: String::new(),
    }
}

async fn enqueued(world: &World) -> JobId {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let id = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn a_job_is_claimed_once(world: World) {
    let id = enqueued(&world).await;
    let claimed = world.db.claim(id, LEASE).await.unwrap().unwrap();
    assert_eq!((claimed.attempts, claimed.fence), (1, 1));
    assert!(world.db.claim(id, LEASE).await.unwrap().is_none());
}

async fn a_lease_that_ran_out_is_claimed_again_under_a_new_fence(world: World) {
    let id = enqueued(&world).await;
    world.db.claim(id, LEASE).await.unwrap().unwrap();
    world.pass(LEASE + Duration::from_millis(50)).await;
    let again = world.db.claim(id, LEASE).await.unwrap().unwrap();
    assert_eq!((again.attempts, again.fence), (2, 2));
}

/// A broker that dies delivers a ring and confirms nothing: whoever rang takes the ring back while
/// somebody has the job already.
async fn a_job_whose_lease_ran_out_rings_again_although_its_ring_was_taken_back(world: World) {
    let id = enqueued(&world).await;
    world.db.to_ring(10, 10, AGAIN).await.unwrap();
    world.db.claim(id, LEASE).await.unwrap().unwrap();
    world.db.unring(&[id]).await.unwrap();
    assert!(world.db.to_ring(10, 10, AGAIN).await.unwrap().is_empty());

    world.pass(LEASE + Duration::from_millis(50)).await;
    let rung = world.db.to_ring(10, 10, Duration::ZERO).await.unwrap();

    assert_eq!(rung.len(), 1, "the job is lost");
    assert_eq!(rung[0].job_id, id.to_string());
}

async fn a_stale_fence_writes_nothing(world: World) {
    let id = enqueued(&world).await;
    world.db.claim(id, LEASE).await.unwrap().unwrap();
    world.pass(LEASE + Duration::from_millis(50)).await;
    world.db.claim(id, LEASE).await.unwrap().unwrap();
    assert!(!world.db.finish(id, 1, Outcome::Done).await.unwrap());
    assert!(!world.db.renew(id, 1, LEASE).await.unwrap());
    assert!(world.db.finish(id, 2, Outcome::Done).await.unwrap());
    assert!(!world.db.finish(id, 2, Outcome::Done).await.unwrap());
}

async fn two_queued_jobs_for_one_thing_are_one(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let one = tx.jobs().enqueue(&import(1)).await.unwrap();
    let two = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(one, two);
    assert_eq!(world.jobs_waiting(Scope::Workspace(workspace)).await, 1);
}

async fn a_job_enqueued_while_its_like_runs_is_not_lost(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let running = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    world.db.claim(running, LEASE).await.unwrap().unwrap();
    let tx = world.db.begin_in(workspace).await.unwrap();
    let next = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(running, next);
    assert!(world.db.claim(next, LEASE).await.unwrap().is_some());
}

/// Killed twice, the all-in-one may leave two running jobs for one thing.
async fn of_two_alike_that_a_dead_process_held_one_is_queued_again(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let older = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    world.db.claim(older, LEASE).await.unwrap().unwrap();
    let tx = world.db.begin_in(workspace).await.unwrap();
    let newer = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    world.db.claim(newer, LEASE).await.unwrap().unwrap();

    assert_eq!(world.db.release_leases().await.unwrap(), 1);

    assert!(world.db.claim(newer, LEASE).await.unwrap().is_some());
    world.pass(LEASE + Duration::from_millis(50)).await;
    let again = world.db.claim(older, LEASE).await.unwrap();
    assert!(again.is_some(), "the older one is lost");
}

async fn a_retry_gives_way_to_a_newer_job(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let running = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    let claimed = world.db.claim(running, LEASE).await.unwrap().unwrap();
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    let retry = Outcome::Retry {
        after: Duration::ZERO,
        error: "it broke".into(),
    };
    assert!(
        world
            .db
            .finish(running, claimed.fence, retry)
            .await
            .unwrap()
    );
    assert_eq!(world.jobs_waiting(Scope::Workspace(workspace)).await, 1);
}

async fn a_snooze_counts_no_attempt(world: World) {
    let id = enqueued(&world).await;
    let claimed = world.db.claim(id, LEASE).await.unwrap().unwrap();
    let snooze = Outcome::Snooze {
        after: Duration::ZERO,
        reason: "told to wait".into(),
    };
    assert!(world.db.finish(id, claimed.fence, snooze).await.unwrap());
    assert_eq!(
        world.db.claim(id, LEASE).await.unwrap().unwrap().attempts,
        1
    );
}

async fn a_dead_job_waits_for_a_person(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let id = tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    let claimed = world.db.claim(id, LEASE).await.unwrap().unwrap();
    let dead = Outcome::Dead {
        error: "it never will".into(),
    };
    assert!(world.db.finish(id, claimed.fence, dead).await.unwrap());
    assert!(world.db.claim(id, LEASE).await.unwrap().is_none());
    let tx = world.db.begin_in(workspace).await.unwrap();
    let parked = tx
        .jobs()
        .list(JobState::Dead, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(parked[0].error.as_deref(), Some("it never will"));
    assert!(tx.jobs().retry_dead(id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(
        world.db.claim(id, LEASE).await.unwrap().unwrap().attempts,
        1
    );
}

async fn a_row_rings_once_until_it_is_time_again(world: World) {
    let id = enqueued(&world).await;
    let first = world.db.to_ring(10, 200, AGAIN).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].job_id, id.to_string());
    assert!(world.db.to_ring(10, 200, AGAIN).await.unwrap().is_empty());
    world.db.unring(&[id]).await.unwrap();
    assert_eq!(world.db.to_ring(10, 200, AGAIN).await.unwrap().len(), 1);
    world.pass(Duration::from_millis(20)).await;
    assert_eq!(
        world
            .db
            .to_ring(10, 200, Duration::from_millis(10))
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn nobody_waits_behind_anothers_thousands(world: World) {
    let (many, one) = (world.workspace().await, world.workspace().await);
    let tx = world.db.begin_in(many).await.unwrap();
    let jobs = (0..2_000).map(|number| NewJob::of(Some(many), &import(number)));
    tx.jobs().enqueue_all(jobs.collect()).await.unwrap();
    tx.commit().await.unwrap();
    let tx = world.db.begin_in(one).await.unwrap();
    tx.jobs().enqueue(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    let rung = world.db.to_ring(500, 200, AGAIN).await.unwrap();
    let of = |workspace: stowage_domain::WorkspaceId| {
        rung.iter()
            .filter(|ring| ring.workspace_id == workspace.to_string())
            .count()
    };
    assert_eq!((of(many), of(one)), (200, 1));
    assert!(world.db.to_ring(500, 200, AGAIN).await.unwrap().is_empty());
}

async fn interactive_work_rings_first(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let usual = (0..5).map(|number| NewJob::of(Some(workspace), &import(number)));
    tx.jobs().enqueue_all(usual.collect()).await.unwrap();
    let urgent = NewJob::of(Some(workspace), &import(9)).with_priority(Priority::Interactive);
    let urgent = tx.jobs().enqueue_one(urgent).await.unwrap();
    tx.commit().await.unwrap();
    let rung = world.db.to_ring(1, 200, AGAIN).await.unwrap();
    assert_eq!(rung[0].job_id, urgent.to_string());
}

async fn a_job_of_the_future_does_not_ring(world: World) {
    let workspace = world.workspace().await;
    let due = world.db.now().await.unwrap() + Duration::from_hours(1);
    let tx = world.db.begin_in(workspace).await.unwrap();
    let later = NewJob::of(Some(workspace), &import(1)).due_at(due);
    let id = tx.jobs().enqueue_one(later).await.unwrap();
    tx.commit().await.unwrap();
    assert!(world.db.to_ring(10, 200, AGAIN).await.unwrap().is_empty());
    assert!(world.db.claim(id, LEASE).await.unwrap().is_none());
}

async fn a_job_that_waits_is_brought_forward_by_its_like(world: World) {
    let workspace = world.workspace().await;
    let now = world.db.now().await.unwrap();
    let tx = world.db.begin_in(workspace).await.unwrap();
    let later = NewJob::of(Some(workspace), &import(1)).due_at(now + Duration::from_hours(1));
    let id = tx.jobs().enqueue_one(later.clone()).await.unwrap();
    let again = ImportObject {
        again: true,
        ..import(1)
    };
    let urgent = NewJob::of(Some(workspace), &again).with_priority(Priority::Interactive);
    assert_eq!(tx.jobs().enqueue_one(urgent).await.unwrap(), id);
    // One that has time takes nothing back.
    assert_eq!(tx.jobs().enqueue_one(later).await.unwrap(), id);
    tx.commit().await.unwrap();
    let claimed = world.db.claim(id, LEASE).await.unwrap().expect("it is due");
    assert_eq!(claimed.payload, NewJob::of(None, &again).payload);
}

async fn the_same_thing_twice_at_once_is_one_job(world: World) {
    let workspace = world.workspace().await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    let jobs = [2, 1, 2].map(|number| NewJob::of(Some(workspace), &import(number)));
    tx.jobs().enqueue_all(jobs.to_vec()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.jobs_waiting(Scope::Workspace(workspace)).await, 2);
}
