//! One workspace never sees another's rows.

use stowage_db::{DbError, Scope, repo::AssetFilter};
use stowage_proto::job::ReapOrphans;

use super::{World, file, on_both};

on_both!(
    a_workspace_sees_its_own_rows_alone,
    a_foreign_id_is_not_found,
    a_query_for_a_workspace_fails_in_the_scope_of_the_system,
);

async fn a_workspace_sees_its_own_rows_alone(world: World) {
    let (ours, theirs) = (world.workspace().await, world.workspace().await);
    for workspace in [ours, theirs] {
        let tx = world.db.begin_in(workspace).await.unwrap();
        tx.jobs().enqueue(&ReapOrphans {}).await.unwrap();
        let id = stowage_domain::Ids::next(&stowage_domain::UuidV7);
        tx.assets()
            .insert(id.into(), &file("a.jpg", 1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(world.jobs_waiting(Scope::Workspace(ours)).await, 1);
    let tx = world.db.read_in(ours).await.unwrap();
    let page = tx
        .gallery()
        .list(&AssetFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(tx.gallery().stats().await.unwrap().assets, 1);
}

async fn a_foreign_id_is_not_found(world: World) {
    let (ours, theirs) = (world.workspace().await, world.workspace().await);
    let storage = world.storage(theirs).await;
    let objects = world.objects(theirs, storage, &["a.jpg"]).await;
    let tx = world.db.begin_in(ours).await.unwrap();
    assert!(tx.storages().find(storage).await.unwrap().is_none());
    assert!(matches!(
        tx.storages().delete(storage).await,
        Err(DbError::NotFound { .. })
    ));
    assert!(tx.objects().find(objects[0].id).await.unwrap().is_none());
    assert!(tx.credentials().find(storage).await.unwrap().is_none());
    assert!(tx.scans().list(storage, 10).await.unwrap().is_empty());
}

async fn a_query_for_a_workspace_fails_in_the_scope_of_the_system(world: World) {
    let tx = world.db.read(Scope::System).await.unwrap();
    assert!(matches!(
        tx.storages().list().await,
        Err(DbError::NoWorkspace)
    ));
    assert!(matches!(
        tx.gallery().list(&AssetFilter::default(), None, 10).await,
        Err(DbError::NoWorkspace)
    ));
}
