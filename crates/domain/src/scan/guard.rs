//! The guard over absence (SPEC D5): what may be marked at once, and what has to wait.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{RemoteObjectId, Timestamp, string_enum::string_enum};

/// A set of absent objects, small enough to remember between two scans: how many, and a digest
/// that does not depend on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsentSet {
    pub count: u64,
    pub digest: Uuid,
}

impl AbsentSet {
    pub fn add(&mut self, id: RemoteObjectId) {
        self.count += 1;
        let sum = self.digest.as_u128().wrapping_add(scatter(id.0.as_u128()));
        self.digest = Uuid::from_u128(sum);
    }
}

/// Spreads an id over all 128 bits. Ids of one moment differ in a few bits only: added up as they
/// are, two different sets could look the same.
fn scatter(id: u128) -> u128 {
    let (high, low) = ((id >> 64) as u64, id as u64);
    let first = splitmix(high ^ splitmix(low));
    let second = splitmix(low.rotate_left(32) ^ first);
    (u128::from(first) << 64) | u128::from(second)
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
fn splitmix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

string_enum!(
    /// What a held absence waits for.
    HoldState {
        /// A second clean scan that misses the same objects.
        Checking = "checking",
        /// A person: the storage cannot prove that it is the place it was.
        Asking = "asking",
        /// Nothing but the next clean scan: a person said that it is meant.
        Confirmed = "confirmed",
    }
);

/// An absence over the guard that is not acted on yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub absent: AbsentSet,
    /// Objects that the catalog held as present when the absence was first seen.
    pub objects: u64,
    pub since: Timestamp,
    #[serde(default = "checking")]
    pub state: HoldState,
}

/// What holds waited for before any waited for a person.
fn checking() -> HoldState {
    HoldState::Checking
}

/// How a storage shows that it is the place that was connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By something that no other place has: an inode, a bucket's name, a marker.
    Own,
    /// By its address alone, where an empty folder may answer for a full one.
    Address,
}

/// What a clean, complete scan may do about the objects that it did not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Nothing is absent; a hold, if there was one, is lifted.
    None,
    /// Mark them, each after a direct question to the storage.
    Mark,
    /// Mark nothing; look again soon.
    Held(Hold),
}

/// Fewer absent objects than this are never held.
const GUARD_OBJECTS: u64 = 20;

/// How soon a held absence is looked at again.
pub const HOLD_RECHECK: Duration = Duration::from_mins(10);

/// Decides over the objects that a clean, complete scan did not see.
///
/// When all of them are gone, or more than 20 and more than a tenth, the marks wait until a second
/// clean scan misses exactly the same objects; where the storage cannot prove itself, until a
/// person said so, too.
pub fn judge_absence(
    present: u64,
    absent: AbsentSet,
    hold: Option<&Hold>,
    proof: Proof,
    now: Timestamp,
) -> Absence {
    if absent.count == 0 {
        return Absence::None;
    }
    let is_empty = absent.count >= present;
    let is_over_guard = is_empty || absent.count > GUARD_OBJECTS.max(present / 10);
    if !is_over_guard {
        return Absence::Mark;
    }
    let Some(agreed) = hold.filter(|hold| hold.absent == absent) else {
        return Absence::Held(Hold {
            absent,
            objects: present,
            since: now,
            state: HoldState::Checking,
        });
    };
    if proof == Proof::Own || agreed.state == HoldState::Confirmed {
        return Absence::Mark;
    }
    Absence::Held(Hold {
        state: HoldState::Asking,
        ..*agreed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: impl IntoIterator<Item = u128>) -> AbsentSet {
        let mut set = AbsentSet::default();
        for number in numbers {
            set.add(RemoteObjectId(Uuid::from_u128(number)));
        }
        set
    }

    #[test]
    fn d5_a_few_absent_objects_are_marked_by_the_first_clean_scan() {
        assert_eq!(
            judge_absence(1_000, set(0..20), None, Proof::Own, Timestamp(0)),
            Absence::Mark
        );
    }

    #[test]
    fn d5_absence_past_a_tenth_is_held_until_a_second_scan_agrees() {
        let absent = set(0..200);
        let Absence::Held(hold) = judge_absence(1_000, absent, None, Proof::Own, Timestamp(7))
        else {
            panic!("200 of 1,000 went unheld");
        };
        assert_eq!(
            hold,
            Hold {
                absent,
                objects: 1_000,
                since: Timestamp(7),
                state: HoldState::Checking,
            }
        );
        assert_eq!(
            judge_absence(1_000, absent, Some(&hold), Proof::Own, Timestamp(8)),
            Absence::Mark
        );
    }

    /// Only where the storage cannot prove itself is a person asked, and only after the second scan.
    #[test]
    fn d5_a_place_without_a_proof_of_its_own_waits_for_a_person() {
        let judge = |hold: Option<&Hold>, absent| {
            judge_absence(1_000, absent, hold, Proof::Address, Timestamp(8))
        };
        let absent = set(0..200);
        let Absence::Held(first) = judge(None, absent) else {
            panic!("200 of 1,000 went unheld");
        };
        assert_eq!(first.state, HoldState::Checking);
        let Absence::Held(second) = judge(Some(&first), absent) else {
            panic!("the place proved nothing");
        };
        assert_eq!(
            (second.state, second.since),
            (HoldState::Asking, first.since)
        );
        assert_eq!(judge(Some(&second), absent), Absence::Held(second));
        let confirmed = Hold {
            state: HoldState::Confirmed,
            ..second
        };
        assert_eq!(judge(Some(&confirmed), absent), Absence::Mark);
        // What was confirmed is that these are gone, and nothing else.
        assert!(matches!(
            judge(Some(&confirmed), set(0..201)),
            Absence::Held(other) if other.state == HoldState::Checking
        ));
        assert_eq!(judge(None, set(0..20)), Absence::Mark);
    }

    #[test]
    fn a_hold_that_an_older_release_wrote_is_read() {
        let old = r#"{"absent":{"count":3,"digest":"00000000-0000-0000-0000-000000000001"},
            "objects":9,"since":5}"#;
        let hold: Hold = serde_json::from_str(old).unwrap();
        assert_eq!((hold.objects, hold.state), (9, HoldState::Checking));
    }

    #[test]
    fn a_second_scan_that_misses_other_objects_does_not_agree() {
        let hold = Hold {
            absent: set(0..200),
            objects: 1_000,
            since: Timestamp(7),
            state: HoldState::Checking,
        };
        let other = set(100..300);
        assert!(matches!(
            judge_absence(1_000, other, Some(&hold), Proof::Own, Timestamp(8)),
            Absence::Held(newer) if newer.absent == other
        ));
    }

    #[test]
    fn an_empty_listing_is_held_however_few_objects_there_were() {
        assert!(matches!(
            judge_absence(3, set(0..3), None, Proof::Own, Timestamp(0)),
            Absence::Held(_)
        ));
    }

    #[test]
    fn nothing_absent_lifts_a_hold() {
        let hold = Hold {
            absent: set(0..200),
            objects: 1_000,
            since: Timestamp(7),
            state: HoldState::Checking,
        };
        assert_eq!(
            judge_absence(
                1_000,
                AbsentSet::default(),
                Some(&hold),
                Proof::Own,
                Timestamp(8)
            ),
            Absence::None
        );
    }
}
