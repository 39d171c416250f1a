//! The table of recurring work, and the loop that does it.

use std::time::Duration;

use stowage_db::{DbError, Scope};
use stowage_domain::Timestamp;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{Deps, PurgerConfig, backup, checks::Checks, due, leftovers, pictures, reaper};

/// Rows deleted in one transaction.
const BATCH: u32 = 1_000;

/// How often rows that are over are looked for.
const HOURLY: Duration = Duration::from_hours(1);

pub(crate) async fn run(config: PurgerConfig, deps: Deps, stop: CancellationToken) {
    let mut spool = tokio::time::interval(config.spool_every);
    let mut purge = tokio::time::interval(config.purge_every);
    let mut backups = tokio::time::interval(config.backup_every);
    let mut check = tokio::time::interval(config.check_every);
    let mut checks = Checks::default();
    let mut hourly = tokio::time::interval(HOURLY);
    spool.set_missed_tick_behavior(MissedTickBehavior::Delay);
    purge.set_missed_tick_behavior(MissedTickBehavior::Delay);
    backups.set_missed_tick_behavior(MissedTickBehavior::Delay);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = spool.tick() => reaper::reap(&config, &deps, &stop).await,
            _ = purge.tick() => {
                due::plan(&deps).await;
                leftovers::reap(&config, &deps, &stop).await;
                pictures::reap(&config, &deps, &stop).await;
            }
            _ = backups.tick() => backup::look(&deps).await,
            _ = check.tick() => checks.run(&deps).await,
            _ = hourly.tick() => {
                for rows in Rows::ALL {
                    rows.delete_all(&config, &deps, &stop).await;
                }
            }
        }
    }
}

/// Rows that go when their time is over.
#[derive(Debug, Clone, Copy)]
enum Rows {
    Sessions,
    Jobs,
    Scans,
    Uploads,
}

impl Rows {
    const ALL: [Self; 4] = [Self::Sessions, Self::Jobs, Self::Scans, Self::Uploads];

    const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Jobs => "finished jobs",
            Self::Scans => "scan runs",
            Self::Uploads => "uploads",
        }
    }

    /// Deletes batch by batch until one is short; logs the total alone.
    async fn delete_all(self, config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
        let mut total = 0;
        while !stop.is_cancelled() {
            match self.delete_batch(config, deps).await {
                Ok(count) => {
                    total += count;
                    if count < u64::from(BATCH) {
                        break;
                    }
                }
                Err(error) => {
                    warn!(%error, "could not delete {} that are over", self.name());
                    break;
                }
            }
        }
        if total > 0 {
            info!(
                upkeep.rows = total,
                "deleted {total} {} that were over",
                self.name()
            );
        }
    }

    async fn delete_batch(self, config: &PurgerConfig, deps: &Deps) -> Result<u64, DbError> {
        let now: Timestamp = deps.clock.now();
        let tx = deps.db.begin(Scope::System).await?;
        let count = match self {
            Self::Sessions => tx.sessions().delete_expired(BATCH).await?,
            Self::Jobs => tx.jobs().delete_done(now - config.keep_jobs, BATCH).await?,
            Self::Scans => {
                tx.scans()
                    .delete_old(now - config.keep_scans, BATCH)
                    .await?
            }
            Self::Uploads => {
                tx.uploads()
                    .delete_over(now - config.keep_uploads, BATCH)
                    .await?
            }
        };
        tx.commit().await?;
        Ok(count)
    }
}
