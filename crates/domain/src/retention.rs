//! Rules that put assets in the recycle bin by themselves (SPEC D30): which assets a rule means,
//! which of its batches ask a person first, and how a batch moves on.

use std::time::Duration;

use crate::{StorageId, Timestamp, string_enum::string_enum};

/// A batch of at most so many assets never asks.
pub const BATCH_FLOOR: u64 = 100;

/// The oldest age that a rule can name, in days: a hundred years.
pub const MOST_AGE_DAYS: u32 = 36_500;

string_enum!(
    /// Which date of an asset a rule's age counts from.
    AgeBasis {
        /// When it came into the library.
        Imported = "imported",
        /// When it was taken. An asset that does not know is never old by it.
        Captured = "captured",
    }
);

string_enum!(
    /// How a batch of a rule stands.
    BatchState {
        /// It is too large to go by itself: an administrator decides.
        Waiting = "waiting",
        /// It is being put in the bin.
        Running = "running",
        Done = "done",
        /// An administrator said no.
        Refused = "refused",
    }
);

/// How old an asset has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    pub basis: AgeBasis,
    /// Times 24 hours.
    pub days: u32,
}

/// What a rule asks of an asset. All of it has to hold, and a rule that asks nothing means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleTerms {
    /// It has this tag.
    pub tag: Option<String>,
    pub age: Option<Age>,
    /// An original of it lies in this storage.
    pub storage: Option<StorageId>,
}

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleFacts {
    /// As people see them: without those that somebody took off.
    pub tags: Vec<String>,
    pub imported_at: Option<Timestamp>,
    /// As the clock of the camera said, read as UTC.
    pub captured_at: Option<Timestamp>,
    pub storages: Vec<StorageId>,
    /// In the library, neither in the bin nor beyond.
    pub is_live: bool,
    pub is_held: bool,
}

impl RuleTerms {
    /// Returns whether the rule asks nothing.
    pub fn is_empty(&self) -> bool {
        self.tag.is_none() && self.age.is_none() && self.storage.is_none()
    }

    /// Returns whether the rule means this asset now. A legal hold overrides every rule, and a date
    /// that is not there is never past.
    pub fn means(&self, asset: &RuleFacts, now: Timestamp) -> bool {
        let has_tag = |tag: &String| asset.tags.contains(tag);
        !self.is_empty()
            && asset.is_live
            && !asset.is_held
            && self.tag.as_ref().is_none_or(has_tag)
            && self.age.is_none_or(|age| age.is_reached(asset, now))
            && self
                .storage
                .is_none_or(|storage| asset.storages.contains(&storage))
    }
}

impl Age {
    fn is_reached(self, asset: &RuleFacts, now: Timestamp) -> bool {
        let since = match self.basis {
            AgeBasis::Imported => asset.imported_at,
            AgeBasis::Captured => asset.captured_at,
        };
        since.is_some_and(|since| since <= self.before(now))
    }

    /// Returns the latest date that is old enough.
    pub fn before(self, now: Timestamp) -> Timestamp {
        now - Duration::from_hours(u64::from(self.days) * 24)
    }
}

/// Returns whether a batch of `matched` assets asks an administrator first, where `live` are in the
/// library: above a hundred, and above a tenth of all.
pub fn needs_approval(matched: u64, live: u64) -> bool {
    matched > BATCH_FLOOR.max(live / 10)
}

/// What happens to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchEvent {
    /// An administrator lets it go.
    Approve,
    Refuse,
    /// Nothing of it is left to do.
    Exhaust,
}

impl BatchState {
    /// Returns how a batch begins.
    pub fn of(matched: u64, live: u64) -> Self {
        if needs_approval(matched, live) {
            Self::Waiting
        } else {
            Self::Running
        }
    }

    /// Returns how a batch stands after an event; none where the event changes nothing, because
    /// somebody else was faster.
    pub fn step(self, event: BatchEvent) -> Option<Self> {
        match (self, event) {
            (Self::Waiting, BatchEvent::Approve) => Some(Self::Running),
            (Self::Waiting, BatchEvent::Refuse) => Some(Self::Refused),
            (Self::Running, BatchEvent::Exhaust) => Some(Self::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(2_000_000_000);
    const DAY: i64 = 86_400;

    fn days_ago(days: i64) -> Timestamp {
        Timestamp::from_seconds(2_000_000_000 - days * DAY)
    }

    fn storage(number: u128) -> StorageId {
        StorageId(uuid::Uuid::from_u128(number))
    }

    /// Every combination of a few values of each thing that a rule or an asset can say.
    fn worlds() -> Vec<(RuleTerms, RuleFacts)> {
        let tags = [None, Some("draft".to_owned())];
        let bases = [AgeBasis::Imported, AgeBasis::Captured];
        let ages = bases
            .into_iter()
            .flat_map(|basis| [0, 30].map(|days| Some(Age { basis, days })))
            .chain([None]);
        let ages: Vec<Option<Age>> = ages.collect();
        let storages = [None, Some(storage(1))];
        let dates = [
            None,
            Some(days_ago(29)),
            Some(days_ago(30)),
            Some(days_ago(-1)),
        ];
        let mut worlds = Vec::new();
        for tag in &tags {
            for age in &ages {
                for place in storages {
                    let rule = RuleTerms {
                        tag: tag.clone(),
                        age: *age,
                        storage: place,
                    };
                    for imported_at in dates {
                        for captured_at in dates {
                            for bits in 0..16_u8 {
                                let has = |bit: u8| bits & (1 << bit) != 0;
                                let tags = if has(0) { vec!["draft"] } else { vec!["Draft"] };
                                let place = if has(1) { storage(1) } else { storage(2) };
                                let facts = RuleFacts {
                                    tags: tags.into_iter().map(str::to_owned).collect(),
                                    imported_at,
                                    captured_at,
                                    storages: vec![place],
                                    is_live: has(2),
                                    is_held: has(3),
                                };
                                worlds.push((rule.clone(), facts));
                            }
                        }
                    }
                }
            }
        }
        worlds
    }

    #[test]
    fn d30_a_hold_overrides_every_rule_and_nothing_comes_twice() {
        let worlds = worlds();
        assert!(worlds.iter().any(|(rule, asset)| rule.means(asset, NOW)));
        for (rule, asset) in worlds {
            if asset.is_held || !asset.is_live {
                assert!(!rule.means(&asset, NOW), "{rule:?} {asset:?}");
            }
        }
    }

    #[test]
    fn d30_a_date_that_is_not_there_is_never_past() {
        for (rule, asset) in worlds() {
            let Some(age) = rule.age else { continue };
            let date = match age.basis {
                AgeBasis::Imported => asset.imported_at,
                AgeBasis::Captured => asset.captured_at,
            };
            if date.is_none() || date > Some(NOW) {
                assert!(!rule.means(&asset, NOW), "{rule:?} {asset:?}");
            }
        }
    }

    #[test]
    fn d30_a_rule_that_asks_nothing_means_nothing() {
        for (rule, asset) in worlds() {
            if rule.is_empty() {
                assert!(!rule.means(&asset, NOW));
            }
        }
    }

    #[test]
    fn d30_asking_more_never_means_more() {
        for (rule, asset) in worlds() {
            if !rule.means(&asset, NOW) {
                continue;
            }
            let without = [
                RuleTerms {
                    tag: None,
                    ..rule.clone()
                },
                RuleTerms {
                    age: None,
                    ..rule.clone()
                },
                RuleTerms {
                    storage: None,
                    ..rule.clone()
                },
            ];
            for looser in without {
                assert!(looser.is_empty() || looser.means(&asset, NOW), "{looser:?}");
            }
            // Once old enough, it stays so as time passes.
            assert!(rule.means(&asset, NOW + Duration::from_hours(24 * 365)));
        }
    }

    #[test]
    fn d30_the_day_counts_from_the_date_that_the_rule_names() {
        let rule = |basis| RuleTerms {
            age: Some(Age { basis, days: 30 }),
            ..RuleTerms::default()
        };
        let asset = RuleFacts {
            imported_at: Some(days_ago(29)),
            captured_at: Some(days_ago(30)),
            is_live: true,
            ..RuleFacts::default()
        };
        assert!(rule(AgeBasis::Captured).means(&asset, NOW));
        assert!(!rule(AgeBasis::Imported).means(&asset, NOW));
    }

    #[test]
    fn d30_above_a_hundred_and_a_tenth_somebody_is_asked() {
        for (matched, live, asks) in [
            (0, 0, false),
            (100, 100, false),
            (101, 101, true),
            (101, 1_009, true),
            (101, 1_010, false),
            (1_000, 10_000, false),
            (1_001, 10_000, true),
            (u64::MAX, u64::MAX, true),
        ] {
            assert_eq!(needs_approval(matched, live), asks, "{matched} of {live}");
        }
    }

    #[test]
    fn d30_a_batch_runs_only_when_it_is_small_or_approved() {
        use BatchEvent::{Approve, Exhaust, Refuse};
        use BatchState::{Done, Refused, Running, Waiting};
        assert_eq!(BatchState::of(100, 0), Running);
        assert_eq!(BatchState::of(101, 0), Waiting);
        assert_eq!(Waiting.step(Approve), Some(Running));
        assert_eq!(Waiting.step(Refuse), Some(Refused));
        assert_eq!(Running.step(Exhaust), Some(Done));
        // What is decided stays decided, and what waits does not end by itself.
        for (state, event) in [
            (Waiting, Exhaust),
            (Running, Refuse),
            (Running, Approve),
            (Refused, Approve),
            (Done, Approve),
            (Refused, Exhaust),
        ] {
            assert_eq!(state.step(event), None, "{state} {event:?}");
        }
    }
}
