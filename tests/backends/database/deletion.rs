//! Deleting a workspace row by row.

use std::collections::BTreeSet;

use stowage_db::repo::{Begun, NewHold, WORKSPACE_ROWS};
use stowage_domain::{Ids, UserId, UuidV7};

use super::{World, file, on_both};

on_both!(
    d21_every_table_of_a_workspace_is_emptied,
    d21_rows_go_in_batches_and_those_of_others_stay,
    d21_no_hold_is_placed_on_what_is_being_deleted,
);

/// A table that is new is named in `WORKSPACE_ROWS`, or outlives its workspace on purpose.
async fn d21_every_table_of_a_workspace_is_emptied(world: World) {
    let found = world.rows().tables_with("workspace_id").await;
    let found: BTreeSet<String> = found.into_iter().collect();
    let known = WORKSPACE_ROWS
        .iter()
        .copied()
        .chain(["audit", "job", "legal_hold"]);
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    assert_eq!(found, known);
}

async fn d21_rows_go_in_batches_and_those_of_others_stay(world: World) {
    let (mine, other) = (world.workspace().await, world.workspace().await);
    for workspace in [mine, other] {
        let storage = world.storage(workspace).await;
        world
            .objects(workspace, storage, &["a.jpg", "b.jpg", "c.jpg"])
            .await;
        let tx = world.db.begin_in(workspace).await.unwrap();
        for second in 1..4 {
            let id = UuidV7.next().into();
            tx.assets()
                .insert(id, &file("a.jpg", second))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    let count = "select (select count(*) from asset) + (select count(*) from remote_object)";
    assert_eq!(world.rows().count(count).await, 12);

    let tx = world.db.begin_in(mine).await.unwrap();
    assert!(
        !tx.deletions().finish().await.unwrap(),
        "nobody asked for it"
    );
    assert_eq!(tx.deletions().begin().await.unwrap(), Begun::Now);
    assert_eq!(tx.deletions().begin().await.unwrap(), Begun::Before);
    tx.commit().await.unwrap();
    let mut rounds = 0;
    loop {
        let tx = world.db.begin_in(mine).await.unwrap();
        let deleted = tx.deletions().delete_rows(4).await.unwrap();
        tx.commit().await.unwrap();
        rounds += 1;
        if deleted < 4 {
            break;
        }
    }
    assert!(rounds > 2, "{rounds}");
    let tx = world.db.begin_in(mine).await.unwrap();
    assert!(tx.deletions().finish().await.unwrap());
    assert!(!tx.deletions().finish().await.unwrap(), "once");
    tx.commit().await.unwrap();
    assert_eq!(world.rows().count(count).await, 6);
    assert_eq!(
        world.rows().count("select count(*) from workspace").await,
        1
    );
}

async fn d21_no_hold_is_placed_on_what_is_being_deleted(world: World) {
    let workspace = world.workspace().await;
    let asset = UuidV7.next().into();
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().insert(asset, &file("a.jpg", 1)).await.unwrap();
    assert_eq!(tx.deletions().begin().await.unwrap(), Begun::Now);
    tx.commit().await.unwrap();
    for held in [None, Some(asset)] {
        let hold = NewHold {
            id: UuidV7.next().into(),
            asset: held,
            reason: "a dispute".to_owned(),
            by: UserId(UuidV7.next()),
        };
        let tx = world.db.begin_in(workspace).await.unwrap();
        assert!(!tx.holds().place(&hold).await.unwrap(), "{held:?}");
    }
}
