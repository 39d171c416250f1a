//! Passwords: changing one's own, and choosing a new one with a link.

pub(super) mod change;
pub(super) mod reset;
