//! Checks of everything that was ever written down. They read whole tables.

use super::{Check, Cost};

const fn check(
    name: &'static str,
    means: &'static str,
    remedy: &'static str,
    sql: &'static str,
) -> Check {
    Check {
        name,
        means,
        remedy,
        cost: Cost::Thorough,
        sql,
    }
}

/// What to do where two rows contradict each other and no program of ours writes such rows.
const REPORT: &str = "Keep a copy of the database and report it; nothing repairs this by itself.";

pub(super) const CHECKS: &[Check] = &[
    check(
        "uploads_share_an_asset",
        "Two uploads say that they became the same asset.",
        REPORT,
        "select count(*) as n from (select u.asset_id from upload u where u.state = 'stored' \
         and u.asset_id is not null group by u.asset_id having count(*) > 1) twice",
    ),
    check(
        "upload_differs_from_its_asset",
        "An upload became an asset of other bytes than were sent.",
        "Download the asset's original and compare; send the file again.",
        "select count(*) as n from upload u join asset a on a.id = u.asset_id \
         where u.state = 'stored' and (u.sha256 is null or u.sha256 <> a.sha256)",
    ),
    check(
        "central_original_differs",
        "An original in central storage is named after other bytes than its asset has.",
        "Download the asset's original and compare it with its checksum; send the file again.",
        "select count(*) as n from remote_object o \
         join storage s on s.id = o.storage_id and s.kind = 'central' \
         join asset a on a.id = o.asset_id \
         where a.lifecycle in ('live', 'trashed') and o.imported_revision <> {hex:a.sha256}",
    ),
    check(
        "asset_without_original",
        "An asset is shown of which no place is known where its original ever lay.",
        "Scan its storage again; if it stays, send the original once more.",
        "select count(*) as n from asset a where a.lifecycle in ('live', 'trashed') \
         and not exists (select 1 from remote_object o where o.asset_id = a.id)",
    ),
    check(
        "absence_without_a_listing",
        "A scan that did not see everything marked originals as gone.",
        "Scan the storage again: what is there loses its mark.",
        "select count(*) as n from scan_run r where r.missing > 0 \
         and (r.state = 'incomplete' or r.folder <> '')",
    ),
    check(
        "presence_contradicts_itself",
        "An object is there and has a date since when it is gone, or the other way round.",
        "Scan the storage again.",
        "select count(*) as n from remote_object o \
         where o.role <> 'own' and ((o.present and o.absent_since is not null) \
         or (not o.present and o.absent_since is null))",
    ),
    check(
        "deletion_without_purge",
        "A storage was asked to delete the original of an asset that nobody purged.",
        "Switch the storage's originals to keep, look in the audit log, and report it.",
        "select count(*) as n from external_op e where e.reason = 'purge' \
         and (exists (select 1 from asset a where a.id = e.ref_id \
         and a.lifecycle in ('live', 'trashed')) \
         or not exists (select 1 from purge_item i where i.asset_id = e.ref_id \
         and i.workspace_id = e.workspace_id))",
    ),
    check(
        "deletion_without_attempt",
        "A deletion outside has an answer, and its intent was never committed as asked.",
        REPORT,
        "select count(*) as n from external_op e \
         where e.state in ('deleted', 'absent', 'changed') \
         and (e.attempts = 0 or e.attempted_at is null)",
    ),
    check(
        "deletion_contradicts_the_catalog",
        "A storage confirmed that an original is gone, and the catalog still has it there.",
        "Scan the storage again.",
        "select count(*) as n from external_op e join remote_object o on o.id = e.object_id \
         where e.state in ('deleted', 'absent') and o.present and o.asset_id = e.ref_id \
         and o.revision = e.revision",
    ),
    check(
        "deletion_outside_the_root",
        "A storage was asked to delete something outside the folder that is connected.",
        "Switch the storage off, compare the place with a backup, and report it.",
        "select count(*) as n from external_op e where e.path = '' or e.path = '..' \
         or e.path like '/%' or e.path like '../%' or e.path like '%/../%' or e.path like '%/..'",
    ),
    check(
        "transfer_without_proof",
        "A copy became the original, and nothing says which content was compared, or where it is.",
        "Download the asset's original and compare it with its checksum.",
        "select count(*) as n from transfer t where t.state in ('committed', 'done') \
         and (t.sha256 is null or t.target_object_id is null)",
    ),
    check(
        "moved_without_a_copy",
        "An original left its place for another, and no other place of it is known.",
        "Look at the transfer's target; if the original is not there, send it once more.",
        "select count(*) as n from external_op e join asset a on a.id = e.ref_id \
         where e.reason = 'transfer' and e.state in ('intent', 'deleted', 'absent') \
         and a.lifecycle in ('live', 'trashed') \
         and not exists (select 1 from remote_object o where o.asset_id = e.ref_id \
         and o.id <> e.object_id)",
    ),
    check(
        "purge_without_batch",
        "An asset was purged of which no purge speaks.",
        "Look in the audit log for what happened to it, and report it.",
        "select count(*) as n from asset a where a.lifecycle in ('purging', 'purged') \
         and not exists (select 1 from purge_item i where i.asset_id = a.id)",
    ),
    check(
        "purge_before_its_time",
        "An asset was purged before its date without anybody's wish, or a clock was set back since.",
        "If no clock was set back, stop the retention-purger and report it.",
        "select count(*) as n from asset a where a.lifecycle in ('purging', 'purged') \
         and (a.trashed_at is null or a.purge_after is null or (a.purged_at < a.purge_after \
         and not exists (select 1 from purge_item i join purge_batch b on b.id = i.batch_id \
         where i.asset_id = a.id and b.origin = 'person')))",
    ),
    check(
        "purge_beyond_its_plan",
        "A purge took more assets than the plan that was stored before.",
        "Stop the retention-purger, compare the plan with the audit log, and report it.",
        "select count(*) as n from purge_batch b where b.assets < (select count(*) \
         from purge_item i where i.batch_id = b.id)",
    ),
    check(
        "purged_and_still_hosted",
        "An asset is purged, and Stowage still hosts its original or pictures.",
        REPORT,
        "select (select count(*) from remote_object o join asset a on a.id = o.asset_id \
         join storage s on s.id = o.storage_id \
         where a.lifecycle = 'purged' and s.kind = 'central') \
         + (select count(*) from rendition r join asset a on a.id = r.asset_id \
         where a.lifecycle = 'purged') as n",
    ),
    check(
        "row_of_another_workspace",
        "A row belongs to one workspace and refers to a row of another.",
        REPORT,
        "select (select count(*) from remote_object o join storage s on s.id = o.storage_id \
         where o.workspace_id <> s.workspace_id) \
         + (select count(*) from remote_object o join asset a on a.id = o.asset_id \
         where o.workspace_id <> a.workspace_id) \
         + (select count(*) from credential c join storage s on s.id = c.storage_id \
         where c.workspace_id <> s.workspace_id) \
         + (select count(*) from rendition r join asset a on a.id = r.asset_id \
         where r.workspace_id <> a.workspace_id) \
         + (select count(*) from asset_tag t join asset a on a.id = t.asset_id \
         where t.workspace_id <> a.workspace_id) \
         + (select count(*) from bin_place p join asset a on a.id = p.asset_id \
         where p.workspace_id <> a.workspace_id) \
         + (select count(*) from purge_item i join asset a on a.id = i.asset_id \
         where i.workspace_id <> a.workspace_id) \
         + (select count(*) from external_op e join storage s on s.id = e.storage_id \
         where e.workspace_id <> s.workspace_id) \
         + (select count(*) from upload u join asset a on a.id = u.asset_id \
         where u.workspace_id <> a.workspace_id) \
         + (select count(*) from upload_chunk c join upload u on u.id = c.upload_id \
         where c.workspace_id <> u.workspace_id) as n",
    ),
];
