//! From a storage to pictures: the whole application, started as its users start it.
//!
//! Each case is one function over a [`World`]; the table at the end says where it runs. What
//! differs between the modes or the kinds of storage runs everywhere; what is decided by rules that
//! all of them share runs in one process, which starts in a second.

#[cfg(test)]
mod absence;
#[cfg(test)]
mod bad_listings;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod collector;
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
mod outage;
#[cfg(test)]
mod photos;
#[cfg(test)]
mod purge;
#[cfg(test)]
mod reread;
#[cfg(test)]
mod rescan;
#[cfg(test)]
mod returns;
#[cfg(test)]
mod sent;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod world;

/// Makes one test per case in a module that says where it runs.
macro_rules! cases {
    ($place:ident: $mode:ident on $kind:ident: $($case:path as $name:ident,)*) => {
        mod $place {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let world = crate::world::World::new(
                        stowage_tests::Mode::$mode,
                        stowage_tests::Kind::$kind,
                    );
                    if let Some(world) = world.await {
                        Box::pin($case(world)).await;
                    }
                }
            )*
        }
    };
}

cases!(embedded_folder: Embedded on Folder:
    crate::sent::d1_an_upload_becomes_an_asset_with_its_pictures
        as d1_an_upload_becomes_an_asset_with_its_pictures,
    crate::sent::p49_a_duplicate_is_told_and_skipped_where_that_is_wanted
        as p49_a_duplicate_is_told_and_skipped_where_that_is_wanted,
    crate::sent::w1_what_is_acknowledged_survives_a_kill as w1_what_is_acknowledged_survives_a_kill,
    crate::purge::p34_what_is_over_its_time_goes_and_nothing_else
        as p34_what_is_over_its_time_goes_and_nothing_else,
    crate::purge::v56_a_kept_original_is_never_imported_again
        as v56_a_kept_original_is_never_imported_again,
    crate::purge::d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset
        as d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset,
    crate::purge::v60_a_deletion_that_fails_lingers_until_the_storage_is_back
        as v60_a_deletion_that_fails_lingers_until_the_storage_is_back,
    crate::purge::d6_a_file_that_comes_back_stays_in_the_bin
        as d6_a_file_that_comes_back_stays_in_the_bin,
    crate::purge::a_purge_that_is_killed_goes_on as a_purge_that_is_killed_goes_on,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::a_poison_file_stops_no_other as a_poison_file_stops_no_other,
    crate::import::a_file_still_being_written_waits as a_file_still_being_written_waits,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::moves::d7_a_renamed_file_stays_the_same_asset as d7_a_renamed_file_stays_the_same_asset,
    crate::moves::d7_a_moved_folder_stays_the_same_assets as d7_a_moved_folder_stays_the_same_assets,
    crate::moves::a_copy_becomes_an_asset_of_its_own as a_copy_becomes_an_asset_of_its_own,
    crate::changes::a_changed_file_is_the_next_version as a_changed_file_is_the_next_version,
    crate::absence::d5_a_deleted_file_is_marked_and_comes_back
        as d5_a_deleted_file_is_marked_and_comes_back,
    crate::absence::d5_many_deleted_files_are_held_until_a_second_scan_agrees
        as d5_many_deleted_files_are_held_until_a_second_scan_agrees,
    crate::absence::an_empty_listing_is_held as an_empty_listing_is_held,
    crate::outage::a_place_that_is_gone_changes_nothing as a_place_that_is_gone_changes_nothing,
    crate::outage::an_empty_folder_in_its_place_changes_nothing
        as an_empty_folder_in_its_place_changes_nothing,
    crate::trace::one_trace_follows_a_picture as one_trace_follows_a_picture,
    crate::reread::w14_a_reread_keeps_what_people_said_unless_told_otherwise
        as w14_a_reread_keeps_what_people_said_unless_told_otherwise,
    crate::returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored
        as p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    crate::returns::p31_p32_d6_elsewhere_a_missing_file_is_a_new_asset
        as p31_p32_d6_elsewhere_a_missing_file_is_a_new_asset,
    crate::returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one
        as p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    crate::returns::d6_d7_a_copy_of_a_file_that_waits_is_no_move
        as d6_d7_a_copy_of_a_file_that_waits_is_no_move,
    crate::returns::w4_d5_a_check_marks_and_takes_back_without_a_scan
        as w4_d5_a_check_marks_and_takes_back_without_a_scan,
    crate::returns::d5_a_check_of_a_place_that_is_away_marks_nothing
        as d5_a_check_of_a_place_that_is_away_marks_nothing,
    crate::returns::d6_forget_drops_what_is_missing_and_nothing_else
        as d6_forget_drops_what_is_missing_and_nothing_else,
    crate::markers::d9_the_marker_is_never_imported_and_without_it_nothing_is_marked
        as d9_the_marker_is_never_imported_and_without_it_nothing_is_marked,
    crate::markers::w16_a_storage_that_comes_back_has_its_old_assets
        as w16_a_storage_that_comes_back_has_its_old_assets,
    crate::markers::d5_twenty_outages_leave_every_asset_and_every_picture
        as d5_twenty_outages_leave_every_asset_and_every_picture,
    crate::markers::d27_photos_never_touches_photos2
        as d27_photos_never_touches_photos2,
    crate::bad_listings::d5_no_bad_listing_marks_anything as d5_no_bad_listing_marks_anything,
    crate::markers::p43_d23_new_files_come_in_under_whom_the_storage_names
        as p43_d23_new_files_come_in_under_whom_the_storage_names,
    crate::main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage
        as d10_p20_an_upload_is_delivered_to_the_main_storage,
    crate::main_storage::w30_a_hundred_files_of_one_name_are_a_hundred_objects
        as w30_a_hundred_files_of_one_name_are_a_hundred_objects,
    crate::main_storage::d8_v33_new_files_go_to_central_storage_while_main_is_off
        as d8_v33_new_files_go_to_central_storage_while_main_is_off,
    crate::main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back
        as d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    crate::main_storage::d16_a_file_of_somebody_elses_is_never_replaced
        as d16_a_file_of_somebody_elses_is_never_replaced,
    crate::main_storage::p2_v11_d12_another_main_gets_new_files_only
        as p2_v11_d12_another_main_gets_new_files_only,
    crate::main_storage::d10_a_delivery_that_is_killed_goes_on
        as d10_a_delivery_that_is_killed_goes_on,
    crate::main_storage::d10_a_local_copy_stays_as_long_as_its_storage_says
        as d10_a_local_copy_stays_as_long_as_its_storage_says,
    crate::collector::d11_p18_p21_a_collector_is_emptied_into_the_main_storage
        as d11_p18_p21_a_collector_is_emptied_into_the_main_storage,
    crate::collector::d11_a_file_that_changed_meanwhile_is_kept_and_taken_again
        as d11_a_file_that_changed_meanwhile_is_kept_and_taken_again,
    crate::collector::d14_p49_a_duplicate_in_a_collector_is_held
        as d14_p49_a_duplicate_in_a_collector_is_held,
    crate::collector::d12_a_migration_moves_what_is_there_and_can_be_cancelled
        as d12_a_migration_moves_what_is_there_and_can_be_cancelled,
    crate::collector::d9_originals_come_home_before_a_storage_is_removed
        as d9_originals_come_home_before_a_storage_is_removed,
    crate::collector::d34_a_delivery_copy_gets_every_new_original_besides_main
        as d34_a_delivery_copy_gets_every_new_original_besides_main,
    crate::full_main::p22_v54_a_full_disk_is_waited_for
        as p22_v54_a_full_disk_is_waited_for,
);

cases!(embedded_bucket: Embedded on Bucket:
    crate::purge::d3_what_cannot_be_deleted_safely_is_kept_and_shown
        as d3_what_cannot_be_deleted_safely_is_kept_and_shown,
    crate::purge::v56_a_kept_original_is_never_imported_again
        as v56_a_kept_original_is_never_imported_again,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::import::a_body_that_breaks_off_is_read_again as a_body_that_breaks_off_is_read_again,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::moves::d7_a_renamed_file_stays_the_same_asset as d7_a_renamed_file_stays_the_same_asset,
    crate::changes::a_changed_file_is_the_next_version as a_changed_file_is_the_next_version,
    crate::absence::d5_a_deleted_file_is_marked_and_comes_back
        as d5_a_deleted_file_is_marked_and_comes_back,
    crate::absence::an_empty_listing_is_held as an_empty_listing_is_held,
    crate::outage::a_place_that_is_gone_changes_nothing as a_place_that_is_gone_changes_nothing,
    crate::outage::revoked_keys_change_nothing as revoked_keys_change_nothing,
    crate::outage::a_refusal_changes_nothing as a_refusal_changes_nothing,
    crate::outage::a_listing_that_fails_at_any_page_marks_nothing
        as a_listing_that_fails_at_any_page_marks_nothing,
    crate::returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored
        as p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    crate::returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one
        as p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    crate::returns::w4_d5_a_check_marks_and_takes_back_without_a_scan
        as w4_d5_a_check_marks_and_takes_back_without_a_scan,
    crate::returns::d5_a_check_of_a_place_that_is_away_marks_nothing
        as d5_a_check_of_a_place_that_is_away_marks_nothing,
    crate::markers::d9_the_marker_is_never_imported_and_without_it_nothing_is_marked
        as d9_the_marker_is_never_imported_and_without_it_nothing_is_marked,
    crate::markers::w16_a_storage_that_comes_back_has_its_old_assets
        as w16_a_storage_that_comes_back_has_its_old_assets,
    crate::markers::d5_twenty_outages_leave_every_asset_and_every_picture
        as d5_twenty_outages_leave_every_asset_and_every_picture,
    crate::markers::d27_photos_never_touches_photos2
        as d27_photos_never_touches_photos2,
    crate::bad_listings::d5_no_bad_listing_marks_anything as d5_no_bad_listing_marks_anything,
    crate::main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage
        as d10_p20_an_upload_is_delivered_to_the_main_storage,
    crate::main_storage::w30_a_hundred_files_of_one_name_are_a_hundred_objects
        as w30_a_hundred_files_of_one_name_are_a_hundred_objects,
    crate::main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back
        as d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    crate::main_storage::d16_a_file_of_somebody_elses_is_never_replaced
        as d16_a_file_of_somebody_elses_is_never_replaced,
    crate::collector::d9_originals_come_home_before_a_storage_is_removed
        as d9_originals_come_home_before_a_storage_is_removed,
    crate::collector::d34_a_delivery_copy_gets_every_new_original_besides_main
        as d34_a_delivery_copy_gets_every_new_original_besides_main,
    crate::full_main::p22_v54_a_bucket_over_its_quota_is_waited_for
        as p22_v54_a_bucket_over_its_quota_is_waited_for,
);

cases!(distributed_folder: Distributed on Folder:
    crate::sent::d1_an_upload_becomes_an_asset_with_its_pictures
        as d1_an_upload_becomes_an_asset_with_its_pictures,
    crate::sent::p49_a_duplicate_is_told_and_skipped_where_that_is_wanted
        as p49_a_duplicate_is_told_and_skipped_where_that_is_wanted,
    crate::sent::w1_what_is_acknowledged_survives_a_kill as w1_what_is_acknowledged_survives_a_kill,
    crate::purge::p34_what_is_over_its_time_goes_and_nothing_else
        as p34_what_is_over_its_time_goes_and_nothing_else,
    crate::purge::d4_no_clock_alone_hastens_a_purge as d4_no_clock_alone_hastens_a_purge,
    crate::purge::v60_a_deletion_that_fails_lingers_until_the_storage_is_back
        as v60_a_deletion_that_fails_lingers_until_the_storage_is_back,
    crate::purge::a_purge_that_is_killed_goes_on as a_purge_that_is_killed_goes_on,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::outage::a_place_that_is_gone_changes_nothing as a_place_that_is_gone_changes_nothing,
    crate::absence::d5_a_deleted_file_is_marked_and_comes_back
        as d5_a_deleted_file_is_marked_and_comes_back,
    crate::trace::one_trace_follows_a_picture as one_trace_follows_a_picture,
    crate::reread::w14_a_reread_keeps_what_people_said_unless_told_otherwise
        as w14_a_reread_keeps_what_people_said_unless_told_otherwise,
    crate::returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored
        as p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    crate::returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one
        as p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    crate::returns::w4_d5_a_check_marks_and_takes_back_without_a_scan
        as w4_d5_a_check_marks_and_takes_back_without_a_scan,
    crate::returns::d6_forget_drops_what_is_missing_and_nothing_else
        as d6_forget_drops_what_is_missing_and_nothing_else,
    crate::markers::d9_the_marker_is_never_imported_and_without_it_nothing_is_marked
        as d9_the_marker_is_never_imported_and_without_it_nothing_is_marked,
    crate::markers::w16_a_storage_that_comes_back_has_its_old_assets
        as w16_a_storage_that_comes_back_has_its_old_assets,
    crate::markers::p43_d23_new_files_come_in_under_whom_the_storage_names
        as p43_d23_new_files_come_in_under_whom_the_storage_names,
    crate::main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage
        as d10_p20_an_upload_is_delivered_to_the_main_storage,
    crate::main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back
        as d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    crate::main_storage::d10_a_delivery_that_is_killed_goes_on
        as d10_a_delivery_that_is_killed_goes_on,
    crate::collector::d11_p18_p21_a_collector_is_emptied_into_the_main_storage
        as d11_p18_p21_a_collector_is_emptied_into_the_main_storage,
    crate::collector::d12_a_migration_moves_what_is_there_and_can_be_cancelled
        as d12_a_migration_moves_what_is_there_and_can_be_cancelled,
    crate::collector::d34_a_delivery_copy_gets_every_new_original_besides_main
        as d34_a_delivery_copy_gets_every_new_original_besides_main,
);

cases!(distributed_bucket: Distributed on Bucket:
    crate::purge::d3_what_cannot_be_deleted_safely_is_kept_and_shown
        as d3_what_cannot_be_deleted_safely_is_kept_and_shown,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::moves::d7_a_renamed_file_stays_the_same_asset as d7_a_renamed_file_stays_the_same_asset,
    crate::changes::a_changed_file_is_the_next_version as a_changed_file_is_the_next_version,
    crate::outage::revoked_keys_change_nothing as revoked_keys_change_nothing,
    crate::reread::w14_a_reread_keeps_what_people_said_unless_told_otherwise
        as w14_a_reread_keeps_what_people_said_unless_told_otherwise,
    crate::markers::w16_a_storage_that_comes_back_has_its_old_assets
        as w16_a_storage_that_comes_back_has_its_old_assets,
    crate::main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage
        as d10_p20_an_upload_is_delivered_to_the_main_storage,
    crate::main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back
        as d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    crate::full_main::p22_v54_a_bucket_over_its_quota_is_waited_for
        as p22_v54_a_bucket_over_its_quota_is_waited_for,
);

cases!(embedded_ftp: Embedded on Ftp:
    crate::purge::p34_what_is_over_its_time_goes_and_nothing_else
        as p34_what_is_over_its_time_goes_and_nothing_else,
    crate::purge::d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset
        as d22_a_file_that_was_overwritten_is_kept_and_becomes_a_new_asset,
    crate::rescan::a_second_scan_asks_nothing_about_files as a_second_scan_asks_nothing_about_files,
    crate::uploads::no_upload_is_imported_half as no_upload_is_imported_half,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::moves::d7_a_renamed_file_stays_the_same_asset as d7_a_renamed_file_stays_the_same_asset,
    crate::changes::a_changed_file_is_the_next_version as a_changed_file_is_the_next_version,
    crate::absence::d5_a_deleted_file_is_marked_and_comes_back
        as d5_a_deleted_file_is_marked_and_comes_back,
    crate::absence::an_empty_listing_is_held as an_empty_listing_is_held,
    crate::outage::a_place_that_is_gone_changes_nothing as a_place_that_is_gone_changes_nothing,
    crate::returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored
        as p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    crate::returns::p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one
        as p26_d7_recreate_drops_the_old_asset_and_makes_a_new_one,
    crate::returns::w4_d5_a_check_marks_and_takes_back_without_a_scan
        as w4_d5_a_check_marks_and_takes_back_without_a_scan,
    crate::markers::d5_an_ftp_server_that_shows_nothing_asks_a_person
        as d5_an_ftp_server_that_shows_nothing_asks_a_person,
    crate::bad_listings::d5_no_bad_listing_marks_anything as d5_no_bad_listing_marks_anything,
    crate::main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage
        as d10_p20_an_upload_is_delivered_to_the_main_storage,
    crate::main_storage::d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back
        as d10_v54_what_cannot_be_delivered_waits_and_goes_when_main_is_back,
    crate::main_storage::d16_a_file_of_somebody_elses_is_never_replaced
        as d16_a_file_of_somebody_elses_is_never_replaced,
    crate::collector::d11_p18_p21_a_collector_is_emptied_into_the_main_storage
        as d11_p18_p21_a_collector_is_emptied_into_the_main_storage,
    crate::collector::d12_a_migration_moves_what_is_there_and_can_be_cancelled
        as d12_a_migration_moves_what_is_there_and_can_be_cancelled,
    crate::full_main::p22_v54_an_ftp_server_over_its_quota_is_waited_for
        as p22_v54_an_ftp_server_over_its_quota_is_waited_for,
    crate::full_main::d10_names_that_nobody_wants_are_given_back
        as d10_names_that_nobody_wants_are_given_back,
);

cases!(embedded_old_ftp: Embedded on OldFtp:
    crate::purge::p34_what_is_over_its_time_goes_and_nothing_else
        as p34_what_is_over_its_time_goes_and_nothing_else,
    crate::rescan::a_second_scan_asks_nothing_about_files as a_second_scan_asks_nothing_about_files,
    crate::uploads::no_upload_is_imported_half as no_upload_is_imported_half,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::rescan::a_listing_that_words_a_time_otherwise_is_no_change
        as a_listing_that_words_a_time_otherwise_is_no_change,
    crate::moves::d7_a_renamed_file_stays_the_same_asset as d7_a_renamed_file_stays_the_same_asset,
    crate::changes::a_changed_file_is_the_next_version as a_changed_file_is_the_next_version,
    crate::absence::d5_a_deleted_file_is_marked_and_comes_back
        as d5_a_deleted_file_is_marked_and_comes_back,
    crate::outage::a_place_that_is_gone_changes_nothing as a_place_that_is_gone_changes_nothing,
    crate::returns::p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored
        as p29_p30_d6_hold_keeps_the_mark_until_the_asset_is_restored,
    crate::returns::w4_d5_a_check_marks_and_takes_back_without_a_scan
        as w4_d5_a_check_marks_and_takes_back_without_a_scan,
    crate::markers::d5_an_ftp_server_that_shows_nothing_asks_a_person
        as d5_an_ftp_server_that_shows_nothing_asks_a_person,
);

cases!(distributed_ftp: Distributed on Ftp:
    crate::purge::p34_what_is_over_its_time_goes_and_nothing_else
        as p34_what_is_over_its_time_goes_and_nothing_else,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
    crate::main_storage::d10_p20_an_upload_is_delivered_to_the_main_storage
        as d10_p20_an_upload_is_delivered_to_the_main_storage,
);

cases!(distributed_old_ftp: Distributed on OldFtp:
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
);

cases!(embedded_pure_ftp: Embedded on PureFtp:
    crate::uploads::no_upload_is_imported_half as no_upload_is_imported_half,
);
