//! What must survive when something is killed. Nothing else runs beside this suite.
//!
//! `STOWAGE_FAULTS=long` kills every victim three times during imports of 1,000 files, instead of
//! once during one of 120. `STOWAGE_FAULTS_SEED` repeats a run.

#[cfg(test)]
mod broker;
#[cfg(test)]
mod failpoints;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod household;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod leftover;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod round;
#[cfg(test)]
mod strikes;
#[cfg(test)]
mod verdict;
