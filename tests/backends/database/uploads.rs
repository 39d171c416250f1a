//! Uploads and their pieces: what is taken, what is kept, and what the reaper gets.

use std::time::Duration;

use stowage_db::{
    Scope,
    repo::{NewUpload, UploadChunk},
};
use stowage_domain::{Ids, Timestamp, UploadId, UploadState, UserId, UuidV7, WorkspaceId};
use uuid::Uuid;

use super::{World, on_both};

on_both!(
    the_end_of_an_upload_moves_by_compare_and_set,
    the_reaper_takes_no_piece_that_may_be_being_written,
    an_upload_is_forgotten_after_its_last_piece,
    what_is_announced_counts_until_it_is_over,
);

const EXPIRES: Timestamp = Timestamp(1_000);

fn user() -> UserId {
    UuidV7.next().into()
}

async fn begin(world: &World, workspace: WorkspaceId, user: UserId, size: u64) -> UploadId {
    let id = UploadId(UuidV7.next());
    let new = NewUpload {
        id,
        user,
        name: "a.jpg".to_owned(),
        folder: String::new(),
        size,
        media_type: None,
        modified_at: None,
        sent_metadata: String::new(),
        target: None,
        at: Timestamp(1),
        expires_at: EXPIRES,
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    let row = tx.uploads().insert(&new).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((row.offset, row.state), (0, UploadState::Receiving));
    id
}

async fn piece(world: &World, workspace: WorkspaceId, upload: UploadId, begins_at: u64) -> Uuid {
    let id = UuidV7.next();
    let chunk = UploadChunk {
        id,
        upload,
        begins_at,
        size: 5,
        sha256: vec![1; 32],
        key: format!("w/{workspace}/spool/{id}"),
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.upload_chunks().insert(&chunk).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn keep(world: &World, workspace: WorkspaceId, piece: Uuid) {
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.upload_chunks().keep(piece).await.unwrap();
    tx.commit().await.unwrap();
}

async fn become_state(
    world: &World,
    workspace: WorkspaceId,
    upload: UploadId,
    (from, to): (UploadState, UploadState),
) -> bool {
    let tx = world.db.begin_in(workspace).await.unwrap();
    let uploads = tx.uploads();
    let moved = uploads.become_state(upload, (from, to), Timestamp(2)).await;
    tx.commit().await.unwrap();
    moved.unwrap()
}

/// Returns what the reaper is handed, when pieces that were announced before `before` are too old.
async fn reapable(world: &World, before: Timestamp) -> Vec<Uuid> {
    let tx = world.db.begin(Scope::System).await.unwrap();
    let taken = tx.upload_chunks().take_reapable(before, 10).await.unwrap();
    tx.commit().await.unwrap();
    let mut ids: Vec<Uuid> = taken.iter().map(|blob| blob.id).collect();
    ids.sort_unstable();
    ids
}

async fn the_end_of_an_upload_moves_by_compare_and_set(world: World) {
    let workspace = world.workspace().await;
    let id = begin(&world, workspace, user(), 10).await;
    let advance = async |from, to| {
        let tx = world.db.begin_in(workspace).await.unwrap();
        let uploads = tx.uploads();
        let moved = uploads.advance(id, (from, to), Timestamp(2), EXPIRES).await;
        tx.commit().await.unwrap();
        moved.unwrap()
    };
    assert!(!advance(1, 5).await, "it does not end at 1");
    assert!(!advance(0, 11).await, "it has no 11 bytes");
    assert!(advance(0, 5).await);
    assert!(!advance(0, 5).await, "somebody did");
    assert!(advance(5, 10).await);
    assert!(!advance(10, 10).await, "it is complete");
    let tx = world.db.read_in(workspace).await.unwrap();
    let row = tx.uploads().find(id).await.unwrap().unwrap();
    assert_eq!((row.offset, row.state), (10, UploadState::Complete));
    drop(tx);
    // What is acknowledged does not expire.
    let tx = world.db.begin(Scope::System).await.unwrap();
    assert_eq!(tx.uploads().expire(Timestamp(9_999), 10).await.unwrap(), 0);
}

async fn the_reaper_takes_no_piece_that_may_be_being_written(world: World) {
    let workspace = world.workspace().await;
    let id = begin(&world, workspace, user(), 100).await;
    let (kept, written) = (
        piece(&world, workspace, id, 0).await,
        piece(&world, workspace, id, 5).await,
    );
    keep(&world, workspace, kept).await;
    let now = world.db.now().await.unwrap();
    let (young, old) = (now - Duration::from_hours(1), now + Duration::from_hours(1));
    let taken = reapable(&world, young).await;
    assert!(taken.is_empty(), "it takes bytes: {taken:?}");

    let way = (UploadState::Receiving, UploadState::Cancelled);
    assert!(become_state(&world, workspace, id, way).await);
    assert!(!become_state(&world, workspace, id, way).await);
    assert_eq!(reapable(&world, young).await, [kept]);
    assert_eq!(reapable(&world, old).await, [kept, written]);
    // Who wrote it after all is told that it is too late.
    let tx = world.db.begin_in(workspace).await.unwrap();
    assert!(tx.upload_chunks().keep(written).await.is_err());
}

async fn an_upload_is_forgotten_after_its_last_piece(world: World) {
    let workspace = world.workspace().await;
    let id = begin(&world, workspace, user(), 100).await;
    let only = piece(&world, workspace, id, 0).await;
    keep(&world, workspace, only).await;
    let forget = async || {
        let tx = world.db.begin(Scope::System).await.unwrap();
        let forgotten = tx.uploads().delete_over(Timestamp(10_000), 10).await;
        tx.commit().await.unwrap();
        forgotten.unwrap()
    };
    assert_eq!(forget().await, 0, "it takes bytes");
    let tx = world.db.begin(Scope::System).await.unwrap();
    assert_eq!(tx.uploads().expire(Timestamp(9_999), 10).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(forget().await, 0, "a piece is left");
    assert_eq!(reapable(&world, Timestamp(0)).await, [only]);
    let tx = world.db.begin(Scope::System).await.unwrap();
    tx.upload_chunks().delete(only).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(forget().await, 1);
}

async fn what_is_announced_counts_until_it_is_over(world: World) {
    let workspace = world.workspace().await;
    let (me, other) = (user(), user());
    let mine = begin(&world, workspace, me, 60).await;
    begin(&world, workspace, other, 40).await;
    let elsewhere = world.workspace().await;
    begin(&world, elsewhere, me, 1_000).await;
    let counted = async || {
        let tx = world.db.read_in(workspace).await.unwrap();
        let open = tx.uploads().count_open(me).await.unwrap();
        (open, tx.uploads().central_bytes().await.unwrap())
    };
    assert_eq!(counted().await, (1, 100));
    let way = (UploadState::Receiving, UploadState::Cancelled);
    assert!(become_state(&world, workspace, mine, way).await);
    assert_eq!(counted().await, (0, 40));
    // No workspace sees another's.
    let tx = world.db.read_in(elsewhere).await.unwrap();
    assert!(tx.uploads().find(mine).await.unwrap().is_none());
}
