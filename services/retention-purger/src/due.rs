//! Looks for what is due: entries of the bin, rules, counts, deletions of workspaces that lost
//! their job, a look through central storage; ends migrations of which nothing is left; and counts
//! what lingers outside.

use std::time::Duration;

use stowage_db::{DbError, Scope, repo::AuditEntry};
use stowage_domain::{Actor, AuditAction, AuditSubject, MigrationState};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::job::{ApplyRetention, DeleteWorkspace, PlanPurge, ReapOrphans};
use tracing::{info, warn};

use crate::Deps;

/// How often central storage is looked through.
const LOOK_EVERY: Duration = Duration::from_hours(24);

/// How old the count of what a workspace holds may grow.
const COUNT_EVERY: Duration = Duration::from_mins(15);

/// How often a retention rule runs by itself.
const RULES_EVERY: Duration = Duration::from_hours(24);

/// A copy that lingers for longer should be looked at by somebody.
const LINGERS: Duration = Duration::from_hours(24);

/// Plans a purge in each workspace that has something due. By the clocks of this process and of the
/// database: where one of them is wrong, nothing happens until they agree.
pub(crate) async fn plan(deps: &Deps) {
    match enqueue(deps).await {
        Ok(0) => metrics::counter!("stowage_bin_looks_total").increment(1),
        Ok(count) => {
            metrics::counter!("stowage_bin_looks_total").increment(1);
            info!(workspace.count = count, "planned purges of {count} bins");
        }
        Err(error) => warn!(%error, "could not look for what is due in the bins"),
    }
    if let Err(error) = run_rules(deps).await {
        warn!(%error, "could not look for retention rules that are due");
    }
    if let Err(error) = look_for_orphans(deps).await {
        warn!(%error, "could not ask for a look through central storage");
    }
    if let Err(error) = recount(deps).await {
        warn!(%error, "could not count what workspaces hold");
    }
    if let Err(error) = attend(deps).await {
        warn!(%error, "could not look for workspaces that are being deleted");
    }
    if let Err(error) = finish_migrations(deps).await {
        warn!(%error, "could not look for migrations that are over");
    }
    if let Err(error) = measure(deps).await {
        warn!(%error, "could not count lingering copies");
    }
}

async fn enqueue(deps: &Deps) -> Result<usize, DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let due = tx.bin().due_workspaces(deps.clock.now()).await?;
    let job = PlanPurge::default();
    let jobs = due
        .iter()
        .map(|workspace| NewJob::of(Some(*workspace), &job).with_priority(Priority::Background));
    tx.jobs().enqueue_all(jobs.collect()).await?;
    tx.commit().await?;
    Ok(due.len())
}

/// Asks each rule once a day what it means.
async fn run_rules(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let due = tx.retention().due(RULES_EVERY).await?;
    let jobs = due.iter().map(|(workspace, rule)| {
        let job = ApplyRetention {
            rule_id: rule.to_string(),
            batch_id: String::new(),
        };
        NewJob::of(Some(*workspace), &job).with_priority(Priority::Background)
    });
    tx.jobs().enqueue_all(jobs.collect()).await?;
    tx.commit().await
}

/// Has central storage looked through daily for what no row knows.
async fn look_for_orphans(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let last = tx.orphans().last().await?;
    let now = deps.clock.now();
    let is_fresh = last.is_some_and(|report| now.since(report.began_at) < LOOK_EVERY);
    if is_fresh || tx.orphans().is_looking().await? {
        return Ok(());
    }
    let job = NewJob::of(None, &ReapOrphans::default()).with_priority(Priority::Background);
    tx.jobs().enqueue_one(job).await?;
    tx.commit().await
}

/// Counts anew what workspaces hold whose last count is old, or from before something came or went.
async fn recount(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.read(Scope::System).await?;
    let stale = tx.usages().stale(COUNT_EVERY).await?;
    drop(tx);
    for workspace in stale {
        deps.db.recount(workspace).await?;
    }
    Ok(())
}

/// Gives deletions of workspaces that lost their job another one: nobody is left who could ask.
async fn attend(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.begin(Scope::System).await?;
    let unattended = tx.deletions().unattended().await?;
    let job = DeleteWorkspace::default();
    let jobs = unattended
        .iter()
        .map(|workspace| NewJob::of(Some(*workspace), &job).with_priority(Priority::Background));
    tx.jobs().enqueue_all(jobs.collect()).await?;
    tx.commit().await
}

/// Ends migrations of which nothing is left to be copied, and records it.
async fn finish_migrations(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.read(Scope::System).await?;
    let over = tx.migrations().over().await?;
    drop(tx);
    for (workspace, id) in over {
        let tx = deps.db.begin_in(workspace).await?;
        let (from, to) = ([MigrationState::Running], MigrationState::Done);
        if !tx.migrations().become_state(id, &from, to).await? {
            continue;
        }
        if let Some(row) = tx.migrations().find(id).await? {
            let entry = AuditEntry {
                actor: Actor::System,
                action: AuditAction::MigrationFinished,
                subject: AuditSubject::Storage,
                subject_id: row.source.0,
                detail: row.told(),
            };
            tx.audit().record(deps.ids.next().into(), &entry).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn measure(deps: &Deps) -> Result<(), DbError> {
    let tx = deps.db.read(Scope::System).await?;
    let (all, old) = tx.external_ops().backlog(LINGERS).await?;
    metrics::gauge!("stowage_lingering_copies").set(all as f64);
    metrics::gauge!("stowage_lingering_copies_old").set(old as f64);
    Ok(())
}
