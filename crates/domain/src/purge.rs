//! What a purge may take away, when, and the life of one deletion outside (SPEC D3, D4, D22).
//!
//! Everything here leans to the side of keeping: what is not known is not deleted.

mod op;
mod plan;
#[cfg(test)]
mod search;

use serde::{Deserialize, Serialize};

use crate::{Access, OnPurge, StorageKind, Timestamp, string_enum::string_enum};

pub use op::{Answer, Effect, Event, OpReason, OpState, backoff, step};
pub use plan::{Plan, PlanLine};

/// The longest that a workspace may keep what is in its bin.
pub const MOST_BIN_DAYS: i32 = 3650;

string_enum!(
    /// Why an original stays when its asset is purged.
    KeepReason {
        /// What happens to originals of this storage, then or now, says so.
        Policy = "policy",
        ReadOnly = "read_only",
        /// It is not there: nothing but its entry goes.
        Absent = "absent",
        /// It is not the file that was put in the bin.
        Changed = "changed",
        /// The storage cannot delete on condition that nothing has changed.
        NoSafeDelete = "no_safe_delete",
    }
);

string_enum!(
    /// What a deleted original leaves behind in its storage.
    DeleteHow {
        /// From central storage, which is the operator's own.
        Central = "central",
        /// The provider's trash has it for a while.
        ProviderTrash = "provider_trash",
        /// The bucket keeps versions; a marker hides the last.
        VersionMarker = "version_marker",
        Permanent = "permanent",
    }
);

/// What is known of one place where the original of a binned asset lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub kind: StorageKind,
    /// What the storage said when the asset was put in the bin; none where it was not known then.
    pub policy_then: Option<OnPurge>,
    pub policy_now: OnPurge,
    pub access: Access,
    pub present: bool,
    /// Whether it has the revision that was put in the bin, as far as is known.
    pub is_as_binned: bool,
    /// Whether the connection can delete on condition that nothing has changed.
    pub deletes_safely: bool,
    /// Whether what is deleted can be had back from the place itself.
    pub is_recoverable: bool,
}

string_enum!(
    /// Why assets are purged.
    PurgeOrigin {
        /// Their time in the bin is over.
        Deadline = "deadline",
        /// A person wants them gone now.
        Person = "person",
    }
);

/// What becomes of an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", content = "why", rename_all = "snake_case")]
pub enum Fate {
    Delete(DeleteHow),
    Keep(KeepReason),
}

/// Decides what becomes of an original when its asset is purged.
pub fn fate(place: Place) -> Fate {
    if place.kind == StorageKind::Central {
        return if place.present {
            Fate::Delete(DeleteHow::Central)
        } else {
            Fate::Keep(KeepReason::Absent)
        };
    }
    if !place.present {
        return Fate::Keep(KeepReason::Absent);
    }
    if place.access == Access::ReadOnly {
        return Fate::Keep(KeepReason::ReadOnly);
    }
    if less_destructive(place.policy_then, place.policy_now) == OnPurge::Keep {
        return Fate::Keep(KeepReason::Policy);
    }
    if !place.is_as_binned {
        return Fate::Keep(KeepReason::Changed);
    }
    if !place.deletes_safely {
        return Fate::Keep(KeepReason::NoSafeDelete);
    }
    Fate::Delete(match (place.is_recoverable, place.kind) {
        (false, _) => DeleteHow::Permanent,
        (true, StorageKind::S3 | StorageKind::Gcs) => DeleteHow::VersionMarker,
        (true, _) => DeleteHow::ProviderTrash,
    })
}

/// Returns what counts of the policies of then and now. One that nobody remembers deletes nothing.
pub fn less_destructive(then: Option<OnPurge>, now: OnPurge) -> OnPurge {
    match (then, now) {
        (Some(OnPurge::Delete), OnPurge::Delete) => OnPurge::Delete,
        _ => OnPurge::Keep,
    }
}

/// Whether an entry of the bin may be purged because its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Now,
    NotYet,
    /// It has no date.
    Never,
    Held,
}

/// Decides whether an entry's time is over. All clocks that are asked have to agree: one that
/// jumped ahead hastens nothing.
pub fn due(purge_after: Option<Timestamp>, is_held: bool, clocks: &[Timestamp]) -> Due {
    let Some(purge_after) = purge_after else {
        return Due::Never;
    };
    if is_held {
        return Due::Held;
    }
    let is_over = !clocks.is_empty() && clocks.iter().all(|now| *now >= purge_after);
    if is_over { Due::Now } else { Due::NotYet }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELETABLE: Place = Place {
        kind: StorageKind::S3,
        policy_then: Some(OnPurge::Delete),
        policy_now: OnPurge::Delete,
        access: Access::ReadWrite,
        present: true,
        is_as_binned: true,
        deletes_safely: true,
        is_recoverable: false,
    };

    #[test]
    fn p34_an_original_is_deleted_where_then_and_now_say_so() {
        assert_eq!(fate(DELETABLE), Fate::Delete(DeleteHow::Permanent));
        let versioned = Place {
            is_recoverable: true,
            ..DELETABLE
        };
        assert_eq!(fate(versioned), Fate::Delete(DeleteHow::VersionMarker));
        let with_trash = Place {
            kind: StorageKind::Dropbox,
            ..versioned
        };
        assert_eq!(fate(with_trash), Fate::Delete(DeleteHow::ProviderTrash));
    }

    #[test]
    fn v58_the_less_destructive_of_then_and_now_counts() {
        use OnPurge::{Delete, Keep};
        for (then, now, counts) in [
            (Some(Delete), Delete, Delete),
            (Some(Delete), Keep, Keep),
            (Some(Keep), Delete, Keep),
            (Some(Keep), Keep, Keep),
            (None, Delete, Keep),
            (None, Keep, Keep),
        ] {
            assert_eq!(less_destructive(then, now), counts, "{then:?} {now:?}");
            let place = Place {
                policy_then: then,
                policy_now: now,
                ..DELETABLE
            };
            assert_eq!(matches!(fate(place), Fate::Delete(_)), counts == Delete);
        }
    }

    #[test]
    fn v56_hosted_copies_always_go() {
        let central = Place {
            kind: StorageKind::Central,
            policy_then: None,
            policy_now: OnPurge::Keep,
            deletes_safely: false,
            is_as_binned: false,
            ..DELETABLE
        };
        assert_eq!(fate(central), Fate::Delete(DeleteHow::Central));
    }

    #[test]
    fn what_cannot_be_deleted_for_sure_is_kept_with_its_reason() {
        let cases = [
            (
                Place {
                    access: Access::ReadOnly,
                    ..DELETABLE
                },
                KeepReason::ReadOnly,
            ),
            (
                Place {
                    present: false,
                    ..DELETABLE
                },
                KeepReason::Absent,
            ),
            (
                Place {
                    is_as_binned: false,
                    ..DELETABLE
                },
                KeepReason::Changed,
            ),
            (
                Place {
                    deletes_safely: false,
                    ..DELETABLE
                },
                KeepReason::NoSafeDelete,
            ),
        ];
        for (place, reason) in cases {
            assert_eq!(fate(place), Fate::Keep(reason));
        }
    }

    #[test]
    fn d4_no_date_means_never_and_a_hold_overrides_the_date() {
        let [early, late] = [1, 40].map(|day| Timestamp::from_seconds(day * 86_400));
        assert_eq!(due(None, false, &[late, late]), Due::Never);
        assert_eq!(due(Some(early), true, &[late, late]), Due::Held);
        assert_eq!(due(Some(early), false, &[]), Due::NotYet);
        assert_eq!(due(Some(early), false, &[early, early]), Due::Now);
    }

    #[test]
    fn d4_a_clock_that_jumped_hastens_nothing() {
        let [start, end] = [1, 40].map(|day| Timestamp::from_seconds(day * 86_400));
        let deadline = Some(Timestamp::from_seconds(30 * 86_400));
        assert_eq!(due(deadline, false, &[start, end]), Due::NotYet);
        assert_eq!(due(deadline, false, &[end, start]), Due::NotYet);
        assert_eq!(due(deadline, false, &[end, end]), Due::Now);
    }
}
