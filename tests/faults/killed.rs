//! `kill -9` in the middle of an import: of each process, of the broker, also with its folder
//! emptied, and of the database. Every file ends as exactly one asset with its pictures, none lost,
//! none twice.

use stowage_tests::{Mode, Stowage, servers::Victim};

use crate::round::{Moment, Strike, survives};

/// Kills a process and starts it again.
macro_rules! kill_process {
    ($name:literal) => {
        |stowage| Box::pin(async move { restart(stowage, $name) })
    };
}

fn restart(stowage: &mut Stowage, name: &str) {
    let process = stowage.process(name);
    process.kill();
    process.start();
}

/// Kills a server that all processes need, and starts it again; with `wipe` without its data.
fn kill_server(name: &'static str, wipe: bool) {
    let victim = Victim::find(name).expect("the caller looked for it");
    victim.kill(wipe);
    victim.start();
}

async fn process_is_killed(moment: Moment, strike: Strike) {
    survives(Mode::Distributed, moment, strike).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_all_in_one() {
    survives(Mode::Embedded, Moment::Import, kill_process!("stowage")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_all_in_one_while_it_lists() {
    survives(Mode::Embedded, Moment::Scan, kill_process!("stowage")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway() {
    process_is_killed(Moment::Import, kill_process!("gateway")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sync_scanner() {
    process_is_killed(Moment::Scan, kill_process!("sync-scanner")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ingest() {
    process_is_killed(Moment::Import, kill_process!("ingest")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_thumbnailer() {
    process_is_killed(Moment::Import, kill_process!("thumbnailer")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_storage_connector() {
    process_is_killed(Moment::Import, kill_process!("storage-connector")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_retention_purger() {
    process_is_killed(Moment::Import, kill_process!("retention-purger")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq() {
    let Some(_victim) = Victim::find("rabbitmq") else {
        return;
    };
    process_is_killed(Moment::Import, |_| {
        Box::pin(async { kill_server("rabbitmq", false) })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_with_its_folder_emptied() {
    let Some(_victim) = Victim::find("rabbitmq") else {
        return;
    };
    process_is_killed(Moment::Import, |_| {
        Box::pin(async { kill_server("rabbitmq", true) })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(_victim) = Victim::find("postgres") else {
        return;
    };
    process_is_killed(Moment::Import, |_| {
        Box::pin(async { kill_server("postgres", false) })
    })
    .await;
}
