//! After the strike: everything is healed, nothing is left to do, and then all has to be well.

use std::time::Duration;

use stowage_db::{Database, DatabaseConfig, Scope, check::Check};
use stowage_tests::eventually;

use crate::household::Household;

/// How long it may take until nothing is left to do.
pub(crate) const QUIET: Duration = Duration::from_secs(150);

/// What is under way, by what it is; all of it has to come to nothing.
const UNDER_WAY: &[&str] = &[
    "select count(*) from job where state in ('queued', 'running')",
    "select count(*) from scan_run where state = 'running'",
    "select count(*) from asset where lifecycle in ('trashed', 'purging')",
    "select count(*) from external_op where state = 'intent'",
    "select count(*) from upload where state = 'complete'",
    "select count(*) from upload_chunk where state <> 'staged'",
    "select count(*) from staged_blob where state <> 'staged'",
    "select count(*) from remote_object where present and asset_id is null and role <> 'own'",
    "select count(*) from transfer where state in ('planned', 'copying', 'copied', 'committed')",
    "select count(*) from picture_left",
    // Names that nobody wants and for which a day has passed.
    "select count(*) from remote_object where role = 'own' and revision <> '' \
     and absent_since is null and first_seen_at < (extract(epoch from now()) - 86400) * 1000000",
];

impl Household {
    /// Waits until all is done that there is to do, scans everything once more, and waits again.
    pub(crate) async fn settle(&mut self) {
        self.stowage.wait_until_ready().await;
        self.wait_until_quiet().await;
        for home in self.people.homes.iter() {
            let library = &self.people.library;
            eventually("a complete scan", QUIET, async || {
                let scan = library.scan(&home.storage).await;
                if scan["state"] == "complete" {
                    Ok(())
                } else {
                    Err(scan.to_string())
                }
            })
            .await;
        }
        self.wait_until_quiet().await;
    }

    async fn wait_until_quiet(&self) {
        let rows = self.people.library.rows();
        eventually("nothing is left to do", QUIET, async || {
            for sql in UNDER_WAY {
                let left = rows.try_count(sql).await.map_err(|why| why.to_string())?;
                if left > 0 {
                    let jobs = "select kind, state, cast(count(*) as text), max(error) from job \
                                where state in ('queued', 'running', 'dead') group by kind, state";
                    let jobs = rows.try_texts(jobs).await;
                    return Err(format!("{sql}: {left}; {jobs:?}"));
                }
            }
            Ok(())
        })
        .await;
    }

    /// Fails unless every check is zero, the witness has nothing to say, and no job was given up.
    pub(crate) async fn judge(&mut self, trial: &str) {
        let mut wrong = self.violations().await;
        let rows = self.people.library.rows();
        let central = self.stowage.central();
        wrong.extend(self.people.oracle.judge(rows, central).await);
        let dead = "select kind, max(error) from job where state = 'dead' group by kind";
        for row in rows.texts(dead).await {
            wrong.push(format!("jobs were given up: {row:?}"));
        }
        assert!(
            wrong.is_empty(),
            "after {trial}, with STOWAGE_FAULTS_SEED={}:\n{}",
            self.people.chance.seed(),
            wrong.join("\n")
        );
    }

    async fn violations(&self) -> Vec<String> {
        let config = DatabaseConfig {
            url: self.stowage.database_url().into(),
            max_connections: 2,
            ..DatabaseConfig::default()
        };
        let clock = stowage_runtime::system_clock();
        let db = Database::connect(&config, clock).await;
        let db = db.expect("the catalog can be opened");
        let mut wrong = Vec::new();
        for check in Check::all() {
            let tx = db.read(Scope::System).await.expect("the catalog answers");
            let count = tx.violations(check).await;
            let count = count.unwrap_or_else(|error| panic!("{}: {error}", check.name));
            if count > 0 {
                wrong.push(format!("{} ({count}): {}", check.name, check.means));
            }
        }
        db.close().await;
        wrong
    }
}
