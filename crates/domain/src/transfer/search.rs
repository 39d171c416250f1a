//! Every world that a transfer can get into, searched through: two workers that are given the same
//! work, crashes between any two steps, copies that arrive torn, a person who overwrites the file,
//! and a reaper that takes every copy it may.
//!
//! What has to hold everywhere: each content that nobody overwrote on purpose is somewhere, and
//! what the catalog calls the original is there and whole.

use super::{
    Transfer, TransferEffect, TransferEvent as Event, TransferKind, TransferState, TransferTrouble,
};
use crate::search::{self, Loss};

/// What keeps a transfer from losing an original.
#[derive(Debug, Clone, Copy)]
struct Guards {
    /// A copy is of the revision that it was begun with, or none.
    pinned_read: bool,
    /// What the target has is compared with what was read.
    compare: bool,
    /// Only the attempt that the row names is committed, together with its copy.
    compare_and_set: bool,
    /// The source goes after the commit.
    commit_first: bool,
    delete: Delete,
    /// The reaper takes a copy by its row before it deletes it.
    reap_by_row: bool,
}

/// How the source's storage deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delete {
    /// If it has the revision that is meant.
    Conditional,
    /// Renamed away, read again, then deleted or put back.
    Quarantine,
    /// Asked first, then deleted whatever it is.
    StatFirst,
    Blind,
}

const ALL: Guards = Guards {
    pinned_read: true,
    compare: true,
    compare_and_set: true,
    commit_first: true,
    delete: Delete::Conditional,
    reap_by_row: true,
};

/// Copies that may be begun, so that the search ends.
const ATTEMPTS: usize = 3;

/// What a torn copy holds.
const TORN: u8 = 99;

/// The row of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Row {
    None,
    Staged,
    Live,
    /// The reaper's.
    Reaping,
    Gone,
}

/// Where a worker is; all of it is lost in a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    Idle,
    /// It knows which revision it is about to copy.
    Pinned(u32, u8),
    Sent(u32, u8, u8),
    Comparing(u32),
    Compared(u32, u8),
    Releasing(u8),
    /// It asked, and the source was what it should be.
    Asked,
    /// It renamed the source away.
    Quarantined,
    Over(bool),
}

/// A content has the revision of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct World {
    transfer: Transfer<u8, u8>,
    source: Option<u8>,
    quarantine: Option<u8>,
    copies: [Option<u8>; ATTEMPTS],
    rows: [Row; ATTEMPTS],
    /// Which copy the catalog calls the original.
    original: Option<u32>,
    workers: [At; 2],
    crashes: u8,
    overwrites: u8,
    torn: u8,
    /// Contents that have to be somewhere: 1, and 2 once it was written.
    needed: [bool; 2],
    wrong: Option<&'static str>,
}

fn start() -> World {
    World {
        transfer: Transfer::planned(TransferKind::Collect),
        source: Some(1),
        quarantine: None,
        copies: [None; ATTEMPTS],
        rows: [Row::None; ATTEMPTS],
        original: None,
        workers: [At::Idle; 2],
        crashes: 1,
        overwrites: 1,
        torn: 1,
        needed: [true, false],
        wrong: None,
    }
}

fn index(attempt: u32) -> usize {
    attempt as usize - 1
}

impl World {
    fn with(mut self, worker: usize, at: At) -> Self {
        self.workers[worker] = at;
        self
    }

    fn judged(mut self) -> Self {
        let original = self.original.map(|attempt| self.copies[index(attempt)]);
        let has = |content: u8| {
            [self.source, self.quarantine, original.flatten()].contains(&Some(content))
        };
        if original == Some(None) {
            self.wrong = Some("the catalog names a copy that is gone");
        } else if original == Some(Some(TORN)) {
            self.wrong = Some("the catalog names a torn copy");
        } else if (1..=2).any(|content| self.needed[content as usize - 1] && !has(content)) {
            self.wrong = Some("a content is nowhere");
        }
        self
    }

    /// One transaction: the event is recorded with what belongs to it, or not at all.
    fn record(
        mut self,
        event: Event<u8, u8>,
        guards: Guards,
    ) -> (Self, Option<TransferEffect<u8>>) {
        let before = self;
        let mut transfer = self.transfer;
        if let (false, Event::Compared { attempt, .. }) = (guards.compare_and_set, event) {
            // As if whoever came last were right.
            transfer.attempt = attempt;
            transfer.state = TransferState::Copied;
        }
        let (after, effect) = transfer.step(event);
        self.transfer = after;
        if let Some(TransferEffect::Adopt { attempt }) = effect {
            let row = &mut self.rows[index(attempt)];
            if *row != Row::Staged && guards.compare_and_set && guards.reap_by_row {
                return (before, None);
            }
            if self.original.is_some_and(|other| other != attempt) {
                self.wrong = Some("one source became two originals");
            }
            *row = Row::Live;
            self.original = Some(attempt);
        }
        if let Some(TransferEffect::Copy { attempt }) = effect {
            self.rows[index(attempt)] = Row::Staged;
        }
        (self, effect)
    }

    /// Everything that people, chance and the reaper may do now.
    fn others(self, guards: Guards, next: &mut Vec<(&'static str, Self)>) {
        if self.overwrites > 0 {
            let mut world = self;
            world.overwrites -= 1;
            // Whoever overwrites a file that nobody took over yet wants the old one gone.
            if self.source == Some(1) && self.original.is_none() {
                world.needed[0] = false;
            }
            world.needed[1] = true;
            world.source = Some(2);
            next.push(("the file is overwritten", world));
        }
        for attempt in 0..ATTEMPTS {
            let mut world = self;
            match self.rows[attempt] {
                Row::Staged => {
                    world.rows[attempt] = Row::Reaping;
                    next.push(("the reaper takes a copy", world));
                }
                Row::Reaping => {
                    (world.rows[attempt], world.copies[attempt]) = (Row::Gone, None);
                    next.push(("the reaper deletes a copy", world));
                }
                Row::Live if !guards.reap_by_row => {
                    (world.rows[attempt], world.copies[attempt]) = (Row::Gone, None);
                    next.push(("the reaper deletes what it listed long ago", world));
                }
                Row::None | Row::Live | Row::Gone => {}
            }
        }
    }

    /// Everything that a worker may do now.
    fn work(self, worker: usize, guards: Guards, next: &mut Vec<(&'static str, Self)>) {
        let at = self.workers[worker];
        if self.crashes > 0 && at != At::Idle {
            let mut world = self.with(worker, At::Idle);
            world.crashes -= 1;
            next.push(("a worker crashes", world));
        }
        match at {
            At::Idle => self.take_up(worker, guards, next),
            At::Pinned(attempt, revision) => self.send(worker, (attempt, revision), guards, next),
            At::Sent(attempt, source, hash) => {
                let report = Event::Copied {
                    attempt,
                    source,
                    hash,
                };
                let (world, effect) = self.record(report, guards);
                let at = match effect {
                    Some(TransferEffect::Compare { attempt }) => At::Comparing(attempt),
                    _ => At::Idle,
                };
                next.push(("a copy is reported", world.with(worker, at)));
            }
            At::Comparing(attempt) => {
                let told = if guards.compare {
                    self.copies[index(attempt)]
                } else {
                    self.transfer.hash
                };
                let at = told.map_or(At::Idle, |hash| At::Compared(attempt, hash));
                next.push(("the target is asked what it has", self.with(worker, at)));
            }
            At::Compared(attempt, hash) => {
                let mut world = self;
                if !guards.commit_first && self.source == self.transfer.source {
                    world.source = None;
                }
                let (world, _) = world.record(Event::Compared { attempt, hash }, guards);
                let world = world.with(worker, At::Idle);
                if !guards.commit_first {
                    let mut crashed = self.with(worker, At::Idle);
                    crashed.source = None;
                    next.push(("the source is deleted, then a worker crashes", crashed));
                }
                next.push(("the comparison is recorded", world));
            }
            At::Releasing(revision) => self.release(worker, revision, guards, next),
            At::Asked => {
                let mut world = self.with(worker, At::Over(true));
                world.source = None;
                next.push(("the source is deleted after it was asked", world));
            }
            At::Quarantined => self.look_again(worker, next),
            At::Over(is_gone) => {
                let event = if is_gone {
                    Event::SourceGone
                } else {
                    Event::SourceChanged
                };
                let (world, _) = self.record(event, guards);
                next.push(("the end is recorded", world.with(worker, At::Idle)));
            }
        }
    }

    /// A worker without work looks at the row.
    fn take_up(self, worker: usize, guards: Guards, next: &mut Vec<(&'static str, Self)>) {
        let is_last = self.transfer.attempt as usize == ATTEMPTS;
        if is_last && self.transfer.state != TransferState::Committed {
            return;
        }
        let (world, effect) = self.record(Event::Begin, guards);
        let at = match (effect, world.source) {
            (Some(TransferEffect::Copy { attempt }), Some(revision)) => {
                At::Pinned(attempt, revision)
            }
            (Some(TransferEffect::Copy { attempt }), None) => {
                let why = TransferTrouble::SourceGone;
                let (world, _) = world.record(Event::Failed { attempt, why }, guards);
                next.push(("there is no source", world));
                return;
            }
            (Some(TransferEffect::Release { source }), _) => At::Releasing(source),
            _ => return,
        };
        next.push(("a worker takes it up", world.with(worker, at)));
    }

    fn send(
        self,
        worker: usize,
        (attempt, revision): (u32, u8),
        guards: Guards,
        next: &mut Vec<(&'static str, Self)>,
    ) {
        let Some(content) = self.source else {
            next.push(("the source is gone", self.with(worker, At::Idle)));
            return;
        };
        if guards.pinned_read && content != revision {
            let why = TransferTrouble::SourceChanged;
            let (world, _) = self.record(Event::Failed { attempt, why }, guards);
            next.push(("the source changed", world.with(worker, At::Idle)));
            return;
        }
        let at = At::Sent(attempt, revision, content);
        let mut whole = self.with(worker, at);
        if self.rows[index(attempt)] != Row::Gone {
            whole.copies[index(attempt)] = Some(content);
        }
        next.push(("a copy is written", whole));
        if self.torn > 0 && self.rows[index(attempt)] != Row::Gone {
            let mut torn = whole;
            torn.copies[index(attempt)] = Some(TORN);
            torn.torn -= 1;
            next.push(("a copy arrives torn", torn));
        }
    }

    fn release(
        self,
        worker: usize,
        revision: u8,
        guards: Guards,
        next: &mut Vec<(&'static str, Self)>,
    ) {
        let is_meant = self.source == Some(revision);
        let mut world = self;
        let at = match (guards.delete, self.source) {
            (Delete::Quarantine, _) if self.quarantine.is_some() => At::Quarantined,
            (_, None) => At::Over(true),
            (Delete::Conditional, Some(_)) if is_meant => {
                world.source = None;
                At::Over(true)
            }
            (Delete::Blind, Some(_)) => {
                world.source = None;
                At::Over(true)
            }
            (Delete::StatFirst, Some(_)) if is_meant => At::Asked,
            // Between the look and the rename it may become another.
            (Delete::Quarantine, taken) => {
                (world.quarantine, world.source) = (taken, None);
                At::Quarantined
            }
            (Delete::Conditional | Delete::StatFirst, Some(_)) => At::Over(false),
        };
        next.push(("the source is asked to go", world.with(worker, at)));
    }

    /// What was renamed away is compared with the copy.
    fn look_again(self, worker: usize, next: &mut Vec<(&'static str, Self)>) {
        let mut world = self;
        let at = match self.quarantine {
            None => At::Over(true),
            Some(content) if Some(content) == self.transfer.hash => {
                world.quarantine = None;
                At::Over(true)
            }
            Some(content) if self.source.is_none() => {
                (world.source, world.quarantine) = (Some(content), None);
                At::Over(false)
            }
            // Both stay; a person is told.
            Some(_) => At::Over(false),
        };
        next.push((
            "what was renamed away is read again",
            world.with(worker, at),
        ));
    }
}

impl search::World for World {
    fn wrong(&self) -> Option<&'static str> {
        self.wrong
    }
}

fn search(guards: Guards) -> Result<Vec<World>, Loss> {
    search::search(start(), |world| {
        let mut next = Vec::new();
        world.others(guards, &mut next);
        world.work(0, guards, &mut next);
        world.work(1, guards, &mut next);
        for (_, to) in &mut next {
            *to = to.judged();
        }
        next
    })
}

/// The way to a loss, which there has to be without a guard.
fn counter_example(guards: Guards) -> Loss {
    match search(guards) {
        Err(found) => found,
        Ok(worlds) => panic!("{} worlds, and nothing is lost", worlds.len()),
    }
}

#[test]
fn no_world_loses_an_original() {
    for delete in [Delete::Conditional, Delete::Quarantine] {
        let worlds = search(Guards { delete, ..ALL });
        let worlds = worlds.unwrap_or_else(|(wrong, way)| panic!("{wrong}: {way:#?}"));
        let ended = |state| worlds.iter().filter(|w| w.transfer.state == state).count();
        assert!(worlds.len() > 10_000, "only {} worlds", worlds.len());
        // The search proves nothing about ends that it never gets to.
        for state in [TransferState::Done, TransferState::Conflict] {
            assert!(ended(state) > 0, "{delete:?} {state}");
        }
    }
}

#[test]
fn without_a_comparison_a_torn_copy_becomes_the_original() {
    let (wrong, way) = counter_example(Guards {
        compare: false,
        ..ALL
    });
    assert_eq!(wrong, "the catalog names a torn copy", "{way:?}");
}

#[test]
fn without_the_compare_and_set_one_source_becomes_two_originals() {
    let (wrong, way) = counter_example(Guards {
        compare_and_set: false,
        ..ALL
    });
    assert!(
        [
            "one source became two originals",
            "the catalog names a copy that is gone"
        ]
        .contains(&wrong),
        "{wrong} {way:?}"
    );
}

#[test]
fn without_the_commit_first_a_crash_loses_the_only_copy() {
    let (wrong, way) = counter_example(Guards {
        commit_first: false,
        ..ALL
    });
    assert_eq!(wrong, "a content is nowhere", "{way:?}");
}

#[test]
fn without_a_condition_a_file_that_was_overwritten_is_deleted() {
    for delete in [Delete::Blind, Delete::StatFirst] {
        let (wrong, way) = counter_example(Guards { delete, ..ALL });
        assert_eq!(wrong, "a content is nowhere", "{way:?}");
        assert!(way.contains(&"the file is overwritten"), "{way:?}");
    }
}

#[test]
fn without_its_row_the_reaper_takes_what_was_committed() {
    let (wrong, way) = counter_example(Guards {
        reap_by_row: false,
        ..ALL
    });
    assert_eq!(wrong, "the catalog names a copy that is gone", "{way:?}");
}

#[test]
fn a_read_that_is_not_pinned_costs_a_conflict_and_no_content() {
    // The condition of the delete then names a revision that is no more, which keeps the file. The
    // guard only spares the second copy.
    let worlds = search(Guards {
        pinned_read: false,
        ..ALL
    });
    let worlds = worlds.unwrap_or_else(|(wrong, way)| panic!("{wrong}: {way:#?}"));
    let is_kept = |world: &World| {
        world.transfer.state == TransferState::Conflict && world.transfer.hash == Some(2)
    };
    assert!(worlds.iter().any(is_kept));
}
