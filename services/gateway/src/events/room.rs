//! The watchers of one workspace: what is being gathered, and what was told lately.

use std::collections::{BTreeSet, VecDeque};

use stowage_domain::Timestamp;
use stowage_proto::event::Topic;
use tokio::sync::broadcast;

/// How many hints can be told again to somebody who was away.
const REMEMBERED: usize = 256;
/// More ids than this in one gathering, and fetching anew is cheaper.
const MOST_IDS: usize = 1_000;

/// What watchers are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hint {
    /// These assets, storages or scans changed.
    Changed {
        name: &'static str,
        ids: Vec<String>,
    },
    /// Something was missed: fetch anew.
    Reset,
}

/// A hint and its number, which grows from one to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) number: u64,
    pub(crate) hint: Hint,
}

#[derive(Debug)]
pub(crate) struct Room {
    /// Everything after this number is remembered.
    floor: u64,
    told: VecDeque<Numbered>,
    gathered: [BTreeSet<String>; 3],
    sender: broadcast::Sender<Numbered>,
    pub(crate) last_used: Timestamp,
}

const NAMES: [&str; 3] = ["asset", "storage", "scan"];

impl Room {
    /// Opens a room in which nothing has been told up to number `now`.
    pub(crate) fn new(now: u64, at: Timestamp) -> Self {
        let (sender, _) = broadcast::channel(REMEMBERED);
        Self {
            floor: now,
            told: VecDeque::new(),
            gathered: Default::default(),
            sender,
            last_used: at,
        }
    }

    pub(crate) fn gather(&mut self, topic: Topic, ids: Vec<String>) {
        let place = match topic {
            Topic::Asset => 0,
            Topic::Storage => 1,
            Topic::Scan => 2,
            Topic::Unspecified => return,
        };
        self.gathered[place].extend(ids);
    }

    /// Tells what was gathered, numbered by `next`.
    pub(crate) fn tell(&mut self, mut next: impl FnMut() -> u64) {
        let gathered = std::mem::take(&mut self.gathered);
        if gathered.iter().any(|ids| ids.len() > MOST_IDS) {
            return self.send(next(), Hint::Reset);
        }
        for (name, ids) in NAMES.into_iter().zip(gathered) {
            if !ids.is_empty() {
                self.send(
                    next(),
                    Hint::Changed {
                        name,
                        ids: ids.into_iter().collect(),
                    },
                );
            }
        }
    }

    /// Tells everybody that something may have been missed.
    pub(crate) fn reset(&mut self, number: u64) {
        self.gathered = Default::default();
        self.send(number, Hint::Reset);
    }

    fn send(&mut self, number: u64, hint: Hint) {
        if self.told.len() == REMEMBERED
            && let Some(forgotten) = self.told.pop_front()
        {
            self.floor = forgotten.number;
        }
        let numbered = Numbered { number, hint };
        self.told.push_back(numbered.clone());
        // Without watchers there is nobody to tell now.
        let _ = self.sender.send(numbered);
    }

    /// Returns what was told after `last`, none when not all of it is remembered.
    pub(crate) fn since(&self, last: u64) -> Option<Vec<Numbered>> {
        let told = self.told.iter().filter(|numbered| numbered.number > last);
        (last >= self.floor).then(|| told.cloned().collect())
    }

    pub(crate) fn watch(&self) -> broadcast::Receiver<Numbered> {
        self.sender.subscribe()
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.sender.receiver_count() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter() -> impl FnMut() -> u64 {
        let mut number = 0;
        move || {
            number += 1;
            number
        }
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn what_comes_within_one_gathering_is_told_once() {
        let mut room = Room::new(0, Timestamp(0));
        room.gather(Topic::Asset, ids(&["b", "a"]));
        room.gather(Topic::Scan, ids(&["s"]));
        room.gather(Topic::Asset, ids(&["a"]));
        room.tell(counter());

        let told = room.since(0).unwrap();
        assert_eq!(
            told,
            [
                Numbered {
                    number: 1,
                    hint: Hint::Changed {
                        name: "asset",
                        ids: ids(&["a", "b"])
                    }
                },
                Numbered {
                    number: 2,
                    hint: Hint::Changed {
                        name: "scan",
                        ids: ids(&["s"])
                    }
                },
            ]
        );
        assert_eq!(room.since(1).unwrap(), told[1..]);
    }

    #[test]
    fn what_is_no_longer_remembered_is_not_pretended_to_be() {
        let mut next = counter();
        let mut room = Room::new(0, Timestamp(0));
        for number in 0..=REMEMBERED {
            room.gather(Topic::Asset, vec![number.to_string()]);
            room.tell(&mut next);
        }
        assert_eq!(room.since(0), None);
        assert_eq!(room.since(1).unwrap().len(), REMEMBERED);
    }

    #[test]
    fn a_flood_is_told_as_one_reset() {
        let mut room = Room::new(0, Timestamp(0));
        room.gather(
            Topic::Asset,
            (0..=MOST_IDS).map(|id| id.to_string()).collect(),
        );
        room.tell(counter());
        assert_eq!(
            room.since(0).unwrap(),
            [Numbered {
                number: 1,
                hint: Hint::Reset
            }]
        );
    }

    #[test]
    fn a_room_that_opened_later_does_not_know_what_was_before() {
        let room = Room::new(7, Timestamp(0));
        assert_eq!(room.since(6), None);
        assert_eq!(room.since(7), Some(Vec::new()));
    }
}
