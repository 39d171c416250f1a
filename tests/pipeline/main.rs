//! From a storage to pictures: the whole application, started as its users start it.
//!
//! Each case is one function over a [`World`]; the table at the end says where it runs. What
//! differs between the modes or the kinds of storage runs everywhere; what is decided by rules that
//! all of them share runs in one process, which starts in a second.

#[cfg(test)]
mod absence;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod egress;
#[cfg(test)]
mod import;
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
);

cases!(distributed_folder: Distributed on Folder:
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
);

cases!(distributed_ftp: Distributed on Ftp:
    crate::purge::p34_what_is_over_its_time_goes_and_nothing_else
        as p34_what_is_over_its_time_goes_and_nothing_else,
    crate::import::every_file_becomes_one_asset as every_file_becomes_one_asset,
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
);

cases!(distributed_old_ftp: Distributed on OldFtp:
    crate::import::every_byte_is_read_once as every_byte_is_read_once,
    crate::rescan::a_second_scan_changes_nothing as a_second_scan_changes_nothing,
);

cases!(embedded_pure_ftp: Embedded on PureFtp:
    crate::uploads::no_upload_is_imported_half as no_upload_is_imported_half,
);
