//! Migrations from nothing, and again.

use stowage_db::SchemaState;

use super::{World, on_both};

on_both!(a_migrated_database_is_ready);

async fn a_migrated_database_is_ready(world: World) {
    assert_eq!(world.db.schema().await.unwrap(), SchemaState::Ready);
    assert_eq!(world.db.quick_check().await.unwrap(), None);
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let world = World::sqlite().await.unwrap();
    let workspace = world.workspace().await;
    world.db.migrate("").await.unwrap();
    let tx = world.db.read_in(workspace).await.unwrap();
    assert_eq!(tx.workspaces().count().await.unwrap(), 1);
}
