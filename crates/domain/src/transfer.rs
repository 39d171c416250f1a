//! The life of an original on its way from one place to another: copied, verified, committed, and
//! only then taken from where it was (SPEC D10 to D12, D34).
//!
//! Each event is recorded in one transaction with its fence; what an effect asks of a storage
//! happens between two of them. A worker that was overtaken reports under an old attempt, which
//! changes nothing.

#[cfg(test)]
mod search;

use crate::string_enum::string_enum;

string_enum!(
    /// What a transfer is for.
    TransferKind {
        /// Out of the spool into the main storage.
        Deliver = "deliver",
        /// Out of a collector into the main storage; the source goes.
        Collect = "collect",
        /// Out of a former main storage into the present one; the source goes.
        Migrate = "migrate",
        /// A further copy; the source stays.
        Copy = "copy",
    }
);

string_enum!(
    /// How a transfer stands.
    TransferState {
        /// Nothing is written, or what was is the reaper's.
        Planned = "planned",
        /// The copy's row is there, and bytes may be.
        Copying = "copying",
        /// All bytes were taken by the target; nobody has compared them.
        Copied = "copied",
        /// The copy is the original from now on; the source still has to go.
        Committed = "committed",
        Done = "done",
        /// The source changed after the copy was committed: it stays, as a new object.
        Conflict = "conflict",
        /// A person cancelled it, or the source was gone before there was a copy.
        Abandoned = "abandoned",
    }
);

string_enum!(
    /// How a move of many originals stands.
    MigrationState {
        /// Its transfers are still being put on the ledger.
        Planning = "planning",
        Running = "running",
        /// Nothing of it is left to be copied: it went, or was given up.
        Done = "done",
        /// What was not committed by then stays where it is.
        Cancelled = "cancelled",
    }
);

string_enum!(
    /// Why a copy did not come about.
    TransferTrouble {
        /// The source is not what it was when the copy began.
        SourceChanged = "source_changed",
        SourceGone = "source_gone",
        /// The target has no room: it waits without using an attempt up, and counts against the
        /// target.
        TargetFull = "full",
        TargetDenied = "denied",
        Unreachable = "unreachable",
        /// What the target has is not what was sent.
        Different = "different",
    }
);

/// A transfer as its row has it. `R` is what tells one content of the source from another, `H` the
/// hash of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transfer<R, H> {
    pub state: TransferState,
    pub kind: TransferKind,
    /// Counts the copies that were begun. What a worker reports of another one is passed over.
    pub attempt: u32,
    /// What was copied.
    pub source: Option<R>,
    /// What was read while it was copied.
    pub hash: Option<H>,
}

/// What happened. Reports of workers carry the attempt that they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferEvent<R, H> {
    /// A worker begins, or begins anew what another one left.
    Begin,
    Copied {
        attempt: u32,
        source: R,
        hash: H,
    },
    /// The hash of what the target has: told by it, or read back.
    Compared {
        attempt: u32,
        hash: H,
    },
    Failed {
        attempt: u32,
        why: TransferTrouble,
    },
    /// The source was deleted, or was gone already.
    SourceGone,
    /// It is another file now.
    SourceChanged,
    Cancel,
}

/// What is to be done after a step. Those that say *row* are part of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferEffect<R> {
    /// Announce the copy by a row, then write it under a name of its own.
    Copy { attempt: u32 },
    /// Compare what the target has with what was read.
    Compare { attempt: u32 },
    /// Make the copy's row the original's, unless the reaper has it: then nothing is committed.
    Adopt { attempt: u32 },
    /// Delete the source if it is what was copied.
    Release { source: R },
    /// Leave the copy of this attempt to the reaper.
    Discard { attempt: u32, why: TransferTrouble },
}

impl<R: Copy + PartialEq, H: Copy + PartialEq> Transfer<R, H> {
    pub fn planned(kind: TransferKind) -> Self {
        Self {
            state: TransferState::Planned,
            kind,
            attempt: 0,
            source: None,
            hash: None,
        }
    }

    /// Returns how the transfer stands after an event, and what is to be done. Events that make no
    /// sense, because somebody else was faster, change nothing.
    pub fn step(self, event: TransferEvent<R, H>) -> (Self, Option<TransferEffect<R>>) {
        use TransferEvent as Event;
        use TransferState::{Committed, Copied, Copying, Planned};
        match (self.state, event) {
            (Planned | Copying | Copied, Event::Begin) => self.begin(),
            (Committed, Event::Begin) => (self, self.release()),
            (
                Copying,
                Event::Copied {
                    attempt,
                    source,
                    hash,
                },
            ) if attempt == self.attempt => {
                let copied = Self {
                    state: Copied,
                    source: Some(source),
                    hash: Some(hash),
                    ..self
                };
                (copied, Some(TransferEffect::Compare { attempt }))
            }
            (Copied, Event::Compared { attempt, hash }) if attempt == self.attempt => {
                if self.hash == Some(hash) {
                    self.commit()
                } else {
                    self.discard(TransferTrouble::Different)
                }
            }
            (Copying | Copied, Event::Failed { attempt, why }) if attempt == self.attempt => {
                self.discard(why)
            }
            (Committed, Event::SourceGone) => (self.to(TransferState::Done), None),
            (Committed, Event::SourceChanged) => (self.to(TransferState::Conflict), None),
            (Planned | Copying | Copied, Event::Cancel) => {
                (self.to(TransferState::Abandoned), None)
            }
            _ => (self, None),
        }
    }

    fn to(self, state: TransferState) -> Self {
        Self { state, ..self }
    }

    fn begin(self) -> (Self, Option<TransferEffect<R>>) {
        let attempt = self.attempt + 1;
        let copying = Self {
            state: TransferState::Copying,
            attempt,
            source: None,
            hash: None,
            ..self
        };
        (copying, Some(TransferEffect::Copy { attempt }))
    }

    /// The step is recorded together with the adoption of the copy, or not at all.
    fn commit(self) -> (Self, Option<TransferEffect<R>>) {
        let attempt = self.attempt;
        let state = match self.kind {
            TransferKind::Copy => TransferState::Done,
            TransferKind::Deliver | TransferKind::Collect | TransferKind::Migrate => {
                TransferState::Committed
            }
        };
        (self.to(state), Some(TransferEffect::Adopt { attempt }))
    }

    fn release(self) -> Option<TransferEffect<R>> {
        self.source.map(|source| TransferEffect::Release { source })
    }

    fn discard(self, why: TransferTrouble) -> (Self, Option<TransferEffect<R>>) {
        let state = match why {
            TransferTrouble::SourceGone => TransferState::Abandoned,
            _ => TransferState::Planned,
        };
        let attempt = self.attempt;
        (
            self.to(state),
            Some(TransferEffect::Discard { attempt, why }),
        )
    }
}

impl TransferTrouble {
    /// Returns whether it costs one of the attempts after which a person is asked. A target that is
    /// full or away says nothing about the file.
    pub fn uses_attempt(self) -> bool {
        matches!(self, Self::Different | Self::TargetDenied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Moving = Transfer<u8, u8>;

    fn copied() -> Moving {
        let (copying, _) = Moving::planned(TransferKind::Collect).step(TransferEvent::Begin);
        let report = TransferEvent::Copied {
            attempt: 1,
            source: 7,
            hash: 9,
        };
        copying.step(report).0
    }

    #[test]
    fn d11_the_source_goes_only_after_a_commit_and_only_as_it_was_copied() {
        let compared = TransferEvent::Compared {
            attempt: 1,
            hash: 9,
        };
        let (committed, effect) = copied().step(compared);
        assert_eq!(committed.state, TransferState::Committed);
        assert_eq!(effect, Some(TransferEffect::Adopt { attempt: 1 }));
        let (_, effect) = committed.step(TransferEvent::Begin);
        assert_eq!(effect, Some(TransferEffect::Release { source: 7 }));
        let (kept, effect) = committed.step(TransferEvent::SourceChanged);
        assert_eq!((kept.state, effect), (TransferState::Conflict, None));
    }

    #[test]
    fn a_copy_that_is_not_what_was_read_is_discarded() {
        let compared = TransferEvent::Compared {
            attempt: 1,
            hash: 8,
        };
        let (planned, effect) = copied().step(compared);
        let why = TransferTrouble::Different;
        assert_eq!(planned.state, TransferState::Planned);
        assert_eq!(effect, Some(TransferEffect::Discard { attempt: 1, why }));
    }

    #[test]
    fn a_worker_that_was_overtaken_changes_nothing() {
        let (again, _) = copied().step(TransferEvent::Begin);
        assert_eq!(again.attempt, 2);
        let late = [
            TransferEvent::Copied {
                attempt: 1,
                source: 7,
                hash: 9,
            },
            TransferEvent::Compared {
                attempt: 1,
                hash: 9,
            },
            TransferEvent::Failed {
                attempt: 1,
                why: TransferTrouble::SourceGone,
            },
        ];
        for event in late {
            assert_eq!(again.step(event), (again, None));
        }
    }

    #[test]
    fn d34_a_further_copy_leaves_the_source_alone() {
        let copied = Moving {
            kind: TransferKind::Copy,
            ..copied()
        };
        let compared = TransferEvent::Compared {
            attempt: 1,
            hash: 9,
        };
        let (done, _) = copied.step(compared);
        assert_eq!(done.state, TransferState::Done);
        assert_eq!(done.step(TransferEvent::Begin), (done, None));
    }

    #[test]
    fn d10_a_full_target_uses_no_attempt_up() {
        assert!(!TransferTrouble::TargetFull.uses_attempt());
        assert!(!TransferTrouble::Unreachable.uses_attempt());
        assert!(TransferTrouble::Different.uses_attempt());
    }
}
