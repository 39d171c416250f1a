//! The life of one deletion in a customer's storage: the intent is committed first, then the
//! storage is asked, then what it answered is recorded.

use std::time::Duration;

use crate::string_enum::string_enum;

string_enum!(
    /// Why an original outside is deleted.
    OpReason {
        Purge = "purge",
        /// It was moved: another place has a verified copy, which is the original now.
        Transfer = "transfer",
    }
);

string_enum!(
    /// How a deletion outside stands.
    OpState {
        /// Not committed: nothing may be asked of the storage.
        Planned = "planned",
        /// Committed; it is tried until the storage confirms.
        Intent = "intent",
        Deleted = "deleted",
        /// It was gone already.
        Absent = "absent",
        /// It is another file now, which stays.
        Changed = "changed",
        /// The storage cannot delete it safely: it stays until a person tries again or gives up.
        Refused = "refused",
        /// What happens to originals of the storage says meanwhile that they stay.
        Kept = "kept",
        /// A person said that it may stay.
        Acknowledged = "acknowledged",
    }
);

/// What a storage answers to being asked to delete an object if it is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Deleted,
    Absent,
    Changed,
    /// It cannot do that.
    Unsupported,
    /// It did not work; it may later.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The transaction that takes the asset out of the library commits.
    Commit,
    /// A worker takes it up.
    Attempt,
    Answered(Answer),
    /// The storage's owner says meanwhile that originals stay.
    PolicyTurned,
    /// A person wants another try now.
    Retry,
    Acknowledge,
}

/// What is to be done after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Make it last, before anything else happens.
    CommitIntent,
    /// Ask the storage to delete the object if it is what was put in the bin.
    Delete,
    TryAgain,
    /// The object is gone: its entry goes too.
    Forget,
}

/// Returns how a deletion stands after an event, and what is to be done. Events that make no sense
/// in a state, because somebody else was faster, change nothing.
pub fn step(state: OpState, event: Event) -> (OpState, Option<Effect>) {
    use OpState::{Absent, Acknowledged, Changed, Deleted, Intent, Kept, Planned, Refused};
    match (state, event) {
        (Planned, Event::Commit) => (Intent, Some(Effect::CommitIntent)),
        (Intent, Event::Attempt) => (Intent, Some(Effect::Delete)),
        (Intent, Event::Answered(Answer::Deleted)) => (Deleted, Some(Effect::Forget)),
        (Intent, Event::Answered(Answer::Absent)) => (Absent, Some(Effect::Forget)),
        (Intent, Event::Answered(Answer::Changed)) => (Changed, None),
        (Intent, Event::Answered(Answer::Unsupported)) => (Refused, None),
        (Intent, Event::Answered(Answer::Failed)) | (Intent | Refused, Event::Retry) => {
            (Intent, Some(Effect::TryAgain))
        }
        (Intent, Event::PolicyTurned) => (Kept, None),
        (Intent | Refused, Event::Acknowledge) => (Acknowledged, None),
        (state, _) => (state, None),
    }
}

/// How long a deletion waits after its first failure.
const FIRST: Duration = Duration::from_mins(1);

/// How long it waits at most.
const LONGEST: Duration = Duration::from_hours(24);

/// Returns how long to wait after so many failures: from a minute to a day, for ever.
pub fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    (FIRST * 2_u32.pow(doublings)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v60_a_failed_deletion_is_tried_for_ever_and_ever_more_seldom() {
        assert_eq!(backoff(0), FIRST);
        assert_eq!(backoff(1), FIRST);
        assert_eq!(backoff(2), FIRST * 2);
        assert_eq!(backoff(11), FIRST * 1024);
        assert_eq!(backoff(12), LONGEST);
        assert_eq!(backoff(u32::MAX), LONGEST);
        let failed = Event::Answered(Answer::Failed);
        let again = (OpState::Intent, Some(Effect::TryAgain));
        assert_eq!(step(OpState::Intent, failed), again);
    }

    #[test]
    fn nothing_is_asked_of_a_storage_without_a_committed_intent() {
        for state in OpState::ALL {
            let (_, effect) = step(*state, Event::Attempt);
            assert_eq!(effect == Some(Effect::Delete), *state == OpState::Intent);
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        use OpState::{Absent, Acknowledged, Changed, Deleted, Kept};
        for state in [Absent, Acknowledged, Changed, Deleted, Kept] {
            for event in [
                Event::Commit,
                Event::Attempt,
                Event::Answered(Answer::Deleted),
                Event::Answered(Answer::Failed),
                Event::PolicyTurned,
                Event::Retry,
                Event::Acknowledge,
            ] {
                assert_eq!(step(state, event), (state, None), "{state} {event:?}");
            }
        }
    }

    #[test]
    fn d22_a_person_may_try_again_or_let_a_copy_be() {
        let (state, effect) = step(OpState::Refused, Event::Retry);
        assert_eq!((state, effect), (OpState::Intent, Some(Effect::TryAgain)));
        for state in [OpState::Refused, OpState::Intent] {
            assert_eq!(step(state, Event::Acknowledge).0, OpState::Acknowledged);
        }
    }
}
