//! Checks of what is under way. Each reads a partial index, or a table that stays small.

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
        cost: Cost::Light,
        sql,
    }
}

pub(super) const CHECKS: &[Check] = &[
    check(
        "deletion_without_job",
        "A deletion outside is committed, and no job is left that asks the storage.",
        "Press Try again at the lingering copy: that queues the job anew.",
        "select count(*) as n from external_op e \
         where e.state in ('intent', 'refused') and e.state = 'intent' \
         and not exists (select 1 from job j where j.workspace_id = e.workspace_id \
         and j.kind = 'delete-original' and j.dedup_key = {text:e.id} \
         and j.state in ('queued', 'running'))",
    ),
    check(
        "deletion_unanswered",
        "A deletion outside has been due for an hour and nobody tried it.",
        "Look whether the retention-purger runs, and in Activity for what its jobs say.",
        "select count(*) as n from external_op e \
         where e.state in ('intent', 'refused') and e.state = 'intent' \
         and e.next_attempt_at < {now} - 3600000000 \
         and not exists (select 1 from legal_hold h \
         where h.workspace_id = e.workspace_id and h.asset_id is null)",
    ),
    check(
        "purge_without_job",
        "An asset is on its way out of the library, and no job is left that ends the purge.",
        "Look in Activity for a purge that was given up, and try it again.",
        "select count(*) as n from asset a where a.lifecycle = 'purging' \
         and not exists (select 1 from job j where j.workspace_id = a.workspace_id \
         and j.kind = 'purge-asset' and j.dedup_key = {text:a.id} \
         and j.state in ('queued', 'running'))",
    ),
    check(
        "purge_under_hold",
        "An asset that a legal hold keeps is purged or on its way out.",
        "Stop the retention-purger and restore from the provider's trash or a backup; report it.",
        "select count(*) as n from legal_hold h join asset a on a.id = h.asset_id \
         where a.lifecycle in ('purging', 'purged')",
    ),
    check(
        "bin_without_date",
        "An entry of the bin does not say since when or until when: it is never purged.",
        "Restore the asset and delete it again.",
        "select count(*) as n from asset a where a.lifecycle = 'trashed' \
         and a.purge_after is null",
    ),
    check(
        "upload_without_job",
        "An upload is complete, and no job is left that makes an asset of it.",
        "Look in Activity for an import that was given up, and try it again.",
        "select count(*) as n from upload u where u.state = 'complete' \
         and not exists (select 1 from job j where j.workspace_id = u.workspace_id \
         and j.kind = 'import-upload' and j.dedup_key = {text:u.id} \
         and j.state in ('queued', 'running'))",
    ),
    check(
        "transfer_without_job",
        "An original is on its way to another storage, and no job is left that moves it on.",
        "Try the transfer again in the list of transfers: that queues the job anew.",
        "select count(*) as n from transfer t where t.state in ('planned', 'copying', 'copied') \
         and not exists (select 1 from job j where j.workspace_id = t.workspace_id \
         and j.kind = 'transfer-original' and j.dedup_key = {text:t.id} \
         and j.state in ('queued', 'running', 'dead'))",
    ),
    check(
        "job_with_a_dead_worker",
        "A job runs whose lease was over ten minutes ago, and nobody took it up.",
        "Look whether the service that does such jobs runs, and whether the bus is reachable.",
        "select count(*) as n from job j where j.state = 'running' \
         and (j.lease_until is null or j.lease_until < {now} - 600000000)",
    ),
    check(
        "jobs_without_a_ring",
        "Jobs have been due for ten minutes, and none was rung for in that time.",
        "Look at the bus and at stowage_relay_failed_total: the relay does not reach it.",
        "select count(*) as n from job j where j.state = 'queued' and j.rung_at is null \
         and j.due_at < {now} - 600000000 \
         and not exists (select 1 from job r where r.state = 'queued' \
         and r.rung_at is not null and r.rung_at > {now} - 600000000)",
    ),
    check(
        "spool_forgotten",
        "A spool copy that no import adopted is two days old.",
        "Look whether the retention-purger runs and reaches central storage.",
        "select count(*) as n from staged_blob b \
         where b.created_at < {now} - 172800000000 and b.state = 'staged'",
    ),
    check(
        "scan_without_a_lease",
        "A scan is said to run, and its lease was over ten minutes ago.",
        "Look whether the sync-scanner runs; the next scan of the storage ends the old one.",
        "select count(*) as n from scan_run r left join scan_state s on s.storage_id = r.storage_id \
         where r.state = 'running' \
         and coalesce(s.lease_until, r.started_at) < {now} - 600000000",
    ),
    check(
        "credential_key_used_twice",
        "Two credentials begin with the same random bytes: their encryption is worth nothing.",
        "Enter the credentials of both storages again, and look at the machine's random source.",
        "select count(*) as n from (select substr(sealed, 1, 24) as nonce from credential \
         group by substr(sealed, 1, 24) having count(*) > 1) twice",
    ),
];
