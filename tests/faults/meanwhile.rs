//! People who change their mind in the very moment. Who overwrites a file while it is deleted has
//! what they wrote, also when the process that deletes dies; who restores a photograph while it is
//! purged has it back.

use std::time::Duration;

use serde_json::json;
use stowage_failpoints::Failpoint;
use stowage_tests::eventually;

use crate::household::{COLLECTOR, FOLDER, FTP, Household, SAFE_BUCKET};

/// How long a process stands still, and a person has.
const MOMENT: &str = "sleep:2500";

/// The same, where a file is written, scanned and imported in it.
const LONG_MOMENT: &str = "sleep:8000";

/// How many trials a short round has.
const FEW: usize = 3;

/// How long it may take until a deletion comes to where it stands still.
const SOON: Duration = Duration::from_mins(1);

impl Household {
    /// One trial: a file is deleted for good, or collected, a process stands still at `point`, and
    /// the file is overwritten. `then` says what happens to the process after that.
    async fn is_overwritten(&mut self, at: usize, point: &str, then: &str) {
        let point: Failpoint = point.parse().expect("it is in the list");
        let moment = match point {
            Failpoint::TransferCopied => LONG_MOMENT,
            _ => MOMENT,
        };
        let plan = format!("{point}={moment}{then}");
        println!("{plan} in place {at}");
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
            self.wait_until_it_went_on().await;
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

    /// One trial: the copy of a collected file is written and not committed, and somebody deletes
    /// the photograph for good.
    async fn is_purged_on_its_way(&mut self) {
        let content = self.is_on_its_way().await;
        let id = self.people.bin(&content).await;
        self.people.oracle.purged(&content);
        self.people.ask("/bin/purge", json!({ "ids": [id] })).await;
        let rows = self.people.library.rows();
        let sql = format!(
            "select count(*) from asset where {} = '{content}' and lifecycle in ('purging', 'purged')",
            rows.hex("sha256")
        );
        eventually("it is out of the library", SOON, async || {
            match rows.try_count(&sql).await {
                Ok(1) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
        self.goes_on("purged on its way").await;
    }

    /// One trial: the same, and its owner, who wants no more to be collected, overwrites the file:
    /// nothing of the new content goes anywhere that would stop what is on its way.
    async fn becomes_another_on_its_way(&mut self) {
        let content = self.is_on_its_way().await;
        self.collect(false).await;
        let files = self.people.oracle.files(self.people.homes[COLLECTOR].spot);
        let file = files.into_iter().find(|(_, found)| *found == content);
        let (path, _) = file.expect("it was just written");
        let bytes = self.people.picture();
        let home = &self.people.homes[COLLECTOR];
        home.place.change(&path, &bytes);
        self.people.oracle.wrote(home.spot, &path, &bytes);
        self.people.scan().await;
        self.wait_until_known(&bytes).await;
        self.goes_on("another content on its way").await;
        self.collect(true).await;
        self.settle().await;
        self.judge("collected after all").await;
    }

    /// One trial: the same, and its owner renames the file.
    async fn is_renamed_on_its_way(&mut self) {
        let content = self.is_on_its_way().await;
        let spot = self.people.homes[COLLECTOR].spot;
        let files = self.people.oracle.files(spot);
        let file = files.into_iter().find(|(_, found)| *found == content);
        let (path, _) = file.expect("it was just written");
        let to = format!("renamed/{}.jpg", content.split_at(8).0);
        let place = &self.people.homes[COLLECTOR].place;
        let bytes = place.read(&path).expect("it is there still");
        place.rename(&path, &to);
        self.people.oracle.removed(spot, &path);
        self.people.oracle.wrote(spot, &to, &bytes);
        self.people.scan().await;
        let rows = self.people.library.rows();
        let sql = format!(
            "select count(*) from remote_object where path = '{to}' and asset_id is not null"
        );
        eventually(
            "it is known under its new name",
            SOON,
            async || match rows.try_count(&sql).await {
                Ok(1) => Ok(()),
                // It was found, and collected from there before anybody could look.
                Ok(0) if place.read(&to).is_none() => Ok(()),
                other => Err(format!("{other:?}")),
            },
        )
        .await;
        self.goes_on("renamed on its way").await;
        let place = &self.people.homes[COLLECTOR].place;
        assert_eq!(place.read(&to), None, "it was to be collected");
    }

    /// A new file of the collector, whose copy is written and not committed. Returns its content.
    async fn is_on_its_way(&mut self) -> String {
        let point = "transfer.copied";
        self.restart_with("ingest", &format!("{point}={LONG_MOMENT}"))
            .await;
        let (_, content) = self.new_file(COLLECTOR).await;
        self.wait_until_still("ingest", point).await;
        content
    }

    async fn goes_on(&mut self, trial: &str) {
        self.wait_until_it_went_on().await;
        self.restart_with("ingest", "").await;
        self.settle().await;
        self.judge(trial).await;
    }

    /// Waits until the transfer that stood still was carried on, with what it knew before.
    async fn wait_until_it_went_on(&mut self) {
        let ingest = self.stowage.process("ingest");
        let mark = "failpoint transfer.copied: goes on";
        eventually("the transfer goes on", SOON, async || {
            let said = ingest.said();
            let since = said.rfind("failpoints are set").unwrap_or_default();
            let goes_on = said[since..].contains(mark);
            goes_on.then_some(()).ok_or("it stands still".to_owned())
        })
        .await;
        let rows = self.people.library.rows();
        eventually("the transfer has come to its end", SOON, async || {
            let open = "select count(*) from job where kind = 'transfer-original' \
                        and state in ('queued', 'running')";
            match rows.try_count(open).await {
                Ok(0) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }

    async fn collect(&mut self, moves_to_main: bool) {
        let collector = &self.people.homes[COLLECTOR].storage;
        let path = format!("/storages/{collector}");
        let collects = json!({ "delivery": { "moves_to_main": moves_to_main } });
        self.people.library.patch(&path, collects).await;
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
        (SAFE_BUCKET, "delete.looked", ""),
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
    household.settle().await;
    for (at, point, then) in &left {
        household.is_overwritten(*at, point, then).await;
    }
    println!("{} trials", left.len());
}

/// What a transfer knew when it began may not be true any more when it is committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d11_what_changes_on_its_way_is_not_taken_for_what_was_copied() {
    let Some(mut household) = Household::new().await else {
        return;
    };
    // What is on its way by itself would stand still in the place of what is meant.
    household.settle().await;
    household.is_purged_on_its_way().await;
    household.becomes_another_on_its_way().await;
    household.is_renamed_on_its_way().await;
    println!("3 trials");
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
