//! Where new originals go (SPEC D1, D8, D10, D12): the main storage, as far as it is there.

use std::time::Duration;

use crate::{Access, StorageStatus, string_enum::string_enum};

string_enum!(
    /// What becomes of the copy in central storage once an original is in the main storage (D10).
    KeepLocalCopy {
        /// It goes as soon as the delivery was verified and its pictures are made.
        UntilVerified = "until_verified",
        /// It goes some days later.
        Days = "days",
        Always = "always",
    }
);

string_enum!(
    /// What becomes of a file of a collector whose content the workspace has already (D14).
    OnDuplicate {
        /// It stays, and is reported.
        Hold = "hold",
        /// It goes, since its content is kept.
        Delete = "delete",
    }
);

string_enum!(
    /// Why new originals go to central storage although a main storage was chosen (D8).
    MainAway {
        Off = "off",
        Disconnected = "disconnected",
        /// It may only be read since it was chosen.
        ReadOnly = "read_only",
        /// The plan has no storages outside any more.
        NotInPlan = "not_in_plan",
    }
);

string_enum!(
    /// Why a storage cannot become the main storage.
    NotMain {
        ReadOnly = "read_only",
        Off = "off",
        Disconnected = "disconnected",
        /// Its files are moved to the main storage.
        Collector = "collector",
        /// The plan has no storages outside.
        NotInPlan = "not_in_plan",
    }
);

/// What decides whether originals can go to a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MainFacts {
    pub is_on: bool,
    pub status: StorageStatus,
    pub access: Access,
    /// Whether the plan lets storages outside take new files ([`Plan`](crate::Plan)).
    pub is_in_plan: bool,
}

/// Where a new original is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placing {
    /// Central storage, since nobody chose another.
    Central,
    /// The chosen storage.
    Main,
    /// Central storage, as long as the chosen one is away.
    Fallback(MainAway),
}

/// Returns where originals go that are accepted now; `chosen` is the main storage, none where it is
/// central storage. One that is merely full or cannot be reached stays where they go: deliveries
/// wait for it. What its owner can mend is told before the plan, which they cannot.
pub fn effective_main(chosen: Option<MainFacts>) -> Placing {
    let Some(facts) = chosen else {
        return Placing::Central;
    };
    if facts.status == StorageStatus::Disconnected {
        Placing::Fallback(MainAway::Disconnected)
    } else if !facts.is_on {
        Placing::Fallback(MainAway::Off)
    } else if facts.access == Access::ReadOnly {
        Placing::Fallback(MainAway::ReadOnly)
    } else if !facts.is_in_plan {
        Placing::Fallback(MainAway::NotInPlan)
    } else {
        Placing::Main
    }
}

/// Returns whether a storage may become the main storage, or why not.
pub fn may_be_main(facts: MainFacts, moves_to_main: bool) -> Result<(), NotMain> {
    if moves_to_main {
        return Err(NotMain::Collector);
    }
    if !facts.is_in_plan {
        return Err(NotMain::NotInPlan);
    }
    match effective_main(Some(facts)) {
        Placing::Fallback(MainAway::Disconnected) => Err(NotMain::Disconnected),
        Placing::Fallback(MainAway::Off) => Err(NotMain::Off),
        Placing::Fallback(MainAway::ReadOnly) => Err(NotMain::ReadOnly),
        Placing::Fallback(MainAway::NotInPlan) => Err(NotMain::NotInPlan),
        Placing::Central | Placing::Main => Ok(()),
    }
}

/// How long nobody writes to a storage after its first failure.
const FIRST: Duration = Duration::from_secs(5);

/// How long at most: what waits for room goes on this soon after there is some.
const LONGEST: Duration = Duration::from_mins(5);

/// Returns how long to leave a storage alone after so many failed writes in a row.
pub fn delivery_wait(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(10);
    (FIRST * 2_u32.pow(doublings)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: MainFacts = MainFacts {
        is_on: true,
        status: StorageStatus::Connected,
        access: Access::ReadWrite,
        is_in_plan: true,
    };

    #[test]
    fn d1_p19_central_storage_is_main_unless_somebody_chose_another() {
        assert_eq!(effective_main(None), Placing::Central);
        assert_eq!(effective_main(Some(THERE)), Placing::Main);
    }

    #[test]
    fn d8_v33_new_files_go_to_central_while_main_is_off_or_disconnected() {
        let off = MainFacts {
            is_on: false,
            ..THERE
        };
        let parted = MainFacts {
            status: StorageStatus::Disconnected,
            ..off
        };
        assert_eq!(effective_main(Some(off)), Placing::Fallback(MainAway::Off));
        assert_eq!(
            effective_main(Some(parted)),
            Placing::Fallback(MainAway::Disconnected)
        );
    }

    #[test]
    fn d8_d20_new_files_go_to_central_while_the_plan_has_no_storages_outside() {
        let facts = MainFacts {
            is_in_plan: false,
            ..THERE
        };
        let away = Placing::Fallback(MainAway::NotInPlan);
        assert_eq!(effective_main(Some(facts)), away);
        assert_eq!(effective_main(None), Placing::Central);
        assert_eq!(may_be_main(facts, false), Err(NotMain::NotInPlan));
        // What its owner can mend comes first, and does not hide that the plan forbids it.
        let off = MainFacts {
            is_on: false,
            ..facts
        };
        assert_eq!(effective_main(Some(off)), Placing::Fallback(MainAway::Off));
        assert_eq!(may_be_main(off, false), Err(NotMain::NotInPlan));
    }

    #[test]
    fn d10_a_main_that_is_full_or_cannot_be_reached_is_waited_for() {
        for status in [
            StorageStatus::Degraded,
            StorageStatus::Failed,
            StorageStatus::NotTested,
        ] {
            let facts = MainFacts { status, ..THERE };
            assert_eq!(effective_main(Some(facts)), Placing::Main, "{status}");
        }
    }

    #[test]
    fn d1_p48_a_collector_is_never_main_and_neither_is_what_is_only_read() {
        assert_eq!(may_be_main(THERE, false), Ok(()));
        assert_eq!(may_be_main(THERE, true), Err(NotMain::Collector));
        let read_only = MainFacts {
            access: Access::ReadOnly,
            ..THERE
        };
        assert_eq!(may_be_main(read_only, false), Err(NotMain::ReadOnly));
    }

    #[test]
    fn d10_a_full_storage_is_tried_again_within_five_minutes() {
        assert_eq!(delivery_wait(1), FIRST);
        assert_eq!(delivery_wait(2), FIRST * 2);
        for failures in [7, 8, 100, u32::MAX] {
            assert_eq!(delivery_wait(failures), LONGEST);
        }
    }
}
