//! What a scan concludes: a merge of a storage's listing with the catalog (SPEC D5 to D7,
//! ARCHITECTURE 4.7). `guard` holds back an absence that is too large to be believed at once.
//!
//! Both sides arrive in the same order, the byte order of their remote ids, so that one pass and
//! two pages in memory are enough whatever the storage's size.

mod guard;

use std::{cmp::Ordering, time::Duration};

use serde::{Deserialize, Serialize};

pub use guard::{Absence, AbsentSet, HOLD_RECHECK, Hold, HoldState, Proof, judge_absence};

use crate::{OnReturn, Presence, RemoteObjectId, Timestamp, string_enum::string_enum};

string_enum!(
    /// How a scan stands or ended.
    ScanRunState {
        Running = "running",
        /// All was listed: absence could be judged.
        Complete = "complete",
        /// A part could not be listed: new and changed objects count, absence does not.
        Incomplete = "incomplete",
        /// It never got to list, or lost its lease.
        Aborted = "aborted",
    }
);

string_enum!(
    /// Why a scan runs.
    ScanTrigger {
        Schedule = "schedule",
        Request = "request",
        Connect = "connect",
        /// A held absence is looked at again.
        Recheck = "recheck",
    }
);

/// One object as a storage lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What the storage identifies the object by; the path where it has nothing better.
    pub remote_id: String,
    /// Relative to the connected root, `/` between segments.
    pub path: String,
    pub size: u64,
    pub modified_at: Option<Timestamp>,
    /// Changes whenever the content may have changed (ETag, size and time, generation).
    pub revision: String,
}

/// What the revision of a listing begins with that tells less than a question about the object.
pub const VAGUE: char = '~';

/// Returns whether a revision comes from a listing that cannot show every change, or shows one
/// where there is none: times to the minute that turn into days as they grow old. Whether the
/// content changed is then found out by asking about the object.
pub fn is_vague(revision: &str) -> bool {
    revision.starts_with(VAGUE)
}

/// The same object as the catalog remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: RemoteObjectId,
    pub remote_id: String,
    pub path: String,
    pub revision: String,
    pub presence: Presence,
    /// Its name is reserved for a copy that Stowage writes and nobody committed yet: whatever a
    /// listing shows of it is no news.
    pub is_own: bool,
}

/// What a scan does about one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    New(&'a Seen),
    /// Content or path differ; `returned` when it had been absent.
    Changed {
        seen: &'a Seen,
        known: &'a Known,
        returned: bool,
    },
    /// It had been absent and is back as it was.
    Returned {
        known: &'a Known,
    },
    /// It had been absent and is back, and waits for an administrator (D6, `hold`).
    Held {
        known: &'a Known,
        /// No scan saw it again before.
        is_news: bool,
    },
    Unchanged,
    /// The catalog has it, the listing does not, and it was not absent before.
    Absent(&'a Known),
    /// Absent already.
    StillAbsent,
    /// It was back, waiting for an administrator, and is gone once more.
    LeftAgain(&'a Known),
}

/// Merges a stretch of the listing with the catalog rows of the same stretch.
///
/// Both must be sorted by remote id in byte order and cover the same range of ids.
pub fn merge<'a>(
    seen: &'a [Seen],
    known: &'a [Known],
    on_return: OnReturn,
) -> impl Iterator<Item = Verdict<'a>> {
    let (mut seen, mut known) = (seen.iter().peekable(), known.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (seen.peek(), known.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(object), Some(row)) => object.remote_id.as_bytes().cmp(row.remote_id.as_bytes()),
        };
        Some(match order {
            Ordering::Less => Verdict::New(seen.next()?),
            Ordering::Greater => absent(known.next()?),
            Ordering::Equal => compare(seen.next()?, known.next()?, on_return),
        })
    })
}

fn absent(known: &Known) -> Verdict<'_> {
    if known.is_own {
        return Verdict::StillAbsent;
    }
    match known.presence {
        Presence::Present => Verdict::Absent(known),
        Presence::Back => Verdict::LeftAgain(known),
        Presence::Absent | Presence::Awaited => Verdict::StillAbsent,
    }
}

fn compare<'a>(seen: &'a Seen, known: &'a Known, on_return: OnReturn) -> Verdict<'a> {
    if known.is_own {
        return Verdict::Unchanged;
    }
    let same = seen.revision == known.revision && seen.path == known.path;
    let returned = !known.presence.is_present();
    if returned && known.presence.is_held(on_return) {
        let is_news = known.presence != Presence::Back;
        return Verdict::Held { known, is_news };
    }
    match (same, returned) {
        (true, false) => Verdict::Unchanged,
        (true, true) => Verdict::Returned { known },
        (false, returned) => Verdict::Changed {
            seen,
            known,
            returned,
        },
    }
}

/// Returns when an object may be imported: `settle` after its last change, so that a file that is
/// still being written is left alone.
pub fn settled_at(modified_at: Option<Timestamp>, settle: Duration, now: Timestamp) -> Timestamp {
    match modified_at {
        Some(modified) if modified <= now => now.max(modified + settle),
        // A time ahead of ours is a wrong clock over there: it says nothing, and the file may have
        // been written just now.
        Some(_) => now + settle,
        None => now,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn seen(remote_id: &str, revision: &str) -> Seen {
        Seen {
            remote_id: remote_id.into(),
            path: remote_id.into(),
            size: 1,
            modified_at: None,
            revision: revision.into(),
        }
    }

    fn known(number: u128, remote_id: &str, revision: &str, present: bool) -> Known {
        Known {
            id: RemoteObjectId(Uuid::from_u128(number)),
            remote_id: remote_id.into(),
            path: remote_id.into(),
            revision: revision.into(),
            presence: if present {
                Presence::Present
            } else {
                Presence::Absent
            },
            is_own: false,
        }
    }

    #[test]
    fn every_object_gets_the_verdict_of_its_two_sides() {
        let listing = [
            seen("a", "1"),
            seen("b", "2"),
            seen("d", "1"),
            seen("e", "9"),
        ];
        let catalog = [
            known(1, "a", "1", true),
            known(2, "b", "1", true),
            known(3, "c", "1", true),
            known(4, "d", "1", false),
            known(5, "f", "1", false),
        ];
        let verdicts: Vec<_> = merge(&listing, &catalog, OnReturn::Relink).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Unchanged,
                Verdict::Changed {
                    seen: &listing[1],
                    known: &catalog[1],
                    returned: false
                },
                Verdict::Absent(&catalog[2]),
                Verdict::Returned { known: &catalog[3] },
                Verdict::New(&listing[3]),
                Verdict::StillAbsent,
            ]
        );
    }

    /// P29 and P30: what comes back to its path is nobody's until an administrator says so.
    #[test]
    fn p29_p30_d6_hold_leaves_the_mark_on_whatever_comes_back_until_it_is_awaited() {
        use Presence::{Absent, Awaited, Back};
        let listing = [seen("a", "1"), seen("b", "2")];
        let row = |presence, remote_id| Known {
            presence,
            is_own: false,
            ..known(1, remote_id, "1", false)
        };
        for (presence, is_news) in [(Absent, true), (Back, false)] {
            let catalog = [row(presence, "a"), row(presence, "b")];
            let held = |at: usize| Verdict::Held {
                known: &catalog[at],
                is_news,
            };
            let verdicts: Vec<_> = merge(&listing, &catalog, OnReturn::Hold).collect();
            assert_eq!(verdicts, [held(0), held(1)], "{presence:?}");
        }
        let catalog = [row(Awaited, "a"), row(Awaited, "b")];
        let verdicts: Vec<_> = merge(&listing, &catalog, OnReturn::Hold).collect();
        assert!(matches!(verdicts[0], Verdict::Returned { .. }));
        assert!(matches!(
            verdicts[1],
            Verdict::Changed { returned: true, .. }
        ));
        let gone = [row(Back, "a"), row(Absent, "b"), row(Awaited, "c")];
        let verdicts: Vec<_> = merge(&[], &gone, OnReturn::Hold).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::LeftAgain(&gone[0]),
                Verdict::StillAbsent,
                Verdict::StillAbsent
            ]
        );
    }

    #[test]
    fn the_order_is_that_of_bytes_and_not_of_any_language() {
        let listing = [
            seen("Z", "1"),
            seen("a", "1"),
            seen("a.b", "1"),
            seen("a/b", "1"),
        ];
        let catalog: Vec<_> = listing
            .iter()
            .enumerate()
            .map(|(number, object)| known(number as u128, &object.remote_id, "1", true))
            .collect();
        let mut verdicts = merge(&listing, &catalog, OnReturn::Relink);
        assert!(verdicts.all(|verdict| verdict == Verdict::Unchanged));
    }

    #[test]
    fn a_fresh_file_waits_and_a_file_from_the_future_waits_no_longer() {
        let now = Timestamp::from_seconds(100);
        let settle = Duration::from_secs(2);
        let fresh = Some(Timestamp::from_seconds(99));
        assert_eq!(settled_at(fresh, settle, now), Timestamp::from_seconds(101));
        assert_eq!(
            settled_at(Some(Timestamp::from_seconds(900)), settle, now),
            Timestamp::from_seconds(102)
        );
        assert_eq!(settled_at(None, settle, now), now);
    }
}
