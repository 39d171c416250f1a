//! From a storage to pictures: the whole application, started as its users start it.
//!
//! Each case is one function over a [`World`]; the table at the end says where it runs. What
//! differs between the modes or the kinds of storage runs everywhere; what is decided by rules that
//! all of them share runs in one process, which starts in a second.

#[cfg(test)]
mod absence;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod bad_listings;
#[cfg(test)]
mod central_bucket;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod collector;
#[cfg(test)]
mod deletion;
#[cfg(test)]
mod egress;
#[cfg(test)]
mod full_main;
#[cfg(test)]
mod import;
#[cfg(test)]
mod main_storage;
#[cfg(test)]
mod markers;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod orphans;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod photos;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod purge;
#[cfg(test)]
mod remains;
#[cfg(test)]
mod reread;
#[cfg(test)]
mod rescan;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod returns;
#[cfg(test)]
mod sent;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod within;
#[cfg(test)]
mod world;

/// Makes one test per case in a module that says where it runs.
macro_rules! cases {
    ($place:ident: $mode:ident on $kind:ident: $($file:ident::$name:ident,)*) => {
        mod $place {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let world = crate::world::World::new(
                        stowage_tests::Mode::$mode,
                        stowage_tests::Kind::$kind,
                    );
                    if let Some(world) = world.await {
                        Box::pin(crate::$file::$name(world)).await;
                    }
                }
            )*
        }
    };
}

cases!(embedded_folder: Embedded on Folder:
    backup::v57_hosted_originals_are_backed_up_and_both_go_at_purge,
    backup::v57_a_delivered_original_takes_its_backup_along,
    backup::v57_d21_a_deleted_workspace_takes_its_backup_along,
    backup::v57_a_backup_that_is_away_stops_nothing_and_catches_up,
    backup::v57_a_backup_that_is_killed_goes_on,
    backup::v57_what_central_storage_lost_is_restored_from_the_backup,
    backup::v57_a_damaged_original_is_never_backed_up,
    orphans::w25_what_no_row_knows_is_reported_and_left_alone,
    retention::d30_a_rule_bins_what_it_means_and_no_more,
    retention::d30_a_large_batch_waits_for_an_administrator,
    retention::d30_a_refused_batch_never_goes,
    retention::d30_a_batch_that_is_killed_goes_on,
    deletion::v59_v57_d21_a_deleted_workspace_leaves_every_byte_of_customers,
    deletion::d21_a_deletion_that_is_killed_goes_on,
    deletion::d21_a_workspace_goes_in_the_middle_of_its_first_import,
    sent::p1_d1_an_upload_becomes_an_asset_with_its_pictures,
    sent::p49_a_duplicate_is_told_and_skipped_where_that_is_wanted,
    sent::w1_what_is_acknowledged_survives_a_kill,
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    purge::v56_a_kept_original_is_never_imported_again,
    purge::d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset,
    purge::v60_a_deletion_that_fails_lingers_until_the_storage_is_back,
    purge::d6_a_file_that_comes_back_stays_in_the_bin,
    purge::p34_pictures_that_no_row_names_go_too,
    pictures::p34_pictures_that_nothing_shows_any_more_go,
    purge::a_purge_that_is_killed_goes_on,
    remains::d19_what_a_killed_test_left_goes_with_the_next,
    import::p14_p15_every_file_becomes_one_asset,
    import::a_poison_file_stops_no_other,
    import::a_file_still_being_written_waits,
    rescan::a_second_scan_changes_nothing,
    moves::d7_a_renamed_file_stays_the_same_asset,
    moves::d7_a_moved_folder_stays_the_same_assets,
    moves::a_copy_becomes_an_asset_of_its_own,
    changes::a_changed_file_is_the_next_version,
    absence::d5_a_deleted_file_is_marked_and_comes_back,
    absence::d5_many_deleted_files_are_held_until_a_second_scan_agrees,
    absence::an_empty_listing_is_held,
    outage::p50_v38_v47_a_place_that_is_gone_changes_nothing,
    outage::an_empty_folder_in_its_place_changes_nothing,
    trace::one_trace_follows_a_picture,
    reread::w14_a_reread_keeps_what_people_said_unless_told_otherwise,
    returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    returns::p31_p32_d6_elsewhere_a_missing_file_is_a_new_asset,
    returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    returns::d6_d7_a_copy_of_a_file_that_waits_is_no_move,
    returns::w4_d5_a_check_marks_and_takes_back_without_a_scan,
    returns::d5_a_check_of_a_place_that_is_away_marks_nothing,
    returns::d6_forget_drops_what_is_missing_and_nothing_else,
    markers::p37_d9_the_marker_is_never_imported_and_without_it_nothing_is_marked,
    markers::w16_a_storage_that_comes_back_has_its_old_assets,
    markers::p28_d5_twenty_outages_leave_every_asset_and_every_picture,
    markers::p17_d27_photos_never_touches_photos2,
    bad_listings::d5_no_bad_listing_marks_anything,
    markers::p43_d23_new_files_come_in_under_whom_the_storage_names,
    main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage,
    main_storage::w30_a_hundred_files_of_one_name_are_a_hundred_objects,
    main_storage::d8_v33_new_files_go_to_central_storage_while_main_is_off,
    main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    main_storage::d16_a_file_of_somebody_elses_is_never_replaced,
    main_storage::p2_v11_v52_v53_d12_another_main_gets_new_files_only,
    main_storage::d10_a_delivery_that_is_killed_goes_on,
    main_storage::d10_a_local_copy_stays_as_long_as_its_storage_says,
    collector::d11_p18_p21_a_collector_is_emptied_into_the_main_storage,
    collector::d11_a_file_that_changed_meanwhile_is_kept_and_taken_again,
    collector::d14_p49_a_duplicate_in_a_collector_is_held,
    collector::d14_p49_a_storage_that_checks_leaves_duplicates_out,
    collector::d12_a_migration_moves_what_is_there_and_can_be_cancelled,
    collector::d9_originals_come_home_before_a_storage_is_removed,
    collector::d34_a_delivery_copy_gets_every_new_original_besides_main,
    full_main::p22_v54_a_full_disk_is_waited_for,
    within::d11_between_folders_the_kernel_copies,
    within::d11_d16_a_copy_within_a_provider_replaces_nothing,
    plan::d8_d20_a_plan_without_external_storages_keeps_originals_here_until_it_has_them,
    plan::d8_d20_what_waits_stays_here_where_central_storage_is_chosen_instead,
);

cases!(embedded_bucket: Embedded on Bucket:
    purge::d3_what_cannot_be_deleted_safely_is_kept_and_shown,
    purge::v56_a_kept_original_is_never_imported_again,
    import::p14_p15_every_file_becomes_one_asset,
    import::p12_every_byte_is_read_once,
    import::a_body_that_breaks_off_is_read_again,
    rescan::a_second_scan_changes_nothing,
    moves::d7_a_renamed_file_stays_the_same_asset,
    changes::a_changed_file_is_the_next_version,
    absence::d5_a_deleted_file_is_marked_and_comes_back,
    absence::an_empty_listing_is_held,
    outage::p50_v38_v47_a_place_that_is_gone_changes_nothing,
    outage::revoked_keys_change_nothing,
    outage::a_refusal_changes_nothing,
    outage::a_listing_that_fails_at_any_page_marks_nothing,
    returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    returns::w4_d5_a_check_marks_and_takes_back_without_a_scan,
    returns::d5_a_check_of_a_place_that_is_away_marks_nothing,
    markers::p37_d9_the_marker_is_never_imported_and_without_it_nothing_is_marked,
    markers::w16_a_storage_that_comes_back_has_its_old_assets,
    markers::p28_d5_twenty_outages_leave_every_asset_and_every_picture,
    markers::p17_d27_photos_never_touches_photos2,
    bad_listings::d5_no_bad_listing_marks_anything,
    main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage,
    main_storage::w30_a_hundred_files_of_one_name_are_a_hundred_objects,
    main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    main_storage::d16_a_file_of_somebody_elses_is_never_replaced,
    collector::d9_originals_come_home_before_a_storage_is_removed,
    collector::d34_a_delivery_copy_gets_every_new_original_besides_main,
    full_main::p22_v54_a_bucket_over_its_quota_is_waited_for,
);

cases!(distributed_folder: Distributed on Folder:
    backup::v57_hosted_originals_are_backed_up_and_both_go_at_purge,
    backup::v57_d21_a_deleted_workspace_takes_its_backup_along,
    backup::v57_a_backup_that_is_away_stops_nothing_and_catches_up,
    backup::v57_a_backup_that_is_killed_goes_on,
    orphans::w25_what_no_row_knows_is_reported_and_left_alone,
    retention::d30_a_rule_bins_what_it_means_and_no_more,
    retention::d30_a_large_batch_waits_for_an_administrator,
    retention::d30_a_refused_batch_never_goes,
    retention::d30_a_batch_that_is_killed_goes_on,
    deletion::v59_v57_d21_a_deleted_workspace_leaves_every_byte_of_customers,
    deletion::d21_a_deletion_that_is_killed_goes_on,
    deletion::d21_a_workspace_goes_in_the_middle_of_its_first_import,
    sent::p1_d1_an_upload_becomes_an_asset_with_its_pictures,
    sent::p49_a_duplicate_is_told_and_skipped_where_that_is_wanted,
    sent::w1_what_is_acknowledged_survives_a_kill,
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    purge::d4_no_clock_alone_hastens_a_purge,
    purge::v60_a_deletion_that_fails_lingers_until_the_storage_is_back,
    purge::p34_pictures_that_no_row_names_go_too,
    purge::a_purge_that_is_killed_goes_on,
    remains::p34_pictures_that_come_too_late_go_again,
    import::p14_p15_every_file_becomes_one_asset,
    rescan::a_second_scan_changes_nothing,
    outage::p50_v38_v47_a_place_that_is_gone_changes_nothing,
    absence::d5_a_deleted_file_is_marked_and_comes_back,
    trace::one_trace_follows_a_picture,
    reread::w14_a_reread_keeps_what_people_said_unless_told_otherwise,
    returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    returns::w4_d5_a_check_marks_and_takes_back_without_a_scan,
    returns::d6_forget_drops_what_is_missing_and_nothing_else,
    markers::p37_d9_the_marker_is_never_imported_and_without_it_nothing_is_marked,
    markers::w16_a_storage_that_comes_back_has_its_old_assets,
    markers::p43_d23_new_files_come_in_under_whom_the_storage_names,
    main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage,
    main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    main_storage::d10_a_delivery_that_is_killed_goes_on,
    collector::d11_p18_p21_a_collector_is_emptied_into_the_main_storage,
    collector::d12_a_migration_moves_what_is_there_and_can_be_cancelled,
    collector::d34_a_delivery_copy_gets_every_new_original_besides_main,
    within::d11_between_folders_the_kernel_copies,
);

cases!(distributed_bucket: Distributed on Bucket:
    collector::d14_p49_a_storage_that_checks_leaves_duplicates_out,
    pictures::p34_pictures_that_nothing_shows_any_more_go,
    backup::v57_a_backup_in_a_bucket_gets_and_loses_the_same,
    deletion::v59_v57_d21_a_deleted_workspace_leaves_every_byte_of_customers,
    purge::d3_what_cannot_be_deleted_safely_is_kept_and_shown,
    import::p14_p15_every_file_becomes_one_asset,
    import::p12_every_byte_is_read_once,
    rescan::a_second_scan_changes_nothing,
    moves::d7_a_renamed_file_stays_the_same_asset,
    changes::a_changed_file_is_the_next_version,
    outage::revoked_keys_change_nothing,
    reread::w14_a_reread_keeps_what_people_said_unless_told_otherwise,
    markers::w16_a_storage_that_comes_back_has_its_old_assets,
    main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage,
    main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    full_main::p22_v54_a_bucket_over_its_quota_is_waited_for,
);

cases!(embedded_ftp: Embedded on Ftp:
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    purge::d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset,
    rescan::a_second_scan_asks_nothing_about_files,
    uploads::no_upload_is_imported_half,
    import::p14_p15_every_file_becomes_one_asset,
    import::p12_every_byte_is_read_once,
    rescan::a_second_scan_changes_nothing,
    moves::d7_a_renamed_file_stays_the_same_asset,
    changes::a_changed_file_is_the_next_version,
    absence::d5_a_deleted_file_is_marked_and_comes_back,
    absence::an_empty_listing_is_held,
    outage::p50_v38_v47_a_place_that_is_gone_changes_nothing,
    returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    returns::w4_d5_a_check_marks_and_takes_back_without_a_scan,
    markers::d5_an_ftp_server_that_shows_nothing_asks_a_person,
    bad_listings::d5_no_bad_listing_marks_anything,
    main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage,
    main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    main_storage::d16_a_file_of_somebody_elses_is_never_replaced,
    collector::d11_p18_p21_a_collector_is_emptied_into_the_main_storage,
    collector::d12_a_migration_moves_what_is_there_and_can_be_cancelled,
    collector::p12_d11_a_collected_file_without_pictures_is_read_once,
    full_main::p22_v54_an_ftp_server_over_its_quota_is_waited_for,
    remains::d19_what_a_killed_test_left_goes_with_the_next,
    full_main::d10_names_that_nobody_wants_are_given_back,
);

cases!(embedded_old_ftp: Embedded on OldFtp:
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    rescan::a_second_scan_asks_nothing_about_files,
    uploads::no_upload_is_imported_half,
    import::p14_p15_every_file_becomes_one_asset,
    import::p12_every_byte_is_read_once,
    rescan::a_second_scan_changes_nothing,
    rescan::a_listing_that_words_a_time_otherwise_is_no_change,
    moves::d7_a_renamed_file_stays_the_same_asset,
    changes::a_changed_file_is_the_next_version,
    absence::d5_a_deleted_file_is_marked_and_comes_back,
    outage::p50_v38_v47_a_place_that_is_gone_changes_nothing,
    returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    returns::w4_d5_a_check_marks_and_takes_back_without_a_scan,
    markers::d5_an_ftp_server_that_shows_nothing_asks_a_person,
);

cases!(distributed_ftp: Distributed on Ftp:
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    import::p14_p15_every_file_becomes_one_asset,
    import::p12_every_byte_is_read_once,
    rescan::a_second_scan_changes_nothing,
    main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage,
);

cases!(distributed_old_ftp: Distributed on OldFtp:
    import::p12_every_byte_is_read_once,
    rescan::a_second_scan_changes_nothing,
);

cases!(embedded_safe_bucket: Embedded on SafeBucket:
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    purge::v56_a_kept_original_is_never_imported_again,
    purge::d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset,
    purge::d3_a_deleted_version_can_be_had_back,
    purge::a_purge_that_is_killed_goes_on,
);

cases!(distributed_safe_bucket: Distributed on SafeBucket:
    purge::p34_what_is_over_its_time_goes_and_nothing_else,
    purge::a_purge_that_is_killed_goes_on,
);

cases!(embedded_quota_ftp: Embedded on QuotaFtp:
    full_main::p22_v54_a_real_quota_is_waited_for,
);

cases!(embedded_pure_ftp: Embedded on PureFtp:
    uploads::no_upload_is_imported_half,
);
