//! What the workspace promises about itself: who may import whom, and what must not be in it.

#[cfg(test)]
mod arrows;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod metadata;
#[cfg(test)]
mod sources;
