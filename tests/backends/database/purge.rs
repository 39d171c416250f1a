//! Purges: what the tables themselves refuse, and that no clock alone hastens one.

use stowage_db::repo::{Items, NewBatch, NewHold, Taken};
use stowage_domain::{
    AssetId, Ids, PurgeBatchId, Timestamp, UserId, UuidV7, WorkspaceId,
    purge::{Due, PurgeOrigin},
};
use stowage_jobs::Priority;

use super::{World, file, on_both};

on_both!(
    an_entry_of_the_bin_has_a_date,
    nothing_comes_back_from_a_purge,
    d4_a_purge_waits_until_all_clocks_agree,
    d4_an_entry_without_a_date_is_never_due,
    a_hold_is_kept_by_the_database_itself,
    an_asset_that_was_restored_and_binned_again_is_left_alone,
    a_purge_twice_is_a_purge_once,
    nothing_is_planned_twice,
);

const DAY: i64 = 86_400;

/// An asset in the bin for 30 days.
async fn binned(world: &World, workspace: WorkspaceId) -> AssetId {
    let id: AssetId = UuidV7.next().into();
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().insert(id, &file("a.jpg", 1)).await.unwrap();
    let moved = tx.bin().trash(&[id], 30, somebody()).await.unwrap();
    assert_eq!(moved, [id]);
    tx.commit().await.unwrap();
    id
}

fn somebody() -> UserId {
    UuidV7.next().into()
}

/// A purge that takes the asset up, whatever its date.
async fn planned(world: &World, workspace: WorkspaceId, origin: PurgeOrigin) -> PurgeBatchId {
    let batch = NewBatch {
        id: UuidV7.next().into(),
        origin,
        by: None,
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.purges().insert_batch(&batch).await.unwrap();
    tx.purges()
        .take_up(batch.id, Items::All, 10, Priority::Normal)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    batch.id
}

async fn take(
    world: &World,
    workspace: WorkspaceId,
    (batch, asset): (PurgeBatchId, AssetId),
    clock: Timestamp,
) -> Taken {
    let tx = world.db.begin_in(workspace).await.unwrap();
    let taken = tx.purges().take(batch, asset, clock).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn refused(world: &World, statement: &str) -> String {
    let error = world.rows().try_texts(statement).await.unwrap_err();
    error.to_string()
}

async fn an_entry_of_the_bin_has_a_date(world: World) {
    let workspace = world.workspace().await;
    binned(&world, workspace).await;
    for statement in [
        "update asset set purge_after = null",
        "update asset set trashed_at = null",
    ] {
        let said = refused(&world, statement).await;
        assert!(said.contains("until when"), "{said}");
    }
}

async fn nothing_comes_back_from_a_purge(world: World) {
    let workspace = world.workspace().await;
    binned(&world, workspace).await;
    let straight = refused(&world, "update asset set lifecycle = 'purged'").await;
    assert!(straight.contains("for good"), "{straight}");
    let rows = world.rows();
    for state in ["purging", "purged"] {
        rows.texts(&format!("update asset set lifecycle = '{state}'"))
            .await;
        for back in ["live", "trashed"] {
            let said = refused(&world, &format!("update asset set lifecycle = '{back}'")).await;
            assert!(said.contains("for good"), "{state} to {back}: {said}");
        }
    }
}

/// Both clocks moved together and apart, ahead and back by 40 days.
async fn d4_a_purge_waits_until_all_clocks_agree(mut world: World) {
    let workspace = world.workspace().await;
    let asset = binned(&world, workspace).await;
    let batch = planned(&world, workspace, PurgeOrigin::Deadline).await;
    let start = world.db.now().await.unwrap();
    let at = |days: i64| Timestamp(start.0 + days * DAY * 1_000_000);
    for (database, process) in [
        (0, 0),
        (0, 40),
        (40, 0),
        (-40, 40),
        (40, -40),
        (-40, -40),
        (29, 29),
    ] {
        world.shift(database).await;
        let tx = world.db.begin(stowage_db::Scope::System).await.unwrap();
        let due = tx.bin().due_workspaces(at(process)).await.unwrap();
        drop(tx);
        assert!(due.is_empty(), "database {database}, process {process}");
        let taken = take(&world, workspace, (batch, asset), at(process)).await;
        assert_eq!(taken, Taken::No(Due::NotYet), "{database} {process}");
    }
    world.shift(40).await;
    let taken = take(&world, workspace, (batch, asset), at(40)).await;
    assert_eq!(taken, Taken::Now);
}

async fn d4_an_entry_without_a_date_is_never_due(mut world: World) {
    let workspace = world.workspace().await;
    let asset = binned(&world, workspace).await;
    let batch = planned(&world, workspace, PurgeOrigin::Deadline).await;
    let rows = world.rows();
    // Past the guard, as only a broken restore of a backup could be.
    let without = if world.db.is_sqlite() {
        "drop trigger bin_has_a_date_update"
    } else {
        "drop trigger bin_has_a_date on asset"
    };
    rows.texts(without).await;
    rows.texts("update asset set purge_after = null").await;
    world.shift(4_000).await;
    let clock = world.db.now().await.unwrap();
    let tx = world.db.begin(stowage_db::Scope::System).await.unwrap();
    assert!(tx.bin().due_workspaces(clock).await.unwrap().is_empty());
    drop(tx);
    let taken = take(&world, workspace, (batch, asset), clock).await;
    assert_eq!(taken, Taken::No(Due::Never));
}

async fn a_hold_is_kept_by_the_database_itself(world: World) {
    let workspace = world.workspace().await;
    let asset = binned(&world, workspace).await;
    let batch = planned(&world, workspace, PurgeOrigin::Person).await;
    let clock = world.db.now().await.unwrap();
    for held in [Some(asset), None] {
        let hold = NewHold {
            id: UuidV7.next().into(),
            asset: held,
            reason: "a dispute".into(),
            by: somebody(),
        };
        let tx = world.db.begin_in(workspace).await.unwrap();
        assert!(tx.holds().place(&hold).await.unwrap());
        tx.commit().await.unwrap();

        let taken = take(&world, workspace, (batch, asset), clock).await;
        assert_eq!(taken, Taken::No(Due::Held));
        for statement in [
            "update asset set lifecycle = 'purging'",
            "delete from asset",
        ] {
            let said = refused(&world, statement).await;
            assert!(said.contains("legal hold"), "{said}");
        }

        let tx = world.db.begin_in(workspace).await.unwrap();
        assert!(tx.holds().lift(hold.id).await.unwrap().is_some());
        tx.commit().await.unwrap();
    }
    let taken = take(&world, workspace, (batch, asset), clock).await;
    assert_eq!(taken, Taken::Now);
    let late = NewHold {
        id: UuidV7.next().into(),
        asset: Some(asset),
        reason: "too late".into(),
        by: somebody(),
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    assert!(
        !tx.holds().place(&late).await.unwrap(),
        "nothing is left to hold"
    );
}

async fn an_asset_that_was_restored_and_binned_again_is_left_alone(world: World) {
    let workspace = world.workspace().await;
    let asset = binned(&world, workspace).await;
    let batch = planned(&world, workspace, PurgeOrigin::Person).await;
    let clock = world.db.now().await.unwrap();
    let tx = world.db.begin_in(workspace).await.unwrap();
    assert_eq!(tx.bin().restore(&[asset]).await.unwrap(), [asset]);
    tx.commit().await.unwrap();
    let taken = take(&world, workspace, (batch, asset), clock).await;
    assert_eq!(taken, Taken::Moved);
    world.pass(std::time::Duration::from_millis(2)).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.bin().trash(&[asset], 30, somebody()).await.unwrap();
    tx.commit().await.unwrap();
    let taken = take(&world, workspace, (batch, asset), clock).await;
    assert_eq!(taken, Taken::Moved, "it was asked for before");
}

async fn a_purge_twice_is_a_purge_once(world: World) {
    let workspace = world.workspace().await;
    let asset = binned(&world, workspace).await;
    let batch = planned(&world, workspace, PurgeOrigin::Person).await;
    let clock = world.db.now().await.unwrap();
    let pair = (batch, asset);
    assert_eq!(take(&world, workspace, pair, clock).await, Taken::Now);
    assert_eq!(take(&world, workspace, pair, clock).await, Taken::Before);
    for expected in [true, false] {
        let tx = world.db.begin_in(workspace).await.unwrap();
        assert_eq!(tx.purges().finish(asset).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    assert_eq!(take(&world, workspace, pair, clock).await, Taken::Done);
    let left = world
        .rows()
        .count("select count(*) from asset_tag where origin <> ''")
        .await;
    assert_eq!(left, 0, "only the tombstone is left");
}

async fn nothing_is_planned_twice(world: World) {
    let workspace = world.workspace().await;
    binned(&world, workspace).await;
    planned(&world, workspace, PurgeOrigin::Person).await;
    planned(&world, workspace, PurgeOrigin::Person).await;
    let rows = world.rows();
    assert_eq!(rows.count("select count(*) from purge_item").await, 1);
    assert_eq!(
        world
            .jobs_waiting(stowage_db::Scope::Workspace(workspace))
            .await,
        1
    );
}
