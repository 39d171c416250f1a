//! Live events: hints with ids only, gathered for a quarter of a second, remembered for a while.

mod hub;
mod room;

pub(crate) use hub::{Hub, Subscription};
pub(crate) use room::{Hint, Numbered};
