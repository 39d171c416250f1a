//! Looks through every world that can be reached, so that a rule is tested by all that may happen
//! and not by what somebody thought of.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    hash::Hash,
};

/// Everything that counts, at one moment.
pub(crate) trait World: Copy + Eq + Hash {
    /// Returns what is as it must not be.
    fn wrong(&self) -> Option<&'static str>;
}

/// What went wrong, and the events that led there.
pub(crate) type Loss = (&'static str, Vec<&'static str>);

/// Returns all worlds that can be reached from `first`, or the shortest way to one in which
/// something is wrong. `next` says what may happen in a world.
pub(crate) fn search<W: World>(
    first: W,
    next: impl Fn(W) -> Vec<(&'static str, W)>,
) -> Result<Vec<W>, Loss> {
    let mut reached: HashMap<W, Option<(W, &'static str)>> = HashMap::from([(first, None)]);
    let mut queue = VecDeque::from([first]);
    while let Some(world) = queue.pop_front() {
        if let Some(wrong) = world.wrong() {
            let mut way = Vec::new();
            let mut at = world;
            while let Some(Some((from, event))) = reached.get(&at) {
                way.push(*event);
                at = *from;
            }
            way.reverse();
            return Err((wrong, way));
        }
        for (event, to) in next(world) {
            if let Entry::Vacant(place) = reached.entry(to) {
                place.insert(Some((world, event)));
                queue.push_back(to);
            }
        }
    }
    Ok(reached.into_keys().collect())
}
