//! Every world that a purge can get into, searched through: two workers that are given the same
//! work, crashes between any two steps, and people who overwrite the file, restore the asset or
//! put it on hold at any moment.
//!
//! The steps are those of the services: the check and the intent are one transaction, the storage
//! is asked after it, the answer is recorded in another.

use super::{Answer, Due, Effect, Event, OpState, due, step};
use crate::{
    Lifecycle, Timestamp,
    search::{self, Loss},
};

/// What keeps a purge from taking what it must not.
#[derive(Debug, Clone, Copy)]
struct Guards {
    /// The storage deletes only what has the revision that was put in the bin.
    conditional_delete: bool,
    /// The intent is committed before the storage is asked.
    intent_first: bool,
    /// The transaction of the intent looks again at lifecycle, date and hold.
    compare_and_set: bool,
}

const ALL: Guards = Guards {
    conditional_delete: true,
    intent_first: true,
    compare_and_set: true,
};

/// Where a worker is; all of it is lost in a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    Idle,
    /// It saw an entry that is due.
    Saw,
    /// It is about to ask the storage.
    Asking,
    Heard(Word),
}

/// An answer, as a worker carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Word {
    Deleted,
    Absent,
    Changed,
    Failed,
}

impl Word {
    fn answer(self) -> Answer {
        match self {
            Self::Deleted => Answer::Deleted,
            Self::Absent => Answer::Absent,
            Self::Changed => Answer::Changed,
            Self::Failed => Answer::Failed,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct World {
    lifecycle: Lifecycle,
    is_over: bool,
    is_held: bool,
    op: OpState,
    /// The revision of the file; 1 was put in the bin.
    file: Option<u8>,
    workers: [At; 2],
    /// What may still happen.
    crashes: u8,
    failures: u8,
    overwrites: u8,
    holds: u8,
    restores: u8,
    wrong: Option<&'static str>,
}

const START: World = World {
    lifecycle: Lifecycle::Trashed,
    is_over: true,
    is_held: false,
    op: OpState::Planned,
    file: Some(1),
    workers: [At::Idle; 2],
    crashes: 2,
    failures: 1,
    overwrites: 1,
    holds: 1,
    restores: 1,
    wrong: None,
};

impl World {
    fn is_due(&self) -> bool {
        let now = Timestamp::from_seconds(100);
        let deadline = Timestamp::from_seconds(if self.is_over { 1 } else { 1_000 });
        self.lifecycle == Lifecycle::Trashed
            && due(Some(deadline), self.is_held, &[now, now]) == Due::Now
    }

    fn with(mut self, worker: usize, at: At) -> Self {
        self.workers[worker] = at;
        self
    }

    /// The transaction that takes the asset out of the library and commits the intent.
    fn commit_intent(mut self) -> Self {
        let (state, effect) = step(self.op, Event::Commit);
        if effect == Some(Effect::CommitIntent) {
            if self.lifecycle != Lifecycle::Trashed {
                self.wrong = Some("took an asset that was restored");
            }
            self.op = state;
            self.lifecycle = Lifecycle::Purging;
        }
        self
    }

    /// The storage is asked to delete the file.
    fn delete(mut self, guards: Guards) -> (Self, Word) {
        let Some(revision) = self.file else {
            return (self, Word::Absent);
        };
        if guards.conditional_delete && revision != 1 {
            return (self, Word::Changed);
        }
        self.wrong = if self.op == OpState::Planned {
            Some("deleted without a committed intent")
        } else if revision != 1 {
            Some("deleted a changed file")
        } else if self.is_held {
            Some("deleted the original of a held asset")
        } else if matches!(self.lifecycle, Lifecycle::Live | Lifecycle::Trashed) {
            Some("deleted the original of a restored asset")
        } else {
            None
        };
        self.file = None;
        (self, Word::Deleted)
    }

    /// Everything that people and chance may do now.
    fn others(self, next: &mut Vec<(&'static str, Self)>) {
        if self.overwrites > 0 {
            let mut world = self;
            (world.file, world.overwrites) = (Some(2), self.overwrites - 1);
            next.push(("the file is overwritten", world));
        }
        let is_in_reach = matches!(self.lifecycle, Lifecycle::Live | Lifecycle::Trashed);
        if self.holds > 0 && is_in_reach {
            let mut world = self;
            (world.is_held, world.holds) = (true, self.holds - 1);
            next.push(("a hold is placed", world));
        }
        if self.is_held {
            let mut world = self;
            world.is_held = false;
            next.push(("the hold is lifted", world));
        }
        if self.restores > 0 && self.lifecycle == Lifecycle::Trashed {
            let mut world = self;
            (world.lifecycle, world.restores) = (Lifecycle::Live, self.restores - 1);
            next.push(("the asset is restored", world));
        }
        if self.lifecycle == Lifecycle::Live {
            let mut world = self;
            (world.lifecycle, world.is_over) = (Lifecycle::Trashed, false);
            next.push(("the asset is put in the bin again", world));
        }
        if !self.is_over {
            let mut world = self;
            world.is_over = true;
            next.push(("its time is over", world));
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
            At::Idle => {
                if self.is_due() {
                    next.push(("a worker sees that it is due", self.with(worker, At::Saw)));
                }
                if step(self.op, Event::Attempt).1 == Some(Effect::Delete) {
                    let world = self.with(worker, At::Asking);
                    next.push(("a worker takes the deletion up", world));
                }
            }
            At::Saw if !guards.intent_first => {
                next.push(("a worker goes on", self.with(worker, At::Asking)));
            }
            At::Saw => {
                let may = !guards.compare_and_set || self.is_due();
                let world = if may { self.commit_intent() } else { self };
                next.push(("the intent is committed", world.with(worker, At::Idle)));
            }
            At::Asking => {
                let (world, word) = self.delete(guards);
                let heard = At::Heard(word);
                next.push(("the storage is asked", world.with(worker, heard)));
                if self.failures > 0 {
                    let mut world = self.with(worker, At::Heard(Word::Failed));
                    world.failures -= 1;
                    next.push(("the storage cannot be reached", world));
                }
            }
            At::Heard(word) => {
                let mut world = self.with(worker, At::Idle);
                if world.op == OpState::Planned {
                    world = world.commit_intent();
                }
                world.op = step(world.op, Event::Answered(word.answer())).0;
                next.push(("the answer is recorded", world));
            }
        }
    }
}

impl search::World for World {
    fn wrong(&self) -> Option<&'static str> {
        self.wrong
    }
}

fn search(start: World, guards: Guards) -> Result<Vec<World>, Loss> {
    search::search(start, |world| {
        let mut next = Vec::new();
        world.others(&mut next);
        world.work(0, guards, &mut next);
        world.work(1, guards, &mut next);
        next
    })
}

#[test]
fn p34_no_world_loses_what_was_not_meant() {
    let worlds = search(START, ALL).unwrap_or_else(|(wrong, way)| panic!("{wrong}: {way:#?}"));
    let worlds = worlds.len();
    assert!(
        worlds > 3_000,
        "only {worlds} worlds: the search is too small"
    );
}

#[test]
fn a_purge_gets_to_its_end() {
    // The search proves nothing if the workers never get there.
    let world = START.commit_intent().with(0, At::Asking);
    let (world, word) = world.delete(ALL);
    assert_eq!((word, world.file, world.wrong), (Word::Deleted, None, None));
}

#[test]
fn without_a_conditional_delete_a_changed_file_is_lost() {
    let guards = Guards {
        conditional_delete: false,
        ..ALL
    };
    let (wrong, way) = search(START, guards).expect_err("a counter-example");
    assert_eq!(wrong, "deleted a changed file");
    assert!(way.contains(&"the file is overwritten"), "{way:?}");
}

#[test]
fn without_the_intent_first_a_file_goes_that_no_row_speaks_of() {
    let guards = Guards {
        intent_first: false,
        ..ALL
    };
    let (wrong, _) = search(START, guards).expect_err("a counter-example");
    assert_eq!(wrong, "deleted without a committed intent");
}

#[test]
fn without_the_compare_and_set_a_held_or_restored_asset_is_lost() {
    let guards = Guards {
        compare_and_set: false,
        ..ALL
    };
    let nobody_restores = World {
        restores: 0,
        ..START
    };
    let (wrong, way) = search(nobody_restores, guards).expect_err("a counter-example");
    assert_eq!(wrong, "deleted the original of a held asset", "{way:?}");
    let nobody_holds = World { holds: 0, ..START };
    let (wrong, way) = search(nobody_holds, guards).expect_err("a counter-example");
    assert_eq!(wrong, "took an asset that was restored", "{way:?}");
}
