//! Pictures that no asset shows any more: who may take them away, and when.

use std::time::Duration;

use stowage_db::{
    DbError, Scope,
    repo::{ImportedFile, LeftPictures, NewHold, Rendered},
};
use stowage_domain::{AssetId, Ids, RECIPE, Timestamp, UuidV7, WorkspaceId, content_key};

use super::{World, on_both};

on_both!(
    pictures_of_a_former_version_are_left,
    pictures_of_a_dropped_asset_are_left,
    pictures_that_another_asset_shows_stay,
    pictures_that_come_back_are_kept,
    pictures_are_not_recorded_while_they_are_taken_away,
    pictures_that_come_too_late_are_left_again,
    nothing_goes_under_a_legal_hold,
);

const FIRST: u8 = 1;
const SECOND: u8 = 2;

/// A moment after everything that the tests do.
const LATER: Timestamp = Timestamp(i64::MAX / 2);

/// An asset of the content `FIRST`, with its pictures.
async fn shown(world: &World, workspace: WorkspaceId) -> AssetId {
    let id: AssetId = UuidV7.next().into();
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().insert(id, &file("a.jpg", FIRST)).await.unwrap();
    tx.commit().await.unwrap();
    render(world, workspace, (id, 1), FIRST).await.unwrap();
    id
}

async fn render(
    world: &World,
    workspace: WorkspaceId,
    (asset, version): (AssetId, i32),
    content: u8,
) -> Result<(), DbError> {
    let outcome = Rendered::Ready {
        width: 1,
        height: 1,
        thumbhash: Vec::new(),
        content_key: key(content),
        warnings: Vec::new(),
        renditions: Vec::new(),
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.renditions().put(asset, version, &outcome).await?;
    tx.commit().await
}

/// The file of an asset is another from now on, and has its pictures.
async fn change(world: &World, workspace: WorkspaceId, asset: AssetId) {
    let tx = world.db.begin_in(workspace).await.unwrap();
    let file = file("a.jpg", SECOND);
    tx.assets().new_version(asset, &file).await.unwrap();
    tx.commit().await.unwrap();
    render(world, workspace, (asset, 2), SECOND).await.unwrap();
}

/// A file with a content of this number.
fn file(name: &str, content: u8) -> ImportedFile {
    ImportedFile {
        sha256: Some(vec![content; 32]),
        ..super::file(name, 1)
    }
}

fn key(content: u8) -> String {
    content_key(&[content; 32], RECIPE)
}

async fn take(world: &World) -> Vec<LeftPictures> {
    let tx = world.db.begin(Scope::System).await.unwrap();
    let taken = tx.pictures().take_reapable(LATER, 10).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn forget(world: &World, pictures: &LeftPictures) {
    let tx = world.db.begin(Scope::System).await.unwrap();
    tx.pictures().forget(pictures).await.unwrap();
    tx.commit().await.unwrap();
}

async fn pictures_of_a_former_version_are_left(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    assert_eq!(take(&world).await, []);
    change(&world, workspace, asset).await;

    let tx = world.db.begin(Scope::System).await.unwrap();
    let too_soon = tx.pictures().take_reapable(Timestamp(1), 10).await;
    assert_eq!(too_soon.unwrap(), []);
    drop(tx);
    let left = take(&world).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].content_key, key(FIRST));
    // Whoever died with them in its hands takes them again.
    assert_eq!(take(&world).await, left);
    forget(&world, &left[0]).await;
    assert_eq!(take(&world).await, []);
}

async fn pictures_of_a_dropped_asset_are_left(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    assert!(tx.assets().drop_missing(asset).await.unwrap());
    tx.commit().await.unwrap();
    let taken = take(&world).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].content_key, key(FIRST));
}

async fn pictures_that_another_asset_shows_stay(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    shown(&world, workspace).await;
    let elsewhere = world.workspace().await;
    shown(&world, elsewhere).await;
    change(&world, workspace, asset).await;
    assert_eq!(take(&world).await, []);
    let rows = world.rows();
    assert_eq!(rows.count("select count(*) from picture_left").await, 0);
}

async fn pictures_that_come_back_are_kept(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    change(&world, workspace, asset).await;
    let rows = world.rows();
    assert_eq!(rows.count("select count(*) from picture_left").await, 1);
    shown(&world, workspace).await;
    assert_eq!(rows.count("select count(*) from picture_left").await, 0);
}

/// What was written is about to be deleted: it has to be written once more.
async fn pictures_are_not_recorded_while_they_are_taken_away(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    change(&world, workspace, asset).await;
    let taken = take(&world).await;

    let again: AssetId = UuidV7.next().into();
    let tx = world.db.begin_in(workspace).await.unwrap();
    let file = file("b.jpg", FIRST);
    tx.assets().insert(again, &file).await.unwrap();
    tx.commit().await.unwrap();
    let refused = render(&world, workspace, (again, 1), FIRST).await;
    assert!(
        matches!(refused, Err(DbError::Conflict { .. })),
        "{refused:?}"
    );
    forget(&world, &taken[0]).await;
    render(&world, workspace, (again, 1), FIRST).await.unwrap();
}

/// The reaper has deleted them, and does not know that they were written again.
async fn pictures_that_come_too_late_are_left_again(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    change(&world, workspace, asset).await;
    let taken = take(&world).await;
    world.pass(Duration::from_millis(10)).await;
    // An older version than the one that is shown.
    render(&world, workspace, (asset, 1), FIRST).await.unwrap();
    forget(&world, &taken[0]).await;
    let again = take(&world).await;
    assert_eq!(again.len(), 1);
    forget(&world, &again[0]).await;
    assert_eq!(take(&world).await, []);
}

async fn nothing_goes_under_a_legal_hold(world: World) {
    let workspace = world.workspace().await;
    let asset = shown(&world, workspace).await;
    change(&world, workspace, asset).await;
    let hold = NewHold {
        id: UuidV7.next().into(),
        asset: Some(asset),
        reason: "a dispute".into(),
        by: UuidV7.next().into(),
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    assert!(tx.holds().place(&hold).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(take(&world).await, []);
}
