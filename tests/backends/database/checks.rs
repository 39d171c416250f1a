//! The checks of the catalog: zero where all is well, and each of them sees what it is for. What
//! cannot be planted is refused by the tables themselves.

use std::collections::BTreeSet;

use planted::{Planted, user};
use stowage_db::{
    Scope,
    check::{Check, Cost},
    repo::NewHold,
};
use stowage_domain::{Ids, UuidV7};

use super::{World, on_both};

mod planted;

on_both!(
    a_healthy_library_has_no_violation,
    each_check_sees_what_it_is_for,
    what_cannot_be_planted_is_refused,
    light_checks_read_no_table_that_grows,
);

async fn a_healthy_library_has_no_violation(world: World) {
    let planted = Planted::new(world).await;
    assert_eq!(planted.violated().await, BTreeSet::new());
}

/// A transfer of the asset that is there, in some state.
const TRANSFER: &str = "insert into transfer (id, workspace_id, kind, state, attempt, asset_id, \
     version, source_object_id, source_storage_id, target_storage_id, size, received_at, \
     failures, created_at, updated_at) select {new}, workspace_id, 'copy', '{state}', 0, id, 1, \
     {new}, {storage}, {storage}, 7, 1, 0, 1, 1 from asset where name = 'live.jpg'";

/// What is planted, and which checks see it: the one that it is for comes first.
const PLANTS: &[(&[&str], &[&str])] = &[
    (
        &["delete from job where kind = 'delete-original'"],
        &["deletion_without_job"],
    ),
    (
        &["update external_op set next_attempt_at = 1"],
        &["deletion_unanswered"],
    ),
    (
        &["update job set state = 'dead' where kind = 'purge-asset'"],
        &["purge_without_job"],
    ),
    (
        &["delete from job where kind = 'import-upload'"],
        &["upload_without_job"],
    ),
    (
        &["update job set state = 'running', lease_until = 1 where kind = 'import-upload'"],
        &["job_with_a_dead_worker"],
    ),
    (
        &["update job set due_at = 1 where kind = 'import-upload'"],
        &["jobs_without_a_ring"],
    ),
    (
        &[
            "insert into staged_blob (id, workspace_id, object_key, state, size, created_at) \
           values ({new}, {workspace}, 'w/1/spool/1', 'staged', 7, 1)",
        ],
        &["spool_forgotten"],
    ),
    (
        &[
            "insert into scan_run (id, workspace_id, storage_id, trigger_kind, folder, state, \
           started_at) values ({new}, {workspace}, {storage}, 'person', '', 'running', 1)",
        ],
        &["scan_without_a_lease"],
    ),
    (
        &[
            "insert into scan_run (id, workspace_id, storage_id, trigger_kind, folder, state, \
           started_at, missing) \
           values ({new}, {workspace}, {storage}, 'person', '', 'incomplete', 1, 3)",
        ],
        &["absence_without_a_listing"],
    ),
    (
        &[
            "insert into scan_run (id, workspace_id, storage_id, trigger_kind, folder, state, \
           started_at, missing) \
           values ({new}, {workspace}, {storage}, 'person', 'summer', 'complete', 1, 1)",
        ],
        &["absence_without_a_listing"],
    ),
    (
        &[
            "insert into storage (id, workspace_id, kind, name, settings, access, \
             on_purge, is_on, off_hides_originals, scan_interval_seconds, created_at, updated_at, \
             on_return, on_move, marked_at, import_user_id) \
             select {new}, workspace_id, kind, name, settings, access, \
             on_purge, is_on, off_hides_originals, scan_interval_seconds, created_at, updated_at, \
             on_return, on_move, marked_at, import_user_id from storage where id = {storage}",
            "insert into credential (storage_id, workspace_id, key_id, version, sealed, \
             updated_at) select id, workspace_id, 'k', 1, \
             {bytes}, 1 from storage where kind = 'fs'",
        ],
        &["credential_key_used_twice"],
    ),
    (
        &["update upload set state = 'stored', sha256 = null, \
           asset_id = (select id from asset where name = 'live.jpg')"],
        &["upload_differs_from_its_asset"],
    ),
    (
        &[
            "update upload set state = 'stored', \
             asset_id = (select id from asset where name = 'live.jpg'), \
             sha256 = (select sha256 from asset where name = 'live.jpg')",
            "insert into upload (id, workspace_id, user_id, name, folder, size, \
             received, media_type, modified_at, sent_metadata, state, sha256, asset_id, \
             duplicate_of, created_at, updated_at, expires_at) \
             select {new}, workspace_id, user_id, name, folder, size, \
             received, media_type, modified_at, sent_metadata, state, sha256, asset_id, \
             duplicate_of, created_at, updated_at, expires_at from upload",
        ],
        &["uploads_share_an_asset"],
    ),
    (
        &["update remote_object set imported_revision = 'another' where path = 'central.jpg'"],
        &["central_original_differs"],
    ),
    (
        &["update remote_object set asset_id = null where path = 'live.jpg'"],
        &["asset_without_original"],
    ),
    (
        &["update remote_object set absent_since = 5 where path = 'live.jpg'"],
        &["presence_contradicts_itself"],
    ),
    (
        &["delete from purge_item"],
        &["deletion_without_purge", "purge_without_batch"],
    ),
    (
        &["update external_op set ref_id = (select id from asset where name = 'live.jpg')"],
        &["deletion_without_purge"],
    ),
    (
        &[
            "update external_op set state = 'deleted', attempts = 0",
            "delete from remote_object where path = 'purged.jpg'",
        ],
        &["deletion_without_attempt"],
    ),
    (
        &["update external_op set state = 'absent', attempts = 1, attempted_at = 1"],
        &["deletion_contradicts_the_catalog"],
    ),
    (
        &["update external_op set reason = 'transfer', \
             ref_id = (select asset_id from remote_object where path = 'live.jpg'), \
             object_id = (select id from remote_object where path = 'live.jpg')"],
        &["moved_without_a_copy"],
    ),
    (
        &["update external_op set path = 'summer/../../etc/passwd'"],
        &["deletion_outside_the_root"],
    ),
    (
        &["update purge_batch set assets = 0"],
        &["purge_beyond_its_plan"],
    ),
    (
        &[
            "update purge_batch set origin = 'deadline'",
            "update asset set lifecycle = 'purged', \
           purged_at = purge_after - 1 where name = 'purged.jpg'",
        ],
        &["purge_before_its_time"],
    ),
    (
        &[
            "update asset set lifecycle = 'purged', purged_at = purge_after \
           where name = 'purged.jpg'",
            "insert into rendition (asset_id, kind, workspace_id, \
           object_key, width, height, size) select id, 'thumbnail', workspace_id, 'k', 1, 1, 1 \
           from asset where name = 'purged.jpg'",
        ],
        &["purged_and_still_hosted"],
    ),
    (
        &["update remote_object set workspace_id = {other} where path = 'live.jpg'"],
        &["row_of_another_workspace"],
    ),
];

/// Each plant alone, in a library that is well otherwise.
async fn each_check_sees_what_it_is_for(world: World) {
    let is_sqlite = world.db.is_sqlite();
    drop(world);
    let mut seen = BTreeSet::new();
    for (statements, expected) in PLANTS {
        let planted = fresh(is_sqlite).await;
        for statement in *statements {
            let bytes = if is_sqlite { "x'0102'" } else { "'\\x0102'" };
            planted.run(&statement.replace("{bytes}", bytes)).await;
        }
        let found = planted.violated().await;
        let expected: BTreeSet<_> = expected.iter().copied().collect();
        assert_eq!(found, expected, "{statements:?}");
        seen.extend(found);
    }
    for (state, expected) in [
        ("copying", "transfer_without_job"),
        ("committed", "transfer_without_proof"),
    ] {
        let planted = fresh(is_sqlite).await;
        planted.run(&TRANSFER.replace("{state}", state)).await;
        assert_eq!(planted.violated().await, BTreeSet::from([expected]));
        seen.insert(expected);
    }
    // Two that the tables refuse as long as their triggers stand.
    let planted = fresh(is_sqlite).await;
    planted
        .without_guard("bin_has_a_date", &["insert", "update"])
        .await;
    planted
        .run("update asset set lifecycle = 'trashed', trashed_at = 1 where name = 'live.jpg'")
        .await;
    seen.extend(planted.violated().await);
    let planted = fresh(is_sqlite).await;
    planted
        .run(
            "insert into legal_hold (id, workspace_id, asset_id, reason, placed_by, placed_at) \
             select {new}, workspace_id, id, 'a case', {new}, 1 from asset \
             where name = 'purged.jpg'",
        )
        .await;
    assert_eq!(
        planted.violated().await,
        BTreeSet::from(["purge_under_hold"])
    );
    seen.insert("purge_under_hold");
    let all: BTreeSet<_> = Check::all().map(|check| check.name).collect();
    assert_eq!(seen, all, "a check that nothing was planted for");
}

async fn fresh(is_sqlite: bool) -> Planted {
    let world = if is_sqlite {
        World::sqlite().await
    } else {
        World::postgres().await
    };
    Planted::new(world.expect("it was there a moment ago")).await
}

async fn what_cannot_be_planted_is_refused(world: World) {
    let planted = Planted::new(world).await;
    let run = "insert into scan_run (id, workspace_id, storage_id, trigger_kind, folder, state, \
               started_at) values ({new}, {workspace}, {storage}, 'person', '', 'running', 1)";
    planted.run(run).await;
    let transfer = TRANSFER.replace("{state}", "planned");
    planted.run(&transfer).await;
    for refused in [
        // Two transfers of one asset to one storage at once.
        transfer.as_str(),
        // Two scans of one storage at once.
        run,
        // An object twice.
        "update remote_object set remote_id = 'live.jpg', storage_id = {storage}",
        // One deletion of an asset's original twice.
        "insert into external_op (id, workspace_id, storage_id, reason, ref_id, \
         object_id, path, revision, size, how, state, attempts, error, intent_at, attempted_at, \
         next_attempt_at, finished_at) \
         select {new}, workspace_id, storage_id, reason, ref_id, \
         object_id, path, revision, size, how, state, attempts, error, intent_at, attempted_at, \
         next_attempt_at, finished_at from external_op",
        // Out of the library past the bin, and back from there.
        "update asset set lifecycle = 'purged' where name = 'live.jpg'",
        "update asset set lifecycle = 'live' where name = 'purged.jpg'",
    ] {
        let sql = planted.filled(refused);
        assert!(planted.world.rows().try_texts(&sql).await.is_err(), "{sql}");
    }
    let hold = NewHold {
        id: UuidV7.next().into(),
        asset: Some(planted.purging("gone.jpg").await),
        reason: "too late".to_owned(),
        by: user(),
    };
    let tx = planted.world.db.begin_in(planted.workspace).await.unwrap();
    assert!(!tx.holds().place(&hold).await.unwrap());
}

/// Tables whose rows are as many as there are assets, or that nothing shortens.
const GROWING: [&str; 10] = [
    "asset",
    "asset_tag",
    "asset_word",
    "audit",
    "external_op",
    "job",
    "remote_object",
    "rendition",
    "transfer",
    "upload",
];

/// Ten million assets are not made for this: the database says how it would look, told that
/// reading a whole table is dear.
async fn light_checks_read_no_table_that_grows(world: World) {
    let is_sqlite = world.db.is_sqlite();
    for check in Check::all().filter(|check| check.cost == Cost::Light) {
        let tx = world.db.read(Scope::System).await.unwrap();
        let plan = tx.explain(check).await.unwrap();
        drop(tx);
        for line in plan.lines() {
            let whole = if is_sqlite {
                line.trim()
                    .strip_prefix("SCAN ")
                    .filter(|_| !line.contains("INDEX"))
            } else {
                line.trim()
                    .trim_start_matches("->")
                    .trim()
                    .strip_prefix("Seq Scan on ")
            };
            let table = whole.and_then(|rest| rest.split_whitespace().next());
            let grows = table.is_some_and(|table| {
                GROWING.contains(&table)
                    || (is_sqlite && ["a", "e", "j", "o", "t", "u"].contains(&table))
            });
            assert!(!grows, "{} reads all of {table:?}:\n{plan}", check.name);
        }
    }
}
