//! A kill between any two steps: at every failpoint of the list, with people at work.

use std::{cell::Cell, time::Duration};

use stowage_failpoints::Failpoint;
use stowage_tests::eventually;

use crate::{household::Household, leftover::is_about_leftovers};

/// The setting that says what happens at which failpoint.
const SETTING: &str = "STOWAGE_FAILPOINTS__TESTS_ONLY";

/// How many failpoints a short round strikes at.
const FEW: usize = 3;

/// How often people begin anew, at most, until a process comes to where it dies.
const LIVES: u32 = 5;

/// How long it may take until a process comes to where it dies.
const STRUCK: Duration = Duration::from_secs(90);

impl Household {
    /// Starts a process anew with other failpoints.
    pub(crate) async fn restart_with(&mut self, name: &str, plan: &str) {
        let process = self.stowage.process(name);
        process.kill();
        process.set_variable(SETTING, plan);
        process.start();
        self.stowage.wait_until_ready().await;
    }

    /// One trial: a process dies at the `pass`-th time that it comes to a place, and is started
    /// again, while people go on.
    async fn dies_at(&mut self, point: Failpoint, pass: u64) {
        let plan = format!("{point}=abort@{pass}");
        println!("{plan}");
        self.restart_with(point.process(), &plan).await;
        let Self {
            stowage, people, ..
        } = self;
        let process = stowage.process(point.process());
        let is_struck = Cell::new(false);
        let strike = async {
            eventually(&format!("{plan} is passed"), STRUCK, async || {
                if process.is_running() {
                    Err(format!("{} is still there", process.name()))
                } else {
                    Ok(())
                }
            })
            .await;
            process.kill();
            process.set_variable(SETTING, "");
            process.start();
            is_struck.set(true);
        };
        // What is done in stretches is passed once a life.
        let lives = async {
            for _ in 0..LIVES {
                if is_about_leftovers(point) {
                    people.leave_a_copy().await;
                }
                people.live().await;
                if is_struck.get() {
                    return;
                }
            }
        };
        futures::join!(lives, strike);
        self.settle().await;
        self.judge(&plan).await;
        println!("{plan}: well");
    }

    /// Lets people live without a strike, until every failpoint was passed or for as many lives as may
    /// be. Returns those that never were.
    async fn never_passed(&mut self) -> Vec<Failpoint> {
        let names: Vec<String> = self
            .stowage
            .names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        for name in &names {
            let process = self.stowage.process(name);
            process.kill();
            process.set_variable(SETTING, "count");
            process.start();
        }
        self.stowage.wait_until_ready().await;
        let mut never = Failpoint::ALL.to_vec();
        // What hurries from one place to the next is not always met on its way.
        for _ in 0..LIVES {
            self.people.leave_a_copy().await;
            self.people.live().await;
            self.settle().await;
            let mut left = Vec::new();
            for point in never {
                let name = "stowage_failpoint_passes_total";
                let label = format!("\"{point}\"");
                let passes = self.stowage.metric(point.process(), name, &label).await;
                if passes == 0.0 {
                    left.push(point);
                }
            }
            never = left;
            if never.is_empty() {
                break;
            }
        }
        for name in &names {
            self.stowage.process(name).set_variable(SETTING, "");
        }
        never
    }
}

/// Every failpoint is passed in a quiet life; then a few of them, by chance, or in a long run all
/// of them twice, are where a process dies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_failpoint_loses_nothing() {
    let Some(mut household) = Household::new().await else {
        return;
    };
    assert_eq!(household.never_passed().await, [], "never passed");
    household.judge("a quiet life").await;
    let mut trials = 0;
    for (point, pass) in chosen(&mut household) {
        household.dies_at(point, pass).await;
        trials += 1;
    }
    println!("{trials} trials at {} failpoints", Failpoint::ALL.len());
}

fn chosen(household: &mut Household) -> Vec<(Failpoint, u64)> {
    let is_long = stowage_config::env("STOWAGE_FAULTS").as_deref() == Some("long");
    let only = stowage_config::env("STOWAGE_FAULTS_POINT");
    if is_long || only.is_some() {
        let all = Failpoint::ALL.iter().copied();
        let all = all.filter(|point| only.as_ref().is_none_or(|only| only == point.name()));
        return all.flat_map(|point| [(point, 1), (point, 2)]).collect();
    }
    let chance = &mut household.people.chance;
    let mut left = Failpoint::ALL.to_vec();
    let mut pick = || left.swap_remove(chance.below(left.len() as u64) as usize);
    (0..FEW).map(|_| (pick(), 1)).collect()
}
