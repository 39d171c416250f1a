//! People who change their mind in the very moment. Who overwrites a file while it is deleted has
//! what they wrote, also when the process that deletes dies; who restores a photograph while it is
//! purged has it back.

use std::time::Duration;

use serde_json::json;
use stowage_failpoints::Failpoint;
use stowage_tests::eventually;

use crate::household::{COLLECTOR, FOLDER, FTP, Household};

/// How long a process stands still, and a person has.
const MOMENT: &str = "sleep:2500";

/// How many trials a short round has.
const FEW: usize = 3;

/// How long it may take until a deletion comes to where it stands still.
const SOON: Duration = Duration::from_mins(1);

impl Household {
    /// One trial: a file is deleted for good, or collected, a process stands still at `point`, and
    /// the file is overwritten. `then` says what happens to the process after that.
    async fn is_overwritten(&mut self, at: usize, point: &str, then: &str) {
        let plan = format!("{point}={MOMENT}{then}");
        println!("{plan} in place {at}");
        let point: Failpoint = point.parse().expect("it is in the list");
        let who = point.process();
        self.restart_with(who, &plan).await;
        let (path, content) = self.new_file(at).await;
        if at != COLLECTOR {
            let id = self.people.bin(&content).await;
            self.people.oracle.purged(&content);
            self.people.ask("/bin/purge", json!({ "ids": [id] })).await;
        }
        self.wait_until_still(who, point.name()).await;
        let bytes = self.people.picture();
        let home = &self.people.homes[at];
        home.place.change(&path, &bytes);
        home.place.open_for_writing();
        self.people.oracle.wrote(home.spot, &path, &bytes);
        if point == Failpoint::TransferCopied {
            // The catalog knows of the new content before the copy of the old one is committed.
            self.people.scan().await;
            self.wait_until_known(&bytes).await;
        } else if then.is_empty() {
            self.wait_until_answered(&content).await;
        } else {
            let process = self.stowage.process(who);
            eventually("the process dies", SOON, async || {
                (!process.is_running()).then_some(()).ok_or(plan.clone())
            })
            .await;
        }
        self.restart_with(who, "").await;
        self.settle().await;
        self.judge(&plan).await;
    }

    /// One trial: somebody asks to purge a photograph, restores it in the moment in which the purge
    /// comes to it, and puts it in the bin again, for another 30 days.
    async fn is_binned_anew(&mut self, at: usize) {
        let point = "purge.begun";
        println!("binned anew in place {at}");
        self.restart_with("retention-purger", &format!("{point}={MOMENT}"))
            .await;
        let (_, content) = self.new_file(at).await;
        let id = self.people.bin(&content).await;
        let ids = json!({ "ids": [id] });
        self.people.ask("/bin/purge", ids.clone()).await;
        self.wait_until_still("retention-purger", point).await;
        self.people.ask("/assets/restore", ids.clone()).await;
        self.people.ask("/assets/trash", ids.clone()).await;
        let rows = self.people.library.rows();
        eventually("the purge has come to its end", SOON, async || {
            let open = "select count(*) from purge_item where state = 'planned'";
            match rows.try_count(open).await {
                Ok(0) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        self.people.ask("/assets/restore", ids).await;
        self.restart_with("retention-purger", "").await;
        self.settle().await;
        self.judge("binned anew").await;
    }

    /// Waits until a process stands still at a place, since it was started last.
    async fn wait_until_still(&mut self, process: &str, point: &str) {
        let process = self.stowage.process(process);
        let mark = format!("failpoint {point}: sleep");
        eventually("a process stands still", SOON, async || {
            let said = process.said();
            let since = said.rfind("failpoints are set").unwrap_or_default();
            let is_there = said[since..].contains(&mark);
            is_there.then_some(()).ok_or(mark.clone())
        })
        .await;
    }

    async fn new_file(&mut self, at: usize) -> (String, String) {
        let bytes = self.people.picture();
        let home = &self.people.homes[at];
        let path = format!("meanwhile/{at}-{}.jpg", bytes.len());
        home.place.put(&path, &bytes);
        home.place.open_for_writing();
        self.people.oracle.wrote(home.spot, &path, &bytes);
        self.people.scan().await;
        let files = self.people.oracle.files(home.spot);
        files
            .into_iter()
            .find(|(found, _)| *found == path)
            .expect("it was just written")
    }

    async fn wait_until_known(&self, bytes: &[u8]) {
        let rows = self.people.library.rows();
        let sql = format!(
            "select count(*) from asset where {} = '{}'",
            rows.hex("sha256"),
            stowage_tests::content_of(bytes)
        );
        eventually("the new content is known", SOON, async || {
            match rows.try_count(&sql).await {
                Ok(1) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }

    async fn wait_until_answered(&self, content: &str) {
        let rows = self.people.library.rows();
        let sql = format!(
            "select count(*) from external_op e join asset a on a.id = e.ref_id \
             where {} = '{content}' and e.state <> 'intent'",
            rows.hex("a.sha256")
        );
        eventually("the deletion is answered", SOON, async || {
            match rows.try_count(&sql).await {
                Ok(1) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d22_what_is_overwritten_in_the_moment_of_its_deletion_stays() {
    let Some(mut household) = Household::new().await else {
        return;
    };
    let trials = [
        (FOLDER, "delete.looked", ""),
        (FTP, "delete.looked", ""),
        // Copied to the main storage, and about to be taken from where it was.
        (COLLECTOR, "delete.looked", ""),
        // It is gone already, and a new file of that name comes.
        (COLLECTOR, "delete.done", ""),
        // Copied and not committed, and the catalog hears of the new content.
        (COLLECTOR, "transfer.copied", ""),
        // Between the look and the rename: another file is taken than was meant, and put back.
        (FTP, "quarantine.taking", ""),
        // The connector dies with somebody's new file in its hands.
        (FTP, "quarantine.taking", ",quarantine.taken=abort"),
        // It dies with the right one, and somebody writes a new one in its place.
        (FTP, "quarantine.taken", ",quarantine.looked=abort"),
    ];
    let is_long = stowage_config::env("STOWAGE_FAULTS").as_deref() == Some("long");
    let only = stowage_config::env("STOWAGE_FAULTS_POINT");
    let mut left = trials.to_vec();
    if let Some(only) = only {
        left.retain(|(_, point, _)| *point == only);
    }
    while !is_long && left.len() > FEW {
        let at = household.people.chance.below(left.len() as u64) as usize;
        left.swap_remove(at);
    }
    for (at, point, then) in &left {
        household.is_overwritten(*at, point, then).await;
    }
    println!("{} trials", left.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p33_what_is_restored_in_the_moment_of_its_purge_stays() {
    let Some(mut household) = Household::new().await else {
        return;
    };
    household.is_binned_anew(FOLDER).await;
    household.is_binned_anew(FTP).await;
    println!("2 trials");
}
